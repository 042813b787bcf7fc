"""Guides as data, read from all their rows: their plans, exercises, and rules included."""

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping

from django.db.models import QuerySet, prefetch_related_objects

import assessments.selectors
from guides.models import Exercise, Guide, Plan, SharedRules
from guides.publishing import row_mapping
from guides.publishing.row_mapping import Data
from guides.publishing.translated_parts import OWN_TEXTS, library_words_write


def guide_data(*, guide: Guide) -> Data:
    """The draft as data, even if incomplete."""
    data = guides_data(guides=[guide])[guide.pk]
    why = {key: str(text) for key, text in why_data(guide=guide).items()}
    return {**data, **({"why": why} if why else {})}


def why_data(*, guide: Guide) -> dict[str, str]:
    """The why of the live self-check, which the guide repeats. Blank if there's none."""
    edition = assessments.selectors.edition_live(guide.assessment.slug)
    why = edition and assessments.selectors.edition_definition(edition).why
    return {"title": why.title, "text": why.whole} if why else {}


def guides_data(*, guides: Iterable[Guide]) -> dict[int, Data]:
    """Drafts as data, by primary key, without the why of their self-checks. Takes the same few
    queries however many there are."""
    rows = [*_with_parts().filter(pk__in={guide.pk for guide in guides})]
    prefetch_related_objects([row for row in rows if row.follows], "assessment__profiles")
    plans = _plans_by_assessment({row.planned_for for row in rows})
    exercises = Exercise.objects.select_related("instead").prefetch_related("pictures")
    every = exercises.order_by("phase", "order").in_bulk()
    rules = SharedRules.objects.first()
    return {row.pk: _data(row, plans[row.planned_for], every, rules) for row in rows}


def guide_with_parts(**lookup: object) -> Guide:
    return _with_parts().get(**lookup)


def _with_parts() -> "QuerySet[Guide]":
    parts = ("phases", "references", "emails", "series")
    return Guide.objects.select_related("assessment", "translation_of").prefetch_related(*parts)


def _plans_by_assessment(assessments: Collection[int]) -> Mapping[int, list[Plan]]:
    plans = (
        Plan.objects.filter(profile__assessment__in=assessments)
        .select_related(*row_mapping.PLAN_NEXT)
        .prefetch_related(row_mapping.PLAN_PARTS)
        .order_by("profile__position", "profile__pk")
    )
    found = defaultdict[int, list[Plan]](list)
    for plan in plans:
        if plan.profile:
            found[plan.profile.assessment_id].append(plan)
    return found


def _data(
    guide: Guide, plans: list[Plan], exercises: Mapping[int, Exercise], rules: SharedRules | None
) -> Data:
    data = {
        **row_mapping.guide_data(guide),
        **({"shared_rules": row_mapping.rules_data(rules)} if rules else {}),
        "exercises": [row_mapping.exercise_data(row) for row in _needed(exercises, plans)],
        "profiles": [
            {
                "key": profile.key,
                **{name: getattr(profile, name) for name in OWN_TEXTS},
                "plan": row_mapping.plan_data(plan),
            }
            for plan in plans
            if (profile := plan.profile)
        ],
    }
    return _translated(guide, data) if guide.follows else data


def _translated(guide: Guide, data: Data) -> Data:
    """With the words of its own self-check's result types, and its own for plans and exercises."""
    own = {
        profile.key: {name: getattr(profile, name) for name in OWN_TEXTS}
        for profile in guide.assessment.profiles.all()
    }
    kept = [profile for profile in data["profiles"] if profile["key"] in own]
    profiles = [{**profile, **own[profile["key"]]} for profile in kept]
    library_words_write(data, guide.library_words)
    return {**data, "profiles": profiles}


def _needed(every: Mapping[int, Exercise], plans: Iterable[Plan]) -> list[Exercise]:
    """The exercises of these plans, and those that runners may do instead."""
    blocks = [block for plan in plans for block in plan.blocks.all()]
    waiting = {step.exercise_id for block in blocks for step in block.steps.all()}
    needed: set[int] = set()
    while waiting:
        needed |= waiting
        following = (every[pk].instead_id for pk in waiting)
        waiting = {pk for pk in following if pk is not None} - needed
    return [exercise for pk, exercise in every.items() if pk in needed]
