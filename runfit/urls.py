"""URLs: the runner's pages, the admin, health checks and pictures."""

from django.contrib import admin
from django.urls import include, path, re_path
from django.views.i18n import set_language

from runfit import health, media

handler400 = "runfit.errors.bad_request"
handler403 = "runfit.errors.permission_denied"
handler404 = "runfit.errors.not_found"
handler500 = "runfit.errors.server_error"

urlpatterns = [
    path("", include("assessments.urls")),
    path("", include("guides.urls")),
    path("admin/language/", set_language, name="desk_language"),
    path("admin/", admin.site.urls),
    path("health/live/", health.live),
    path("health/ready/", health.ready),
    re_path("^media/(?P<folder>practice|pictures)/(?P<path>.+)$", media.picture),
]
