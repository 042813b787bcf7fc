from django.apps import AppConfig
from django.db.models import Model


class AssessmentsConfig(AppConfig):
    name = "assessments"
    verbose_name = "Self-checks"

    def ready(self) -> None:
        # Imported here, since they need loaded models.
        from auditlog.registry import auditlog  # noqa: PLC0415

        from assessments import checks  # noqa: F401, PLC0415 - registers them
        from assessments.models import Practice  # noqa: PLC0415
        from assessments.services.unfolding import SAVED_IN_ORDER  # noqa: PLC0415

        kept: tuple[type[Model], ...] = (Practice, *SAVED_IN_ORDER)
        for model in kept:
            auditlog.register(model)
