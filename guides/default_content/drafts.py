"""The drafts that came from the default content, read from their rows and written to them."""

from collections.abc import Collection, Iterable
from pathlib import Path
from typing import Any

from auditlog.context import disable_auditlog

import assessments.selectors
from assessments.publishing.serialize import serialize_draft
from assessments.publishing.services import assessment_replace
from guides.content import PictureContent
from guides.content.pictures import pictures_of
from guides.default_content.parts import RULES, Content, Data, names
from guides.models import Exercise, Guide, Plan, SharedRules
from guides.publishing import row_mapping
from guides.publishing.library import pictures_store
from guides.publishing.services import guide_words_replace

PARTS = ("phases", "references", "emails", "series")  # of a guide
NEXT = ("next_plan", "next_week")  # of a plan: one that's set aside has none


def drafts_exist(offered: Content) -> bool:
    """Whether there is any draft of what is offered."""
    check, guide = _slug(offered.check), _slug(offered.guide)
    return (
        assessments.selectors.assessment_by_slug(check) is not None
        or Guide.objects.filter(slug=guide).exists()
        or (offered.library is not None and Exercise.objects.exists())
    )


def drafts_read(offered: Content) -> Content:
    """The drafts of what is offered; None for what isn't there any more."""
    check = assessments.selectors.assessment_by_slug(_slug(offered.check))
    guide = Guide.objects.prefetch_related(*PARTS).filter(slug=_slug(offered.guide)).first()
    return Content(
        check=serialize_draft(check) if check else None,
        library=_library(_slug(offered.check)) if offered.library else None,
        guide=row_mapping.guide_data(guide) if guide else None,
    )


def _slug(data: Data | None) -> str:
    return str(data["slug"]) if data else ""


def _library(check: str) -> Data | None:
    rows = Exercise.objects.select_related("instead").prefetch_related("pictures")
    exercises = [*map(row_mapping.exercise_data, rows)]
    rules = SharedRules.objects.first()
    if not exercises and not rules:
        return None
    plans = Plan.objects.filter(profile__assessment__slug=check)
    plans = plans.select_related(*row_mapping.PLAN_NEXT).order_by("profile__position", "pk")
    plans = plans.prefetch_related(row_mapping.PLAN_PARTS)
    return {
        **(_rules(rules) if rules else {}),
        "exercises": exercises,
        "plans": {
            profile.key: row_mapping.plan_data(plan) for plan in plans if (profile := plan.profile)
        },
    }


def _rules(rules: SharedRules) -> dict[str, Any]:
    return {
        "shared_rules": row_mapping.rules_data(rules),
        **({"no_plan": dict(rules.no_plan)} if rules.no_plan else {}),
        "meta": {"version": rules.version, "status": rules.status},
    }


def drafts_write(*, before: Content, after: Content, folder: Path | None = None) -> list[str]:
    """Makes the drafts that are `before` what `after` says. `folder` has the pictures of the
    exercises that change; without it, they're stored already.

    Returns the names of exercises that stay because some other plan uses them. What isn't there
    any more is left out.
    """
    slug = _slug(after.check)
    assessment = assessments.selectors.assessment_by_slug(slug)
    with disable_auditlog():  # the caller logs one entry, not one per row
        if assessment and after.check and after.check != before.check:
            assessment_replace(assessment=assessment, data=after.check)
        if after.guide and before.guide and after.guide != before.guide:
            guide = Guide.objects.select_for_update().get(slug=after.guide["slug"])
            guide_words_replace(guide, after.guide)
        if not after.library or not before.library:
            return []
        _exercises_write(before.library["exercises"], after.library["exercises"], folder)
        _rules_write(before.library, after.library)
        if assessment:
            _plans_write(slug, before.library["plans"], after.library["plans"])
        return _exercises_drop(before.library["exercises"], after.library["exercises"])


def _exercises_write(
    before: Collection[Data], after: Collection[Data], folder: Path | None
) -> None:
    had = {entry["id"]: entry for entry in before}
    changed = [entry for entry in after if entry != had.get(entry["id"])]
    stored = _pictures(changed, folder) if folder else {}
    for entry in changed:
        columns = row_mapping.exercise_columns(entry)
        Exercise.objects.update_or_create(key=columns.pop("key"), defaults=columns)
    row_mapping.pictures_set(changed, stored)
    row_mapping.instead_set(changed)
    order = [entry["id"] for entry in after]
    if order != [entry["id"] for entry in before]:
        rows = Exercise.objects.in_bulk(order, field_name="key")
        for position, key in enumerate(order, start=1):
            rows[key].order = position
        Exercise.objects.bulk_update(rows.values(), ["order"])


def _pictures(entries: Iterable[Data], folder: Path) -> dict[str, str]:
    """Stores the exercises' pictures; returns the names that they have now."""
    parsed = {
        entry["id"]: [PictureContent(**picture) for picture in pictures_of(entry)]
        for entry in entries
    }
    return pictures_store(parsed, folder)


def _exercises_drop(before: Iterable[Data], after: Iterable[Data]) -> list[str]:
    gone = names(before, "id") - names(after, "id")
    Exercise.objects.filter(key__in=gone, uses=None).delete()
    return [*Exercise.objects.filter(key__in=gone).values_list("name", flat=True)]


def _rules_write(before: Data, after: Data) -> None:
    if "shared_rules" not in after or all(before.get(key) == after.get(key) for key in RULES):
        return
    columns = {
        **row_mapping.rules_columns(after["shared_rules"]),
        **{name: after.get("meta", {}).get(name, "") for name in ("version", "status")},
        "no_plan": [*map(list, after.get("no_plan", {}).items())],
    }
    SharedRules.objects.update(**columns) or SharedRules.objects.create(**columns)


def _plans_write(slug: str, before: Data, after: Data) -> None:
    plans = Plan.objects.filter(profile__assessment__slug=slug)
    changed = {key: plan for key, plan in after.items() if plan != before.get(key)}
    plans.filter(profile__key__in=changed).delete()
    plans.filter(profile__key__in=before.keys() - after.keys()).update(profile=None)
    if not changed:
        return
    profiles = assessments.selectors.profiles().filter(assessment__slug=slug)
    pks = dict(profiles.values_list("key", "pk"))
    exercises = dict(Exercise.objects.values_list("key", "pk"))
    aside = _plans_aside()
    for key, plan in changed.items():
        alone = {name: part for name, part in plan.items() if name not in NEXT}
        put_aside = next((row for row in aside if row_mapping.plan_data(row) == alone), None)
        if put_aside:
            week = plan.get("next_week")
            Plan.objects.filter(pk=put_aside.pk).update(profile=pks[key], next_week=week)
        else:
            row_mapping.plan_create(plan, pks[key], exercises)
    if assessment := profiles.first():
        row_mapping.next_plans_set(after, assessment.assessment_id)


def _plans_aside() -> list[Plan]:
    return [*Plan.objects.filter(profile=None).prefetch_related(row_mapping.PLAN_PARTS)]
