"""Addresses: the runner's pages, the PT's admin, the machine's health."""

from django.conf import settings
from django.contrib import admin
from django.urls import include, path
from django.views.decorators.cache import cache_control
from django.views.static import serve

from runfit import health

DAY = 24 * 3600

handler400 = "runfit.errors.bad_request"
handler403 = "runfit.errors.permission_denied"
handler404 = "runfit.errors.not_found"
handler500 = "runfit.errors.server_error"

urlpatterns = [
    path("admin/", admin.site.urls),
    path("health/live/", health.live),
    path("health/ready/", health.ready),
    # Pictures of the practice only: uploaded guides open by a signed link alone.
    path(
        "media/practice/<path:path>",
        cache_control(public=True, max_age=DAY)(serve),
        {"document_root": settings.MEDIA_ROOT / "practice"},
    ),
    path("", include("guides.urls")),
    path("", include("assessments.urls")),
]
