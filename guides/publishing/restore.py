"""A version of a guide put back into the draft, with its exercises, plans and rules."""

from collections.abc import Mapping

from auditlog.context import disable_auditlog
from django.db import transaction
from django.db.models import Max

from guides import content, selectors
from guides.models import Exercise, Guide, GuideEdition, Plan, SharedRules
from guides.publishing import row_mapping
from guides.publishing.services import guide_parts_create, guide_restore_changes


@transaction.atomic
def guide_edition_restore(*, edition: GuideEdition) -> list[str]:
    """Make the draft what this version is; returns what stays apart, in words.

    Exercises and the rules for all of them serve every guide, so other guides get these words
    back too. Plans that the version does not know are put aside. The words of result types
    belong to the self-check and stay.
    """
    guide = Guide.objects.select_for_update().get(pk=edition.guide_id)
    kept = selectors.guide_content(edition)
    with disable_auditlog():  # one entry of the caller's tells it, not one for each row
        _guide_restore(guide, kept, edition.upload.name)
        SharedRules.objects.update(**row_mapping.rules_columns(kept.shared_rules))
        _exercises_restore(kept)
        _plans_restore(guide, kept)
    return [str(change) for change in guide_restore_changes(edition=edition)]


def _guide_restore(guide: Guide, kept: content.GuideContent, upload: str | None) -> None:
    Guide.objects.filter(pk=guide.pk).update(**row_mapping.guide_columns(kept), upload=upload or "")
    guide.phases.all().delete()
    guide.references.all().delete()
    guide_parts_create(guide, kept)
    written = dict(kept.emails.written())
    guide.emails.exclude(kind__in=written).delete()
    for kind, words in written.items():
        guide.emails.update_or_create(kind=kind, defaults=row_mapping.email_columns(words))


def _exercises_restore(kept: content.GuideContent) -> None:
    last = Exercise.objects.aggregate(last=Max("order"))["last"] or 0
    for order, exercise in enumerate(kept.exercises, start=last + 1):
        columns = row_mapping.exercise_columns(exercise)
        Exercise.objects.update_or_create(
            key=columns.pop("key"), defaults=columns, create_defaults={**columns, "order": order}
        )


def _plans_restore(guide: Guide, kept: content.GuideContent) -> None:
    plans = Plan.objects.filter(profile__assessment=guide.assessment_id)
    profiles: Mapping[str, int] = dict(guide.assessment.profiles.values_list("key", "pk"))
    exercises = dict(Exercise.objects.values_list("key", "pk"))
    planned = {profile.key: profile.plan for profile in kept.profiles if profile.key in profiles}
    plans.exclude(profile__key__in=planned).update(profile=None)
    plans.filter(profile__key__in=planned).delete()
    for key, plan in planned.items():
        row_mapping.plan_create(plan, profiles[key], exercises)
