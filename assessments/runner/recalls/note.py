"""What a runner reads about a version that the PT marked as wrong, and what changed for them."""

from dataclasses import dataclass

from django.utils.translation import gettext as _

from assessments import selectors
from assessments.definition import Definition, Level, QuestionSpec, SafetyItemSpec
from assessments.models import Edition, Submission
from assessments.runner.recalls.changes import ChangedLine, changed_lines, new_advice
from assessments.scoring import Result
from assessments.submissions.recalls import Outcome, RecalledResult, recalled_result
from assessments.submissions.signed_links import retest_path


@dataclass(frozen=True, slots=True)
class RecallNote:
    """`text` says what came of the answers today, and `changes` and `advice` what is new in it.
    `first` are the safety items that the runner never read, `lost` the questions whose answers
    can't be used, and `level` the safety level that comes first now."""

    reason: str
    text: str
    result: RecalledResult
    level: Level | None
    changes: tuple[ChangedLine, ...]
    advice: tuple[str, ...]
    first: tuple[str, ...]
    lost: tuple[str, ...]
    retake: str

    @property
    def ask_again(self) -> bool:
        """Whether taking the check again is the way to a result that holds. A stop stands first
        for what it says, not to be tried away."""
        beyond = {Outcome.WAITS, Outcome.STOP}
        return not self.result.holds and self.result.outcome not in beyond


def recall_note(submission: Submission, scored: Result) -> RecallNote | None:
    """In the active language. None if the version isn't marked as wrong. What is held back until
    the runner is cleared stays so."""
    recalled = recalled_result(submission)
    if recalled is None:
        return None
    rescored = recalled.rescored
    later = selectors.edition_definition(recalled.now) if recalled.now else None
    now = rescored.result if rescored else None
    is_shown = recalled.outcome == Outcome.CHANGED and not submission.awaits_clearance
    earlier = selectors.edition_definition(submission.edition)
    return RecallNote(
        reason=submission.edition.recall_reason,
        text=_text(submission, recalled),
        result=recalled,
        level=_level(later, now) if recalled.stops else None,
        changes=tuple(changed_lines(earlier, scored, later, now)) if is_shown else (),
        advice=tuple(new_advice(earlier, scored, later, now)) if is_shown else (),
        first=_lead_words(rescored.unasked if rescored else ()),
        lost=_questions(rescored.lost if rescored else ()),
        retake=retest_path(submission),
    )


def recall_reasons(*editions: Edition) -> list[str]:
    """What was wrong with those that are marked as wrong, each once."""
    reasons = (edition.recall_reason for edition in editions if edition.recalled_at)
    return list(dict.fromkeys(reasons))


def _text(submission: Submission, recalled: RecalledResult) -> str:
    match recalled.outcome:
        case Outcome.WAITS:
            return _(
                "We're working on a new version. Until then, don't rely on what it told you. If "
                "something worries you, see a PT or doctor."
            )
        case Outcome.STOP | Outcome.CLEARANCE:
            return _(
                "We scored your answers again with the current version. This page comes first now."
            )
        case Outcome.UNKNOWN:
            return _(
                "The current version works differently, so we can't work out a new result from "
                "your answers alone. Please take the check again."
            )
        case Outcome.CHANGED:
            if submission.awaits_clearance:
                return _("Your result may differ now. Please take the check again.")
            return _(
                "We scored your answers again with the current version. Here's what changed for "
                "you:"
            )
        case Outcome.SAME:
            return _(
                "We scored your answers again with the current version. Nothing changed for you."
            )


def _level(definition: Definition | None, result: Result | None) -> Level | None:
    if definition is None or result is None or not result.safety_level:
        return None
    return definition.safety.level(result.safety_level)


def _lead_words(items: tuple[SafetyItemSpec, ...]) -> tuple[str, ...]:
    return tuple(selectors.emergency_text(item.text) for item in items)


def _questions(questions: tuple[QuestionSpec, ...]) -> tuple[str, ...]:
    return tuple(question.text for question in questions)
