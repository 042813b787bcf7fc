"""What the sheet for a runner's own PT says: answers in words, and what came of them."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date

from django.utils.timezone import localdate

from assessments import hooks, selectors
from assessments.definition import Definition, Level, ProfileSpec, QuestionSpec
from assessments.hooks import PlanBlock, SessionsDone
from assessments.models import Submission
from assessments.runner.areas import ScoreArea, answer_words, score_areas
from assessments.runner.explanation import Explanation, explanation
from assessments.runner.retest.comparison import ComparedVisits, compared_visits
from assessments.scoring import Result
from assessments.submissions.in_words import safety_in_words
from runfit.lib.hooks import gather


@dataclass(frozen=True, slots=True)
class Said:
    """What the runner was told. Empty while a safety level hides the result."""

    profile: ProfileSpec
    explained: Explanation
    areas: tuple[ScoreArea, ...]
    changed: ComparedVisits | None
    plan: tuple[PlanBlock, ...]
    sessions: tuple[SessionsDone, ...]


@dataclass(frozen=True, slots=True)
class Sheet:
    """Answers and `checks` are pairs of words; `derived` is what answers said about safety, and
    `skipped` what wasn't answered."""

    submission: Submission
    definition: Definition
    day: date
    safety: tuple[str, ...]
    derived: tuple[str, ...]
    level: Level | None
    answers: tuple[tuple[str, str], ...]
    checks: tuple[tuple[str, str], ...]
    skipped: tuple[str, ...]
    said: Said | None


def sheet_of(submission: Submission) -> Sheet:
    """In the active language."""
    definition = selectors.edition_definition(submission.edition)
    result = selectors.submission_result(submission)
    is_hidden = submission.stopped or submission.awaits_clearance
    return Sheet(
        submission=submission,
        definition=definition,
        day=submission.day,
        safety=tuple(map(selectors.emergency_text, safety_in_words(submission))),
        derived=tuple(selectors.emergency_text(rule.why) for rule in result.trace.derived),
        level=definition.safety.level(result.safety_level) if result.safety_level else None,
        answers=tuple(_answered(definition, submission, are_checks=False)),
        checks=tuple(_answered(definition, submission, are_checks=True)),
        skipped=tuple(_skipped(definition, result)),
        said=None if is_hidden else _said(definition, submission, result),
    )


def _answered(
    definition: Definition, submission: Submission, *, are_checks: bool
) -> Iterator[tuple[str, str]]:
    for question in definition.questions:
        answer = submission.answers.get(question.key)
        if answer is not None and is_check(question) == are_checks:
            yield question.text, answer_words(question, answer)


def is_check(question: QuestionSpec) -> bool:
    """Whether it's something to do, not only to answer."""
    return bool(question.how_to)


def _skipped(definition: Definition, result: Result) -> Iterator[str]:
    for step in result.trace.steps:
        if step.answer is None:
            yield definition.question(step.question).text


def _said(definition: Definition, submission: Submission, result: Result) -> Said:
    changed = _changed(submission)
    since = changed.then.day if changed else date.min
    between = hooks.Between(submission.runner_pk, since, localdate())
    return Said(
        profile=definition.profile(submission.profile),
        explained=explanation(definition, result),
        areas=tuple(score_areas(definition, result).values()),
        changed=changed,
        plan=tuple(block for block in gather(hooks.plan_blocks, submission) if block.ends > since),
        sessions=tuple(done for _, done in gather(hooks.sessions_done, [between])),
    )


def _changed(submission: Submission) -> ComparedVisits | None:
    """Since the visit before this one. First answers need no query."""
    if not submission.retest_of_id:
        return None
    visits = selectors.visits_of_runner(submission)
    now = next((visit for visit in visits if visit.day == submission.day), None)
    earlier = [visit for visit in visits if visit.day < submission.day]
    return compared_visits(earlier[-1], now, last=earlier[-1]) if now and earlier else None
