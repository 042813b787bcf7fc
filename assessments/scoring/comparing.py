"""Compares two visits so that a skipped or added check never looks like progress."""

from collections.abc import Iterator, Mapping, Sequence

from assessments.definition import Definition
from assessments.scoring.results import AnswersError, Comparison, MovedAnswer, ScoreChange
from assessments.scoring.sums import dimension_score, points_sum, total
from assessments.scoring.walk import Walk, walk

MEANINGFUL_CHANGE = 10


def compare(
    definition: Definition, before: Mapping[str, object], after: Mapping[str, object]
) -> Comparison:
    """Compare two sets of answers on the questions scored at both visits.

    Invalid answers raise AnswersError, never anything else.
    """
    first, second = walk(definition, before), walk(definition, after)
    errors = [f"before:{error}" for error in first.errors]
    errors += [f"after:{error}" for error in second.errors]
    if errors:
        raise AnswersError(errors)
    return compare_walks(definition, first, second)


def compare_walks(definition: Definition, first: Walk, second: Walk) -> Comparison:
    compared = tuple(_compared(definition, first, second))
    old, new = _scores(definition, first, compared), _scores(definition, second, compared)
    return Comparison(
        compared_on=compared,
        dimensions={key: _change(old[key], new[key]) for key in old},
        total=_change(total(definition, old), total(definition, new)),
        moved=tuple(_moved(first, second, compared)),
    )


def _compared(definition: Definition, first: Walk, second: Walk) -> Iterator[str]:
    for question in definition.questions:
        picks = [visit.chosen.get(question.key) for visit in (first, second)]
        if question.compare_on_retest and all(pick and pick.scores for pick in picks):
            yield question.key


def _scores(definition: Definition, visit: Walk, compared: Sequence[str]) -> dict[str, int | None]:
    """Scores on the compared questions. Coverage still counts all questions shown at this visit,
    so a score that wasn't measured at the visit stays unmeasured."""
    picks = [visit.chosen[key] for key in compared]
    return {
        dimension.key: dimension_score(
            points_sum(dimension.key, picks, visit.shown), definition.confidence
        ).score
        for dimension in definition.dimensions
    }


def _change(before: int | None, after: int | None) -> ScoreChange:
    if before is None or after is None:
        return ScoreChange(before, after, "not_comparable")
    if abs(after - before) < MEANINGFUL_CHANGE:
        return ScoreChange(before, after, "same")
    return ScoreChange(before, after, "better" if after > before else "worse")


def _moved(first: Walk, second: Walk, compared: Sequence[str]) -> Iterator[MovedAnswer]:
    for key in compared:
        old, new = first.valid[key], second.valid[key]
        if old != new:
            fall = first.chosen[key].need - second.chosen[key].need
            yield MovedAnswer(key, old, new, _direction(fall))


def _direction(fall: int) -> str:
    """`fall` is the decrease in points of need."""
    if fall == 0:
        return "changed"
    return "better" if fall > 0 else "worse"
