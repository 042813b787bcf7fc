from django.urls import path

from guides import preferences, views
from guides.webhooks import webhooks

app_name = "guides"

urlpatterns = [
    path("result/<slug:token>/guide/", views.request_guide, name="request"),
    path("result/<slug:token>/on-its-way/", views.on_its_way, name="on_its_way"),
    path("guide/<str:token>/", views.guide, name="guide"),
    path("guide/<str:token>/session/<int:number>/", views.session, name="session"),
    path("guide/<str:token>/download/", views.download, name="download"),
    # A slug has no dot, a token has one.
    path("guide/<slug:slug>/secret/", views.tell_me_first, name="tell_me_first"),
    path("guide/<str:token>/secret/", views.secret, name="secret"),
    path("unsubscribe/<str:token>/", views.unsubscribe, name="unsubscribe"),
    path("preferences/<str:token>/", preferences.preferences, name="preferences"),
    path("preferences/<str:token>/data/", preferences.data, name="data"),
    path("preferences/<str:token>/erase/", preferences.erase, name="erase"),
    *webhooks(),
]
