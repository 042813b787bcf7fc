from django.apps import AppConfig
from django.utils.translation import gettext_lazy


class AssessmentsConfig(AppConfig):
    name = "assessments"
    verbose_name = gettext_lazy("Self-checks")

    def ready(self) -> None:
        from runfit.lib.models import translate_names  # noqa: PLC0415

        translate_names(self.get_models())  # before admin pages copy some of them
        # These imports need loaded models.
        from assessments import checks  # noqa: F401, PLC0415 - registers system checks
        from assessments.desk.deletions.rows import file_is_kept  # noqa: PLC0415
        from assessments.models import Practice  # noqa: PLC0415
        from assessments.permissions import PERMISSIONS, grant_on_migrate  # noqa: PLC0415
        from assessments.publishing.deserialize import SAVED_IN_ORDER  # noqa: PLC0415
        from runfit.lib.audit import audit_models  # noqa: PLC0415
        from runfit.lib.uploads import file_references  # noqa: PLC0415

        audit_models(Practice, *SAVED_IN_ORDER)
        grant_on_migrate(self, PERMISSIONS)
        file_references.append(file_is_kept)
