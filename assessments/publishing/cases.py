"""The cases of a draft: what comes out for each, and keeping tried answers as one."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from django.db import transaction

from assessments.checker import case_failures
from assessments.definition import NONE, CaseSpec, Definition, DefinitionError
from assessments.models import Assessment, Case, Question
from assessments.publishing.case_words import CaseWords, case_in_words
from assessments.publishing.drafts import AssessmentDraft
from assessments.scoring import AnswersError, Result, score
from runfit.lib.translation import translated


@dataclass(frozen=True, slots=True)
class CaseRun:
    """A case, and what comes out differently with the draft as it is now. `failures` is None if
    that can't be told, because the draft is incomplete."""

    words: CaseWords
    failures: tuple[str, ...] | None


@dataclass(frozen=True, slots=True)
class CasesNow:
    """A draft's cases, apart by whether they come out as they must with the draft as it's saved.
    If the draft is incomplete, nobody can tell, and all are in `untold`."""

    different: tuple[tuple[Case, tuple[str, ...]], ...] = ()  # each with how
    as_they_must: tuple[Case, ...] = ()
    untold: tuple[Case, ...] = ()

    @property
    def count(self) -> int:
        return len(self.different) + len(self.as_they_must) + len(self.untold)


def cases_now(draft: AssessmentDraft) -> CasesNow:
    cases, failures = tuple(draft.assessment.cases.all()), _failures(draft)
    if not failures:
        return CasesNow(untold=cases)
    return CasesNow(
        different=tuple((case, failures[case.name]) for case in cases if failures[case.name]),
        as_they_must=tuple(case for case in cases if not failures[case.name]),
    )


def case_runs(draft: AssessmentDraft) -> dict[str, CaseRun]:
    """All cases of a draft, by name."""
    failures = _failures(draft)
    return {
        case["name"]: CaseRun(case_in_words(case, draft.data), failures.get(case["name"]))
        for case in draft.data.get("cases", ())
    }


def case_result(definition: Definition, case: CaseSpec) -> Result | None:
    """What comes out; None if the answers don't fit the questions."""
    try:
        return score(definition, case.answers, case.safety)
    except AnswersError:
        return None


def outcome(result: Result) -> dict[str, Any]:
    """A result as a case expects it."""
    scores = result.dimensions or {}
    measured = [key for key, scored in scores.items() if scored.score is not None]
    return {
        "level": result.safety_level or NONE,
        "profile": result.profile or NONE,
        "measured": measured,
        "unmeasured": [key for key in scores if key not in measured],
        "notices": list(result.notices),
    }


@transaction.atomic
def case_keep(
    *,
    assessment: Assessment,
    name: str,
    answers: Mapping[str, Any],
    safety: Sequence[str],
    result: Result,
) -> Case:
    """Keep answers as a case that expects what came out for them."""
    pairs = [[key, answer] for key, answer in answers.items()]
    return Case.objects.create(
        assessment=assessment, name=name, answers=pairs, safety=list(safety), **outcome(result)
    )


def cases_unanswered(draft: AssessmentDraft, cases: Iterable[Case], question: str) -> list[Case]:
    """Cases that are asked a question but have no answer to it: it's new, or it can't be skipped
    anymore. `cases` are those that come out differently."""
    try:
        definition = draft.content
    except DefinitionError:
        return []
    names = {case.name for case in definition.cases if _is_missing(definition, case, question)}
    return [case for case in cases if case.name in names]


def _is_missing(definition: Definition, case: CaseSpec, question: str) -> bool:
    try:
        score(definition, case.answers, case.safety)
    except AnswersError as error:
        return f"{question}:required" in error.errors
    return False


@transaction.atomic
def cases_answer(*, question: Question, answer: str) -> int:
    """Gives one answer to all cases that lack one; returns how many. What must come out for them
    stays as it is."""
    draft = AssessmentDraft(question.assessment)
    cases = cases_unanswered(draft, question.assessment.cases.all(), question.key)
    for case in cases:
        case.answers = [*case.answers, [question.key, answer]]
        case.save(update_fields=["answers"])
    return len(cases)


def _failures(draft: AssessmentDraft) -> dict[str, tuple[str, ...]]:
    try:
        definition = draft.content
    except DefinitionError:
        return {}
    return {
        case.name: tuple(map(translated, case_failures(definition, case)))
        for case in definition.cases
    }
