"""From draft to edition, and back to the draft."""

import json
from collections.abc import Mapping
from dataclasses import dataclass

from auditlog.context import disable_auditlog
from django.contrib.auth.models import User
from django.db import transaction

from assessments import hooks
from assessments.checker import Finding
from assessments.definition import parse
from assessments.models import Assessment, Edition, Practice
from assessments.publishing.deserialize import Deserializer, deserialize_draft
from assessments.publishing.drafts import AssessmentDraft
from assessments.publishing.pipeline import DraftStatus
from runfit.lib import caching
from runfit.lib.hooks import gather
from runfit.lib.json_format.writing import to_data


@dataclass(frozen=True, slots=True)
class LoadOutcome:
    """`edition` is None where the slug existed, which is then left alone."""

    assessment: Assessment
    edition: Edition | None

    @property
    def created(self) -> bool:
        return self.edition is not None


@transaction.atomic
def assessment_load(*, data: object, user: User | None = None) -> LoadOutcome:
    """Make a draft from decoded JSON and publish it, unless its slug is there already.

    Raises DefinitionError or PublishRefused, and then leaves nothing behind.
    """
    definition = parse(data)
    existing = Assessment.objects.filter(slug=definition.slug).first()
    if existing:
        return LoadOutcome(existing, None)
    assessment = deserialize_draft(to_data(definition))
    edition = assessment_publish(assessment=assessment, user=user, note="As loaded from its file.")
    return LoadOutcome(assessment, edition)


def assessment_check(*, assessment: Assessment) -> list[Finding]:
    """Everything that is wrong with a draft, or that the PT should know. Errors block."""
    return AssessmentDraft(assessment).findings


def assessment_overview(*, assessment: Assessment) -> tuple[DraftStatus, list[Finding]]:
    """Where a draft stands and what is wrong with it, from one reading of its rows."""
    draft = AssessmentDraft(assessment)
    return draft.standing, draft.findings


@transaction.atomic
def assessment_publish(
    *,
    assessment: Assessment,
    user: User | None,
    note: str = "",
    reviewed_by: str = "",
    seen: DraftStatus | None = None,
) -> Edition:
    """Freeze the draft as the next edition. Raises PublishRefused, also where the draft no longer
    stands as it was `seen`."""
    Assessment.objects.select_for_update().get(pk=assessment.pk)  # publishers take turns
    draft = AssessmentDraft(assessment)
    draft.prove(seen)
    return draft.freeze(
        assessment=assessment, published_by=user, note=note, reviewed_by=reviewed_by
    )


@transaction.atomic
def edition_restore(*, edition: Edition) -> None:
    """Make the draft what this version is. Runners notice nothing until it is published."""
    assessment = Assessment.objects.select_for_update().get(pk=edition.assessment_id)
    with disable_auditlog():  # one entry of the caller's tells it, not one for each row
        Deserializer(json.loads(edition.definition)).replace(assessment)


def edition_sign(*, edition: Edition, reviewed_by: str) -> None:
    """The clinician's signature, the only thing about an edition that may come later."""
    Edition.objects.filter(pk=edition.pk).update(reviewed_by=reviewed_by)
    transaction.on_commit(caching.clear)


def practice_check(*, practice: Practice, fresh: Mapping[str, bytes]) -> list[Finding]:
    """What saving this practice would break, and what its PT should know. Errors block."""
    return gather(hooks.practice_checks, practice, fresh)
