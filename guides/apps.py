from django.apps import AppConfig


class GuidesConfig(AppConfig):
    name = "guides"

    def ready(self) -> None:
        # Imported here, because they need loaded models.
        from assessments import hooks  # noqa: PLC0415
        from assessments.permissions import grant_on_migrate  # noqa: PLC0415
        from guides import checks, models  # noqa: F401, PLC0415 - registers the checks
        from guides.admin.alerts import mail_alerts  # noqa: PLC0415
        from guides.admin.copying import guide_along  # noqa: PLC0415
        from guides.admin.default_content import (  # noqa: PLC0415
            default_content_alert,
            default_content_links,
        )
        from guides.admin.emails.series_numbers import series_figures  # noqa: PLC0415
        from guides.admin.emails.subject_numbers import subject_figures  # noqa: PLC0415
        from guides.admin.guide_alerts import guide_alerts  # noqa: PLC0415
        from guides.admin.hooks import (  # noqa: PLC0415
            guide_chapters,
            guide_links,
            plan_links,
            practice_mail,
            test_mail_step,
        )
        from guides.admin.retest_figures import retest_figures, retest_lines  # noqa: PLC0415
        from guides.consents.follow_up_cookie import follow_up_stop  # noqa: PLC0415
        from guides.default_content.services import pictures_to_put_back  # noqa: PLC0415
        from guides.permissions import PERMISSIONS  # noqa: PLC0415
        from guides.publishing.services import assessment_guides_check  # noqa: PLC0415
        from guides.publishing.validation import practice_guides_check  # noqa: PLC0415
        from guides.runner.request_views import guide_box  # noqa: PLC0415
        from guides.selectors import (  # noqa: PLC0415
            COUNTED_STEPS,
            LATER,
            edition_names,
            guide_event_counts,
            plan_blocks,
            retest_event_counts,
        )
        from runfit.lib.audit import audit_models  # noqa: PLC0415
        from runfit.lib.models import translate_names  # noqa: PLC0415
        from runfit.lib.uploads import file_references  # noqa: PLC0415

        translate_names(self.get_models())
        audit_models(
            models.Exercise,
            models.ExercisePicture,
            models.SharedRules,
            models.Plan,
            models.PlanBlock,
            models.PlanStep,
            models.Guide,
            models.GuidePhase,
            models.Reference,
            models.EmailText,
            models.SeriesEmail,
        )
        grant_on_migrate(self, PERMISSIONS)
        file_references.extend([edition_names, pictures_to_put_back])
        hooks.result_context.append(guide_box)
        hooks.plan_blocks.append(plan_blocks)
        hooks.answers_stored.append(follow_up_stop)
        hooks.publish_checks.append(assessment_guides_check)
        hooks.practice_checks.append(practice_guides_check)
        hooks.funnel_steps.extend(COUNTED_STEPS)
        hooks.event_counters.extend([guide_event_counts, retest_event_counts])
        hooks.number_figures.extend([subject_figures, series_figures])
        hooks.retest_figures.append(retest_figures)
        hooks.week_lines.append(retest_lines)
        hooks.beacon_steps.update({("opened", ""), ("opened", LATER)})
        hooks.part_links.append(plan_links)
        hooks.practice_previews.append(practice_mail)
        hooks.alerts.extend([mail_alerts, guide_alerts, default_content_alert])
        hooks.copy_along.append(guide_along)
        hooks.draft_links.extend([guide_links, default_content_links])
        hooks.proofread_chapters.append(guide_chapters)
        hooks.onboarding_steps.append(test_mail_step)
