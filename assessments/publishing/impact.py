"""Previews how a draft would change results: scores the latest answers and its cases with it."""

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any, NamedTuple

from assessments.definition import CaseSpec, Definition
from assessments.models import Assessment, Case, Edition, Submission
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
NO_RESULT = "No result type fits"
REPLACED = (
    ("level", "Safety level", level_in_words),
    ("profile", "Result type", profile_in_words),
)
ADDED = (
    ("measured", "Not measured anymore", "Measured now", areas_in_words),
    ("notices", "Advice gone", "New advice", notices_in_words),
)


class Outcome(NamedTuple):
    """What a runner gets: a result type or, if it stops the self-check, a safety level."""

    key: str
    stopped: bool
    asks_first: bool = False
    """The result waits until a PT or doctor has cleared the runner."""

    @property
    def is_shown_at_once(self) -> bool:
        return not (self.stopped or self.asks_first)

    def gives_the_same(self, other: "Outcome") -> bool:
        return self[:2] == other[:2]


@dataclass(frozen=True, slots=True)
class ChangedResult:
    before: str
    after: str
    count: int
    stopped_before: bool = False
    stopped_after: bool = False


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
    """What the draft would make of the latest answers. `moved` are the changed results, most
    frequent first. Of those who keep a result type, some may have to `ask_first` before they get
    it, or not anymore. About the `unknown`, nobody can tell: the draft asks what they weren't
    asked."""

    looked_at: int
    stayed: int
    unknown: int
    moved: tuple[ChangedResult, ...]
    ask_first: int
    ask_no_more: int
    cases: CaseImpact

    @property
    def changed(self) -> int:
        return self.looked_at - self.stayed - self.unknown


def assessment_impact(*, assessment: Assessment) -> Impact:
    """Score the newest answers to any version again with the draft.

    Raises DefinitionError if the draft is incomplete.
    """
    compiled = AssessmentDraft(assessment)
    draft = compiled.content
    live = compiled.live_edition()
    live_data = compiled.edition_data(live) if live else compiled.data
    counts = Counter((_before(row), _after(draft, row)) for row in _newest_answers(assessment))
    told = [(before, after, n) for (before, after), n in counts.items() if after is not None]
    return Impact(
        looked_at=counts.total(),
        stayed=sum(n for before, after, n in told if after.gives_the_same(before)),
        unknown=counts.total() - sum(n for _, _, n in told),
        moved=tuple(_moved(told, {**_titles(live_data), **_titles(compiled.data)})),
        ask_first=sum(n for old, new, n in told if old.is_shown_at_once and new.asks_first),
        ask_no_more=sum(n for old, new, n in told if new.is_shown_at_once and old.asks_first),
        cases=_case_impact(compiled, live, live_data),
    )


def _newest_answers(assessment: Assessment) -> Iterator[Mapping[str, Any]]:
    """Each runner's first answers, those to newer versions first, up to MAX_ANSWERS. One version at
    a time, since its index has them in order: a join would read all answers to find the newest."""
    left = MAX_ANSWERS
    for edition in assessment.editions.order_by("-number").values_list("pk", flat=True):
        runners = Submission.objects.filter(edition=edition, added_to=None)
        newest = runners.order_by("-created_at", "-pk")
        rows = list(newest.values("answers", "safety", "profile", "safety_level")[:left])
        yield from rows
        left -= len(rows)
        if not left:
            return


def _before(row: Mapping[str, Any]) -> Outcome:
    profile, level = row["profile"], row["safety_level"]
    return Outcome(profile or level, not profile, bool(profile and level))


def _after(draft: Definition, row: Mapping[str, Any]) -> Outcome | None:
    """None if the answers don't say."""
    answers = dict(_known(draft, row["answers"]))
    try:
        result = score(draft, answers, _ticked(draft, row["safety"]))
    except AnswersError:
        return None
    if result.stopped:
        return Outcome(str(result.safety_level), stopped=True)
    return Outcome(result.profile or NO_RESULT, False, bool(result.safety_level))


def _moved(
    told: Iterable[tuple[Outcome, Outcome, int]], titles: Mapping[tuple[Any, ...], str]
) -> Iterator[ChangedResult]:
    moved: Counter[tuple[Outcome, Outcome]] = Counter()
    for before, after, count in told:
        if not after.gives_the_same(before):
            moved[before._replace(asks_first=False), after._replace(asks_first=False)] += count
    for (before, after), count in moved.most_common():
        yield ChangedResult(
            titles.get(before[:2], before.key),
            titles.get(after[:2], after.key),
            count,
            before.stopped,
            after.stopped,
        )


def _titles(data: Data) -> dict[tuple[Any, ...], str]:
    """Titles of safety levels and result types, including those that only the live version has."""
    levels = data["safety"]["levels"].items()
    return {
        **{(key, True): level["title"] for key, level in levels},
        **{(profile["key"], False): profile["title"] for profile in data["profiles"]},
    }


def _case_impact(draft: AssessmentDraft, edition: Edition | None, live_data: Data) -> CaseImpact:
    if edition is None or not draft.content.cases:
        return CaseImpact((), ())
    live = edition_definition(edition)
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


def _known(draft: Definition, answers: Mapping[str, Any]) -> Iterator[tuple[str, Any]]:
    """The answers that the draft still offers. Others are dropped."""
    for question in draft.questions:
        answer = answers.get(question.key)
        if answer is not None and question.valid_answer(answer) is not None:
            yield question.key, answer


def _ticked(draft: Definition, safety: Iterable[str]) -> list[str]:
    return [key for key in safety if draft.safety.has_item(key)] or ["none"]
