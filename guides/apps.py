from django.apps import AppConfig
from django.utils.translation import gettext_lazy


class GuidesConfig(AppConfig):
    name = "guides"
    verbose_name = gettext_lazy("Guides")

    def ready(self) -> None:
        from runfit.lib.models import translate_names  # noqa: PLC0415

        translate_names(self.get_models())  # before admin pages copy some of them
        # Imported here, because they need loaded models.
        from assessments import hooks  # noqa: PLC0415
        from assessments.permissions import grant_on_migrate  # noqa: PLC0415
        from guides import checks, permissions  # noqa: F401, PLC0415 - registers the checks
        from guides.admin import alerts, guide_alerts  # noqa: PLC0415
        from guides.admin.backups.alerts import backup_alert  # noqa: PLC0415
        from guides.admin.copying import guide_along  # noqa: PLC0415
        from guides.admin.default_content import (  # noqa: PLC0415
            default_content_alert,
            default_content_links,
        )
        from guides.admin.emails import series_numbers, subject_numbers  # noqa: PLC0415
        from guides.admin.hooks import (  # noqa: PLC0415
            guide_chapters,
            guide_links,
            plan_links,
            practice_mail,
            test_mail_step,
        )
        from guides.admin.retest_figures import retest_figures, retest_lines  # noqa: PLC0415
        from guides.admin.webhooks.alerts import webhook_alerts  # noqa: PLC0415
        from guides.consents import follow_up_cookie, retention  # noqa: PLC0415
        from guides.publishing.services import assessment_guides_check  # noqa: PLC0415
        from guides.publishing.validation import practice_guides_check  # noqa: PLC0415
        from guides.recalls.services import recall_begin, recall_end  # noqa: PLC0415
        from guides.runner import request_views, webhooks  # noqa: PLC0415
        from guides.runner.training.plans import next_plans  # noqa: PLC0415
        from guides.selectors import (  # noqa: PLC0415
            COUNTED_STEPS,
            LATER,
            guide_event_counts,
            plan_blocks,
            recall_reach,
            retest_event_counts,
            sessions_done,
        )

        self._rows_and_files()
        grant_on_migrate(self, permissions.PERMISSIONS)
        hooks.result_context.append(request_views.guide_box)
        hooks.plan_blocks.append(plan_blocks)
        hooks.sessions_done.append(sessions_done)
        hooks.next_plans.append(next_plans)
        hooks.answers_stored.extend([follow_up_cookie.follow_up_stop, webhooks.result_report])
        hooks.passed_on.append(webhooks.passed_on)
        hooks.edition_recalled.append(recall_begin)
        hooks.edition_recall_ended.append(recall_end)
        hooks.recall_reaches.append(recall_reach)
        hooks.publish_checks.append(assessment_guides_check)
        hooks.practice_checks.append(practice_guides_check)
        hooks.funnel_steps.extend(COUNTED_STEPS)
        hooks.event_counters.extend([guide_event_counts, retest_event_counts])
        hooks.number_figures.extend(
            [subject_numbers.subject_figures, series_numbers.series_figures]
        )
        hooks.retest_figures.append(retest_figures)
        hooks.week_lines.append(retest_lines)
        hooks.beacon_steps.update({("opened", ""), ("opened", LATER)})
        hooks.retention_rules.extend(retention.RULES)
        hooks.answers_in_use.append(retention.with_contacts)
        hooks.part_links.append(plan_links)
        hooks.practice_previews.append(practice_mail)
        hooks.alerts.extend(
            [
                alerts.mail_alerts,
                webhook_alerts,
                guide_alerts.guide_alerts,
                default_content_alert,
                backup_alert,
            ]
        )
        hooks.copy_along.append(guide_along)
        hooks.draft_links.extend([guide_links, default_content_links])
        hooks.proofread_chapters.append(guide_chapters)
        hooks.onboarding_steps.append(test_mail_step)

    def _rows_and_files(self) -> None:
        """Whose changes are in the history, and which files are in use."""
        from guides import models  # noqa: PLC0415
        from guides.default_content.services import pictures_to_put_back  # noqa: PLC0415
        from guides.selectors import edition_names  # noqa: PLC0415
        from runfit.lib.audit import audit_models  # noqa: PLC0415
        from runfit.lib.uploads import file_references  # noqa: PLC0415

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
            models.NewsEmail,
            models.WebhookEndpoint,
        )
        file_references.extend([edition_names, pictures_to_put_back])
