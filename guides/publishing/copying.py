"""Copies guides and plans. What's copied is a draft: no version of it, and no runner's link."""

from typing import TYPE_CHECKING, Any

from auditlog.context import disable_auditlog
from django.db import transaction
from django.db.models import QuerySet

from guides.models import Exercise, Guide, Plan
from guides.publishing import row_mapping
from guides.publishing.draft_data import guide_with_parts
from guides.publishing.services import guide_create

if TYPE_CHECKING:
    from assessments.models import Assessment, Profile


@transaction.atomic
def guide_copy(
    *, guide: Guide, slug: str, title: str, language: str, assessment: "Assessment"
) -> Guide:
    """A draft with the same words for this self-check, even if they're incomplete. The PT's own PDF
    stays behind."""
    own = {"slug": slug, "title": title, "language": language}
    with disable_auditlog():  # the caller logs one entry, not one per row
        words = row_mapping.guide_data(guide_with_parts(pk=guide.pk))
        return guide_create({**words, **own}, assessment)


@transaction.atomic
def plans_copy(*, guide: Guide, to: "Assessment") -> int:
    """Copies the plans that a guide has, perhaps as a translation, to result types of a copy of its
    self-check that have none: those have the same keys. Returns how many."""
    free = {profile.key: profile for profile in to.profiles.filter(plan=None)}
    plans = _plans().filter(profile__assessment=guide.planned_for, profile__key__in=free)
    found = [(plan, free[plan.profile.key]) for plan in plans if plan.profile]
    exercises = dict(Exercise.objects.values_list("key", "pk"))
    copied: dict[str, row_mapping.Data] = {}
    with disable_auditlog():
        for plan, profile in found:
            copied[profile.key] = row_mapping.plan_data(plan)
            row_mapping.plan_create(copied[profile.key], profile.pk, exercises)
        row_mapping.next_plans_set(copied, to.pk)
    return len(found)


@transaction.atomic
def plan_copy(*, plan: Plan, title: str, profile: "Profile | None") -> Plan:
    """The same weeks for another result type; set aside without one."""
    data: dict[str, Any] = row_mapping.plan_data(_plans().get(pk=plan.pk)) | {"title": title}
    exercises = dict(Exercise.objects.values_list("key", "pk"))
    with disable_auditlog():
        copy = row_mapping.plan_create(data, profile.pk if profile else None, exercises)
        if profile:
            row_mapping.next_plans_set({profile.key: data}, profile.assessment_id)
    return copy


def _plans() -> QuerySet[Plan]:
    plans = Plan.objects.select_related(*row_mapping.PLAN_NEXT)
    return plans.prefetch_related(row_mapping.PLAN_PARTS)
