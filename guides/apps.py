from django.apps import AppConfig


class GuidesConfig(AppConfig):
    name = "guides"

    def ready(self) -> None:
        # Imported here, since they need loaded models.
        from assessments.pages import result_extras  # noqa: PLC0415
        from assessments.services import publish_checks  # noqa: PLC0415
        from guides import checks  # noqa: F401, PLC0415 - registers them
        from guides.services import assessment_guides_check  # noqa: PLC0415
        from guides.views import guide_box  # noqa: PLC0415

        publish_checks.append(assessment_guides_check)
        result_extras.append(guide_box)
