from django.apps import AppConfig


class GuidesConfig(AppConfig):
    name = "guides"

    def ready(self) -> None:
        # Imported here, since they need loaded models.
        from assessments.analytics.beacon import page_steps  # noqa: PLC0415
        from assessments.analytics.reports import more_steps  # noqa: PLC0415
        from assessments.analytics.services import counters
        from assessments.permissions import grant_on_migrate  # noqa: PLC0415
        from assessments.publishing.services import practice_checks, publish_checks
        from assessments.runner.rendering import answers_came, result_extras  # noqa: PLC0415
        from guides import checks, models  # noqa: F401, PLC0415 - registers the checks
        from guides.consents.follow_up_cookie import follow_up_stop  # noqa: PLC0415
        from guides.permissions import RIGHTS  # noqa: PLC0415
        from guides.publishing.services import assessment_guides_check  # noqa: PLC0415
        from guides.publishing.validation import practice_guides_check  # noqa: PLC0415
        from guides.runner.guide_views import guide_box  # noqa: PLC0415
        from guides.selectors import COUNTED_STEPS, LATER, edition_names, guide_facts  # noqa: PLC0415
        from runfit.lib.audit import remember  # noqa: PLC0415
        from runfit.lib.uploads import still_named  # noqa: PLC0415

        remember(
            models.Exercise,
            models.SharedRules,
            models.Plan,
            models.PlanBlock,
            models.PlanStep,
            models.Guide,
            models.GuidePhase,
            models.Reference,
            models.EmailText,
        )
        grant_on_migrate(self, RIGHTS)
        publish_checks.append(assessment_guides_check)
        practice_checks.append(practice_guides_check)
        result_extras.append(guide_box)
        answers_came.append(follow_up_stop)
        still_named.append(edition_names)
        more_steps.extend(COUNTED_STEPS)
        counters.append(guide_facts)
        page_steps.update({("opened", ""), ("opened", LATER)})
