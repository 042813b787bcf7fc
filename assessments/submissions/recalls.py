"""What a result comes to once the PT has marked its version as wrong: the stored answers, scored
by today's version. Nothing is stored, and nothing of it is compared or counted."""

from dataclasses import dataclass
from enum import StrEnum

from assessments import selectors
from assessments.models import Edition, Submission
from assessments.scoring import Rescored, Result, rescore


class Outcome(StrEnum):
    WAITS = "waits"  # there's no newer version yet
    STOP = "stop"
    CLEARANCE = "clearance"
    UNKNOWN = "unknown"  # the answers can't be scored
    CHANGED = "changed"
    SAME = "same"


SAFETY_FIRST = frozenset({Outcome.STOP, Outcome.CLEARANCE})


@dataclass(frozen=True, slots=True)
class RecalledResult:
    """`now` is today's version. Without one, nothing is rescored."""

    outcome: Outcome
    now: Edition | None = None
    rescored: Rescored | None = None

    @property
    def stops(self) -> bool:
        """Whether a safety level comes first now, which the runner wasn't told."""
        return self.outcome in SAFETY_FIRST

    @property
    def holds(self) -> bool:
        """Whether the result stands as it is, and nothing is left to ask."""
        return self.outcome == Outcome.SAME and not (self.rescored and self.rescored.unasked)


def recalled_result(submission: Submission) -> RecalledResult | None:
    """None if its version isn't marked as wrong. Needs no query beyond cached editions."""
    edition = submission.edition
    if edition.recalled_at is None:
        return None
    now = selectors.edition_live(edition.assessment.slug)
    if now is None or now.pk == edition.pk or now.recalled_at:
        return RecalledResult(Outcome.WAITS)
    rescored = rescore(
        selectors.edition_definition(edition),
        selectors.edition_definition(now),
        submission.answers,
        submission.safety,
    )
    return RecalledResult(_outcome(submission, now, rescored.result), now, rescored)


def guide_allowed(submission: Submission) -> str:
    """As `guide` of a result: a result of a wrong version offers one only if it came out the same
    today."""
    recalled = recalled_result(submission)
    allowed: str = submission.result["guide"]
    return allowed if recalled is None or recalled.holds else "never"


def _outcome(submission: Submission, now: Edition, result: Result | None) -> Outcome:
    if result is None:
        return Outcome.UNKNOWN
    level = result.safety_level
    if level and level != submission.safety_level:
        stops = selectors.edition_definition(now).safety.level(level).stops
        if stops or not submission.stopped:
            return Outcome.STOP if stops else Outcome.CLEARANCE
    if submission.stopped:  # never lifted by a calculation
        return Outcome.SAME if result.dimensions is None else Outcome.UNKNOWN
    return Outcome.SAME if _is_same(submission, now, result) else Outcome.CHANGED


def _is_same(submission: Submission, now: Edition, result: Result) -> bool:
    """Whether the runner would read the same: result type, start, areas, and extra advice."""
    was, is_ = submission.result, result.expect()
    told = ("safety_level", "profile", "start_phase", "dimensions", "guide")
    return all(was[key] == is_[key] for key in told) and not _new_advice(submission, now, result)


def _new_advice(submission: Submission, now: Edition, result: Result) -> bool:
    earlier = selectors.edition_definition(submission.edition)
    later = selectors.edition_definition(now)
    told = {earlier.notice(key).text for key in submission.result["notices"]}
    return any(later.notice(key).text not in told for key in result.notices)
