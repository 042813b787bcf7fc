from django.contrib import admin
from django.urls import include, path

urlpatterns = [
    path("admin/", admin.site.urls),
    path("accounts/", include("django.contrib.auth.urls")),
    path("form-surveys/", include("djf_surveys.urls")),
    path("survey-and-report/", include("survey.urls")),
]
