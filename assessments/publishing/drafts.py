"""A draft as the definition that it would publish, and what sets it apart from its versions."""

import json
from dataclasses import dataclass
from typing import Any

from assessments.definition import Definition, DefinitionError, file_text, parse, to_data
from assessments.models import Assessment, Edition
from assessments.publishing.changes import assessment_changes
from assessments.publishing.serialize import Data, folded
from runfit.lib.diff import Change


@dataclass(frozen=True, slots=True)
class Standing:
    """Where a draft stands: the version that runners meet, and what publishing would change."""

    live: Any
    changes: tuple[Change, ...]

    def __str__(self) -> str:
        if self.live is None:
            return "Not published yet: runners do not see it."
        return f"Live: version {self.live.number}; {self.unpublished}"

    @property
    def settled(self) -> bool:
        """A signed version is live, and nothing waits to be published."""
        return self.live is not None and bool(self.live.reviewed_by) and not self.changes

    @property
    def unpublished(self) -> str:
        count = len(self.changes)
        return f"{count or 'no'} unpublished change{'' if count == 1 else 's'}"


def assessment_compile(*, assessment: Assessment) -> Definition:
    """What publishing this draft would publish. Raises DefinitionError where it is unfinished."""
    return parse(folded(assessment))


def assessment_export(*, slug: str) -> str:
    """The draft as the text of a content file: what is loaded from it exports the same bytes."""
    return file_text(assessment_compile(assessment=Assessment.objects.get(slug=slug)))


def assessment_data(*, assessment: Assessment) -> dict[str, Any]:
    """The draft as data, finished or not."""
    return _normal(folded(assessment))


def assessment_standing(*, assessment: Assessment, draft: Data | None = None) -> Standing:
    """`draft` is what `folded` read, where that is there already."""
    live = assessment.editions.order_by("-number").first()
    if live is None:
        return Standing(None, ())
    data = _normal(draft or folded(assessment))
    return Standing(live, tuple(assessment_changes(_data(live), data)))


def _normal(data: Data) -> Data:
    """As an edition would hold it; as it is where it is unfinished."""
    try:
        return to_data(parse(data))
    except DefinitionError:
        return data


def edition_changes(*, edition: Edition) -> list[Change]:
    """What this version changed."""
    before = (
        Edition.objects.filter(assessment=edition.assessment_id, number__lt=edition.number)
        .order_by("-number")
        .first()
    )
    return assessment_changes(_data(before), _data(edition)) if before else []


def restore_changes(*, edition: Edition) -> list[Change]:
    """What restoring this version would change in the draft."""
    draft = assessment_data(assessment=edition.assessment)
    return assessment_changes(draft, _data(edition), coming=True)


def _data(edition: Edition) -> dict[str, Any]:
    data: dict[str, Any] = json.loads(edition.definition)
    return data
