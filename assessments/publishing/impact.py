"""Previews how a draft would change results, by scoring the latest answers with it."""

from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from assessments.definition import Definition
from assessments.models import Assessment, Submission
from assessments.publishing.drafts import assessment_compile
from assessments.scoring import AnswersError, score

MAX_ANSWERS = 1000
UNKNOWN = "Can't tell: the draft asks something they weren't asked"
NO_RESULT = "No result type fits"


@dataclass(frozen=True, slots=True)
class ChangedResult:
    before: str
    after: str
    count: int


@dataclass(frozen=True, slots=True)
class Impact:
    """`moved` are the changed results, most frequent first."""

    looked_at: int
    stayed: int
    moved: tuple[ChangedResult, ...]

    @property
    def changed(self) -> int:
        return self.looked_at - self.stayed


def assessment_impact(*, assessment: Assessment) -> Impact:
    """Score the newest answers to any version again with the draft.

    Raises DefinitionError if the draft is incomplete.
    """
    draft = assessment_compile(assessment=assessment)
    newest = Submission.objects.filter(edition__assessment=assessment).order_by("-created_at")
    rows = newest.values("answers", "safety", "profile", "safety_level")[:MAX_ANSWERS]
    titles = {
        **dict(assessment.profiles.values_list("key", "title")),
        **dict(assessment.safety_levels.values_list("key", "title")),
    }
    counts = Counter(_results(draft, row) for row in rows)
    moved = (
        ChangedResult(titles.get(before, before), titles.get(after, after), count)
        for (before, after), count in counts.most_common()
        if before != after
    )
    return Impact(
        looked_at=counts.total(),
        stayed=sum(count for (before, after), count in counts.items() if before == after),
        moved=tuple(moved),
    )


def _results(draft: Definition, row: Mapping[str, Any]) -> tuple[str, str]:
    """The old and new result. At a level that stops, the level is the result."""
    before = row["profile"] or row["safety_level"]
    try:
        result = score(draft, dict(_known(draft, row["answers"])), _ticked(draft, row["safety"]))
    except AnswersError:
        return before, UNKNOWN
    return before, result.profile or result.safety_level or NO_RESULT


def _known(draft: Definition, answers: Mapping[str, Any]) -> Iterator[tuple[str, Any]]:
    """The answers that the draft still offers. Others are dropped."""
    for question in draft.questions:
        answer = answers.get(question.key)
        if answer is not None and question.valid_answer(answer) is not None:
            yield question.key, answer


def _ticked(draft: Definition, safety: list[str]) -> list[str]:
    return [key for key in safety if draft.safety.has_item(key)] or ["none"]
