"""Loads, checks, publishes, restores, and signs self-checks."""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from auditlog.context import disable_auditlog
from django.contrib.auth.models import User
from django.db import transaction

from assessments import hooks
from assessments.checker import Finding
from assessments.definition import parse
from assessments.models import Assessment, Edition, Practice
from assessments.models.base import Positioned
from assessments.publishing.deserialize import Deserializer, deserialize_draft
from assessments.publishing.drafts import AssessmentDraft
from assessments.publishing.pipeline import DraftStatus
from assessments.publishing.serialize import serialize_draft
from assessments.selectors import IN_ORDER
from runfit.lib import caching
from runfit.lib.hooks import gather
from runfit.lib.json_format.writing import to_data
from runfit.lib.models import signed


@dataclass(frozen=True, slots=True)
class LoadOutcome:
    """`edition` is None if the slug already existed; the existing draft is not changed."""

    assessment: Assessment
    edition: Edition | None


@transaction.atomic
def assessment_load(*, data: object, user: User | None = None) -> LoadOutcome:
    """Create a draft from decoded JSON and publish it, unless its slug already exists.

    Raises DefinitionError or PublishRefused, and then stores nothing.
    """
    definition = parse(data)
    existing = Assessment.objects.filter(slug=definition.slug).first()
    if existing:
        return LoadOutcome(existing, None)
    assessment = deserialize_draft(to_data(definition))
    edition = assessment_publish(assessment=assessment, user=user, note="As loaded from its file.")
    return LoadOutcome(assessment, edition)


@transaction.atomic
def assessment_copy(*, assessment: Assessment, slug: str, title: str, language: str) -> Assessment:
    """A draft with the same parts, even if they're incomplete. Nothing of versions, runners, or
    translations comes along. The keys stay, by which plans and exercises know them."""
    own = {"slug": slug, "title": title, "language": language}
    with disable_auditlog():  # the caller logs one entry instead of one per row
        return deserialize_draft({**serialize_draft(assessment), **own})


def assessment_check(*, assessment: Assessment) -> list[Finding]:
    """All findings about a draft. Errors block publishing."""
    return AssessmentDraft(assessment).findings


def assessment_overview(*, assessment: Assessment) -> tuple[DraftStatus, list[Finding]]:
    """The status and findings of a draft, reading its rows only once."""
    draft = AssessmentDraft(assessment)
    return draft.status, draft.findings


@transaction.atomic
def assessment_publish(
    *,
    assessment: Assessment,
    user: User | None,
    note: str = "",
    reviewed_by: str = "",
    look_again_on: date | None = None,
    seen: DraftStatus | None = None,
) -> Edition:
    """Freeze the draft as the next edition. Raises PublishRefused for errors, or if the draft has
    changed since `seen`."""
    Assessment.objects.select_for_update().get(pk=assessment.pk)  # serializes concurrent publishers
    draft = AssessmentDraft(assessment)
    draft.ensure_publishable(seen)
    return draft.freeze(
        assessment=assessment,
        published_by=user,
        note=note,
        **signed(reviewed_by, look_again_on),
    )


def edition_restore(*, edition: Edition) -> None:
    """Replace the draft with this version. Runners see no change until it is published."""
    assessment_replace(assessment=edition.assessment, data=json.loads(edition.definition))


@transaction.atomic
def assessment_replace(*, assessment: Assessment, data: Mapping[str, Any]) -> None:
    """Replace the draft. Everything that `data` refers to must be in it."""
    locked = Assessment.objects.select_for_update().get(pk=assessment.pk)
    with disable_auditlog():  # the caller logs one entry instead of one per row
        Deserializer(data).replace(locked)


def edition_sign(*, edition: Edition, reviewed_by: str, look_again_on: date | None = None) -> None:
    """Add the clinician's signature, the only part of an edition that can change."""
    Edition.objects.filter(pk=edition.pk).update(**signed(reviewed_by, look_again_on))
    transaction.on_commit(caching.clear)


def practice_check(*, practice: Practice, fresh: Mapping[str, bytes]) -> list[Finding]:
    """All findings about saving this practice. Errors block saving."""
    return gather(hooks.practice_checks, practice, fresh)


def assessment_move(*, assessment: Assessment, step: int) -> int:
    """Move a self-check by a step among those that aren't translations. Returns its place, from 1.
    The first page shows it at once."""
    rows = list(Assessment.objects.filter(translation_of=None).order_by(*IN_ORDER))
    at = rows.index(assessment)
    place = min(max(at + step, 0), len(rows) - 1)
    rows.insert(place, rows.pop(at))
    for position, row in enumerate(rows, start=1):
        Assessment.objects.filter(pk=row.pk).update(position=position)
    transaction.on_commit(caching.clear)
    return place + 1


def part_move(*, part: Positioned, place: int) -> None:
    """Move a part of a draft to a place in its list, counted from 0. The history tells of it, not
    of those that make room."""
    others = [row for row in part.siblings() if row.pk != part.pk]
    for position, row in enumerate([*others[:place], part, *others[place:]], start=1):
        row.position = position
    part.save(update_fields=["position"])
    type(part)._default_manager.bulk_update(others, ["position"])
