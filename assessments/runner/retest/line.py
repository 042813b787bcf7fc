"""Three visits or more as a line over time, with the blocks of the plan behind it."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date

from assessments import selectors
from assessments.definition import QuestionSpec
from assessments.hooks import PlanBlock
from assessments.scoring import same_meaning
from assessments.selectors import Visit

FEWEST = 3
WIDTH, HEIGHT = 360, 190
LEFT, RIGHT, TOP, BOTTOM = 30, 350, 24, 160


@dataclass(frozen=True, slots=True)
class Point:
    """An answer of a visit; `x` and `y` are its place in the picture."""

    day: date
    answer: int
    x: int
    y: int
    profile: str
    block: PlanBlock | None


@dataclass(frozen=True, slots=True)
class Band:
    """A block of the plan behind the line."""

    x: int
    width: int
    middle: int
    weeks: str


@dataclass(frozen=True, slots=True)
class Line:
    """`question` is a scale that each of the visits was asked alike, and answered."""

    question: QuestionSpec
    points: tuple[Point, ...]
    bands: tuple[Band, ...]

    @property
    def path(self) -> str:
        return " ".join(f"{point.x},{point.y}" for point in self.points)


def line_of(visits: Sequence[Visit], blocks: Iterable[PlanBlock]) -> Line | None:
    """The line of the first scale, such as pain. None with fewer than three visits that answered
    it: two dots aren't a course."""
    if len(visits) < FEWEST:
        return None
    blocks = list(blocks)
    for question in selectors.edition_definition(visits[0].edition).questions:
        if question.kind == "scale":
            answered = [visit for visit in visits if _answers_alike(visit, question)]
            if len(answered) >= FEWEST:
                return Line(question, _points(question, answered, blocks), _bands(answered, blocks))
    return None


def _answers_alike(visit: Visit, question: QuestionSpec) -> bool:
    definition = selectors.edition_definition(visit.edition)
    return (
        question.key in visit.answers.answers
        and definition.has_question(question.key)
        and same_meaning(question, definition.question(question.key))
    )


def _points(
    question: QuestionSpec, visits: Sequence[Visit], blocks: Sequence[PlanBlock]
) -> tuple[Point, ...]:
    span = question.maximum - question.minimum
    return tuple(
        Point(
            day=visit.day,
            answer=(answer := visit.answers.answers[question.key]),
            x=_x(visit.day, visits),
            y=BOTTOM - round((BOTTOM - TOP) * (answer - question.minimum) / span),
            profile=selectors.edition_definition(visit.edition)
            .profile(visit.answers.profile)
            .heading,
            block=next((block for block in blocks if block.begins <= visit.day < block.ends), None),
        )
        for visit in visits
    )


def _bands(visits: Sequence[Visit], blocks: Sequence[PlanBlock]) -> tuple[Band, ...]:
    first, last = visits[0].day, visits[-1].day
    bands = []
    for block in blocks:
        left, right = _x(max(block.begins, first), visits), _x(min(block.ends, last), visits)
        if left < right:
            bands.append(Band(left, right - left, (left + right) // 2, block.weeks))
    return tuple(bands)


def _x(day: date, visits: Sequence[Visit]) -> int:
    first, last = visits[0].day, visits[-1].day
    return LEFT + round((RIGHT - LEFT) * (day - first).days / (last - first).days)
