from django.apps import AppConfig
from django.conf import settings
from django.utils.translation import gettext_lazy as _


class MonitoringConfig(AppConfig):
    name = "runfit.monitoring"
    label = "monitoring"

    def ready(self) -> None:
        # Imported here, because it needs loaded models.
        from assessments.desk import menu  # noqa: PLC0415
        from runfit.monitoring.desk import SUPERUSERS  # noqa: PLC0415

        if settings.SENTRY_DSN:
            from runfit.monitoring.sentry import reports_begin  # noqa: PLC0415 - many imports

            reports_begin(settings.SENTRY_DSN, release=settings.VERSION)
        menu.pages.append(
            menu.MenuPlace(
                menu.PRACTICE, 5, _("Is everything working?"), "doctor", SUPERUSERS, more=True
            )
        )
