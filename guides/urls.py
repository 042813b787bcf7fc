from django.urls import path

from guides.runner import (
    address_views,
    guide_views,
    preference_views,
    request_views,
    session_view,
)
from guides.runner.offline.views import manifest, worker
from guides.runner.training.calendar import calendar
from guides.runner.training.safety_list import safety_level, safety_list
from guides.runner.training.views import training
from guides.tracking.webhooks import webhooks

app_name = "guides"

urlpatterns = [
    path("result/<slug:token>/guide/", request_views.request_guide, name="request"),
    path("result/<slug:token>/on-its-way/", request_views.on_its_way, name="on_its_way"),
    path("guide/worker.js", worker, name="worker"),
    path("guide/<str:token>/", guide_views.guide, name="guide"),
    path("guide/<str:token>/manifest/", manifest, name="manifest"),
    path("guide/<str:token>/plan/<slug:plan>/", guide_views.guide, name="plan"),
    path("guide/<str:token>/session/<int:number>/", session_view.session, name="session"),
    path(
        "guide/<str:token>/plan/<slug:plan>/session/<int:number>/",
        session_view.session,
        name="plan_session",
    ),
    path("guide/<str:token>/training/", training, name="training"),
    path("guide/<str:token>/calendar/", calendar, name="calendar"),
    path("guide/<str:token>/safety/", safety_list, name="safety_list"),
    path("guide/<str:token>/safety/<slug:key>/", safety_level, name="safety_level"),
    path("guide/<str:token>/retest/", guide_views.retest, name="retest"),
    path("guide/<str:token>/recalled/", guide_views.recalled, name="recalled"),
    path("guide/<str:token>/current/", guide_views.current, name="current"),
    path("guide/<str:token>/download/", guide_views.download, name="download"),
    # A slug has no dot, a token has one.
    path("guide/<slug:slug>/secret/", request_views.tell_me_first, name="tell_me_first"),
    path("guide/<slug:slug>/phone/", request_views.on_phone, name="on_phone"),
    path("guide/<slug:slug>/phone/<int:number>/", request_views.on_phone, name="on_phone"),
    path("guide/<slug:slug>/phone/<slug:plan>/", request_views.on_phone, name="on_phone"),
    path(
        "guide/<slug:slug>/phone/<slug:plan>/<int:number>/", request_views.on_phone, name="on_phone"
    ),
    path("guide/<str:token>/address/", address_views.change_address, name="change_address"),
    path("guide/<str:token>/secret/", guide_views.secret, name="secret"),
    path("unsubscribe/<str:token>/", preference_views.unsubscribe, name="unsubscribe"),
    path("unsubscribe/<str:token>/series/", preference_views.stop_series, name="stop_series"),
    path(
        "unsubscribe/<str:token>/check-ins/", preference_views.stop_check_ins, name="stop_check_ins"
    ),
    path("preferences/<str:token>/", preference_views.preferences, name="preferences"),
    path("preferences/<str:token>/data/", preference_views.data, name="data"),
    path("preferences/<str:token>/erase/", preference_views.erase, name="erase"),
    *webhooks(),
]
