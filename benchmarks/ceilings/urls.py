from django.urls import path

from benchmarks.ceilings import views

urlpatterns = [
    path("constant/<str:name>", views.constant),
    path("insert/", views.insert),
    path("unsigned/<path:name>", views.unsigned),
]
