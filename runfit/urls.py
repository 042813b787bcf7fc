"""URLs: the runner's pages, the admin, health checks and pictures."""

from django.contrib import admin
from django.urls import include, path, re_path
from django.views.i18n import set_language

from runfit import health, media
from runfit.accounts.views import sign_in
from runfit.monitoring.desk import doctor_page
from runfit.monitoring.views import metrics

handler400 = "runfit.errors.bad_request"
handler403 = "runfit.errors.permission_denied"
handler404 = "runfit.errors.not_found"
handler500 = "runfit.errors.server_error"

urlpatterns = [
    path("", include("assessments.urls")),
    path("", include("guides.urls")),
    path("admin/language/", set_language, name="desk_language"),
    path("admin/account/", include("runfit.accounts.urls")),
    path("admin/login/", sign_in, name="sign_in"),
    path("admin/doctor/", admin.site.admin_view(doctor_page), name="doctor"),
    path("admin/", admin.site.urls),
    path("health/live/", health.live),
    path("health/ready/", health.ready),
    path("metrics", metrics, name="metrics"),
    re_path("^media/(?P<folder>practice|pictures)/(?P<path>.+)$", media.picture),
]
