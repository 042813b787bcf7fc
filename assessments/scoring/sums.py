"""The arithmetic from points to scores to a total: integers only, rounded half up."""

from collections.abc import Iterable, Mapping

from assessments.definition import Confidence, Definition, QuestionSpec
from assessments.scoring.results import DimensionScore, PointsSum
from assessments.scoring.walk import Pick

NO_CONFIDENCE = "none"


def rounded(numerator: int, denominator: int) -> int:
    """The quotient of two non-negative integers, rounded half up."""
    return (2 * numerator + denominator) // (2 * denominator)


def percent(part: int, whole: int) -> int:
    return rounded(100 * part, whole) if whole else 0


def points_sum(dimension: str, chosen: Iterable[Pick], shown: Iterable[QuestionSpec]) -> PointsSum:
    """Add up the points of the answers, and how much of the shown questions they cover."""
    need = top = 0
    for pick in chosen:
        points = pick.option.points.get(dimension)
        if points is not None:
            need += points
            top += pick.question.largest[dimension]
    possible = sum(question.largest.get(dimension, 0) for question in shown)
    return PointsSum(need, top, percent(top, possible))


def dimension_score(points: PointsSum, percents: Confidence) -> DimensionScore:
    confidence = confidence_of(points.coverage, percents)
    if confidence == NO_CONFIDENCE or not points.top:
        return DimensionScore(None, confidence)
    return DimensionScore(percent(points.top - points.need, points.top), confidence)


def confidence_of(coverage: int, percents: Confidence) -> str:
    if coverage >= percents.high:
        return "high"
    if coverage >= percents.medium:
        return "medium"
    return "low" if coverage >= percents.low else NO_CONFIDENCE


def total(definition: Definition, scores: Mapping[str, int | None]) -> int | None:
    """The weighted mean of the rounded scores; None if any of them is unmeasured."""
    weighted = weights = 0
    for dimension in definition.dimensions:
        score = scores[dimension.key]
        if score is None:
            return None
        weighted += dimension.weight * score
        weights += dimension.weight
    return rounded(weighted, weights)
