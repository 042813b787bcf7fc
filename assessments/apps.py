from django.apps import AppConfig


class AssessmentsConfig(AppConfig):
    name = "assessments"
    verbose_name = "Self-checks"

    def ready(self) -> None:
        from assessments import checks  # noqa: F401, PLC0415 - its models need the app registry
