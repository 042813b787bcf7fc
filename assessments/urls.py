from django.urls import path, re_path

from assessments.runner import views

app_name = "assessments"

urlpatterns = [
    path("", views.home, name="home"),
    path("check/<slug:slug>/", views.check, name="check"),
    path("result/<slug:token>/", views.result, name="result"),
    path("result/<slug:token>/clearance/", views.clearance, name="clearance"),
    path("result/<slug:token>/checks/", views.add_checks, name="checks"),
    path("count/", views.count, name="count"),
    path("privacy/", views.privacy, name="privacy"),
    re_path(r"^practice-(?P<colour>[0-9a-f]{6})\.css$", views.practice_css, name="practice_css"),
]
