"""Previews how a draft would change results: scores the latest answers and its cases with it."""

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from assessments.definition import CaseSpec, Definition, DefinitionError
from assessments.models import Assessment, Case, Submission
from assessments.publishing.case_words import (
    areas_in_words,
    level_in_words,
    notices_in_words,
    profile_in_words,
)
from assessments.publishing.cases import outcome
from assessments.publishing.drafts import AssessmentDraft
from assessments.scoring import AnswersError, Result, score
from assessments.selectors import edition_definition
from runfit.lib.diff import Data

MAX_ANSWERS = 1000
UNKNOWN = "Can't tell: the draft asks something they weren't asked"
NO_RESULT = "No result type fits"
REPLACED = (
    ("level", "Safety level", level_in_words),
    ("profile", "Result type", profile_in_words),
)
ADDED = (
    ("measured", "Not measured anymore", "Measured now", areas_in_words),
    ("notices", "Advice gone", "New advice", notices_in_words),
)


@dataclass(frozen=True, slots=True)
class ChangedResult:
    before: str
    after: str
    count: int


@dataclass(frozen=True, slots=True)
class ChangedCase:
    """A case that comes out differently than with the live version, even if it still comes out as
    it must. `lines` say how."""

    case: Case
    lines: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class CaseImpact:
    """`unknown` are the cases that the live version can't score, since it asks other questions."""

    changed: tuple[ChangedCase, ...]
    unknown: tuple[Case, ...]


@dataclass(frozen=True, slots=True)
class Impact:
    """`moved` are the changed results, most frequent first."""

    looked_at: int
    stayed: int
    moved: tuple[ChangedResult, ...]
    cases: CaseImpact

    @property
    def changed(self) -> int:
        return self.looked_at - self.stayed


def assessment_impact(*, assessment: Assessment) -> Impact:
    """Score the newest answers to any version again with the draft.

    Raises DefinitionError if the draft is incomplete.
    """
    compiled = AssessmentDraft(assessment)
    draft = compiled.content
    runners = Submission.objects.filter(edition__assessment=assessment, added_to=None)
    newest = runners.order_by("-created_at")
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
        cases=_case_impact(compiled),
    )


def case_impact(*, assessment: Assessment) -> CaseImpact | None:
    """The draft's cases, scored with it and with the live version. None if there's nothing to
    compare."""
    try:
        return _case_impact(AssessmentDraft(assessment))
    except DefinitionError:
        return None


def _case_impact(draft: AssessmentDraft) -> CaseImpact:
    edition = draft.editions.order_by("-number").first()
    if edition is None or not draft.content.cases:
        return CaseImpact((), ())
    live, live_data = edition_definition(edition), draft.edition_data(edition)
    changed, unknown = [], []
    rows = {case.name: case for case in draft.assessment.cases.all()}
    for case in draft.content.cases:
        before, after = _scored(live, case), _scored(draft.content, case)
        if before is None:
            unknown.append(rows[case.name])
        elif after and (lines := _differences(before, after, live_data, draft.data)):
            changed.append(ChangedCase(rows[case.name], lines))
    return CaseImpact(tuple(changed), tuple(unknown))


def _scored(definition: Definition, case: CaseSpec) -> Result | None:
    answers = dict(_known(definition, case.answers))
    try:
        return score(definition, answers, _ticked(definition, case.safety))
    except AnswersError:
        return None


def _differences(before: Result, after: Result, old: Data, new: Data) -> tuple[str, ...]:
    was, now = outcome(before), outcome(after)
    lines = [
        f"{what}: {words(was[key], old)} becomes {words(now[key], new)}"
        for key, what, words in REPLACED
        if was[key] != now[key]
    ]
    if not (before.stopped or after.stopped):
        for key, lost, gained, words in ADDED:
            gone = [name for name in was[key] if name not in now[key]]
            fresh = [name for name in now[key] if name not in was[key]]
            lines += [f"{lost}: {words(gone, old)}"] if gone else []
            lines += [f"{gained}: {words(fresh, new)}"] if fresh else []
    return tuple(lines)


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


def _ticked(draft: Definition, safety: Iterable[str]) -> list[str]:
    return [key for key in safety if draft.safety.has_item(key)] or ["none"]
