"""Restores an edition into the draft, with its exercises, plans, and rules."""

from collections.abc import Mapping

from auditlog.context import disable_auditlog
from django.db import transaction
from django.db.models import Max

from guides import selectors
from guides.content import GuideContent
from guides.models import Exercise, Guide, GuideEdition, Plan, SharedRules
from guides.publishing import row_mapping
from guides.publishing.services import guide_restore_changes, guide_words_replace
from guides.publishing.translated_parts import library_words_read
from runfit.lib.json_format.writing import to_data


@transaction.atomic
def guide_edition_restore(*, edition: GuideEdition) -> list[str]:
    """Makes the draft match the edition; returns the remaining differences as messages.

    A translation keeps the plans and exercises of its original, and gets back its words for them.
    Exercises and shared rules belong to all guides, so this changes other guides' drafts too. Plans
    that the edition doesn't have are put aside. Result types belong to the self-check and aren't
    changed.
    """
    guide = Guide.objects.select_for_update().get(pk=edition.guide_id)
    content = selectors.guide_content(edition)
    with disable_auditlog():  # the caller logs one entry, not one per row
        guide_words_replace(guide, content, upload=edition.upload.name or "")
        if guide.follows:
            words = library_words_read(to_data(content))
            kept = {path: words[path] for path in guide.library_words if path in words}
            Guide.objects.filter(pk=guide.pk).update(library_words=kept)
            return [str(change) for change in guide_restore_changes(edition=edition)]
        SharedRules.objects.update(**row_mapping.rules_columns(content.shared_rules))
        _exercises_restore(content)
        _plans_restore(guide, content)
    return [str(change) for change in guide_restore_changes(edition=edition)]


def _exercises_restore(content: GuideContent) -> None:
    last = Exercise.objects.aggregate(last=Max("order"))["last"] or 0
    for order, exercise in enumerate(content.exercises, start=last + 1):
        columns = row_mapping.exercise_columns(exercise)
        Exercise.objects.update_or_create(
            key=columns.pop("key"), defaults=columns, create_defaults={**columns, "order": order}
        )
    row_mapping.pictures_set(content.exercises)
    row_mapping.instead_set(content.exercises)


def _plans_restore(guide: Guide, content: GuideContent) -> None:
    plans = Plan.objects.filter(profile__assessment=guide.assessment_id)
    profiles: Mapping[str, int] = dict(guide.assessment.profiles.values_list("key", "pk"))
    exercises = dict(Exercise.objects.values_list("key", "pk"))
    planned = {profile.key: profile.plan for profile in content.profiles if profile.key in profiles}
    plans.exclude(profile__key__in=planned).update(profile=None)
    plans.filter(profile__key__in=planned).delete()
    for key, plan in planned.items():
        row_mapping.plan_create(plan, profiles[key], exercises)
    row_mapping.next_plans_set(planned, guide.assessment_id)
