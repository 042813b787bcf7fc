"""What was counted, in the order of the funnel. Reads only what `services.counts_update` kept."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from django.db.models import QuerySet, Sum

from assessments import hooks
from assessments.analytics.aggregation import BOT, OTHER
from assessments.definition import Definition, QuestionSpec
from assessments.hooks import FunnelStep
from assessments.models import DayCount, Edition
from assessments.selectors import edition_definition

HIDDEN_BELOW = 5
"""Fewer answers than this are not shown: a small number may tell of somebody."""
LONGEST_ROW = 21
"""Numbers of a scale that are told one by one; those of a longer one are told in bands."""
DERIVED = ":"
"""Begins the item of a stop that followed from answers alone; its safety level comes after."""


BEFORE = (
    FunnelStep("visit", "Visits"),
    FunnelStep("start", "Started: went on from the safety list"),
)
AFTER = (
    FunnelStep("finish", "Finished: saw a result"),
    FunnelStep("stop", "Stopped for safety"),
)
AGAIN = FunnelStep("again", "Measured again, from the email after four weeks")


@dataclass(frozen=True, slots=True)
class StepCount:
    """How often a step was met. A question has `left`: how many of those who reached it went on.

    The script reports that a question was shown and that the runner went on, so nobody has to guess
    whom it was meant for.
    """

    step: str
    item: str
    label: str
    number: int
    left: int | None = None

    @property
    def dropped(self) -> int:
        """Of those who reached the question, how many went no further."""
        return 0 if self.left is None else max(0, self.number - self.left)


@dataclass(frozen=True, slots=True)
class QuestionAnswers:
    """What was answered to one question. A number is None where it is hidden."""

    text: str
    choices: list[tuple[str, int | None]]
    total: int


def funnel(first_day: date, last_day: date, *, by: str = "", value: str = "") -> list[StepCount]:
    """Every step, also one that nobody met, and between them the questions that were reached."""
    numbers = _numbers(first_day, last_day, by, value)

    def told(steps: Sequence[FunnelStep]) -> list[StepCount]:
        return [
            StepCount(each.key, "", each.label, numbers.get((each.key, ""), 0)) for each in steps
        ]

    reached = {item for step, item in numbers if step == "reached"}
    definitions = [] if not reached else _definitions(first_day, last_day, by, value)
    questions = [
        StepCount("reached", key, text, numbers["reached", key], numbers.get(("left", key), 0))
        for key, text in _questions(definitions).items()
        if key in reached
    ]
    return [*told(BEFORE), *questions, *told([*AFTER, *hooks.funnel_steps, AGAIN])]


def by_day(
    first_day: date, last_day: date, step: str, *, item: str = "", by: str = "", value: str = ""
) -> dict[date, int]:
    """Each day from the first to the last, also one on which there was nothing."""
    rows = _rows(first_day, last_day).filter(step=step, item=item, by=by, value=value)
    numbers = dict(rows.values_list("day", "number"))
    days = (first_day + timedelta(days=n) for n in range((last_day - first_day).days + 1))
    return {day: numbers.get(day, 0) for day in days}


def values(first_day: date, last_day: date, by: str) -> list[tuple[str, str, int]]:
    """What there is to filter by: value, words, and how many; the most first.

    How many visits for a source and for bots, how many finished for a version and a result type.
    """
    measure = "visit" if by in {"source", "bot"} else "finish"
    rows = _rows(first_day, last_day).filter(by=by)
    found = dict.fromkeys(rows.values_list("value", flat=True).distinct().order_by("value"), 0)
    counted = rows.filter(step=measure, item="").values_list("value").annotate(Sum("number"))
    found |= dict(counted.order_by())
    words = _labels(by, first_day, last_day, list(found))
    told = [(value, words.get(value, value), number) for value, number in found.items()]
    return sorted(told, key=lambda each: -each[2])


def answers(first_day: date, last_day: date, edition: Edition) -> list[QuestionAnswers]:
    """What was answered to each question of a version, in its order."""
    rows = _rows(first_day, last_day).filter(step="answer", by="edition", value=str(edition.pk))
    numbers = dict(rows.values_list("item").annotate(Sum("number")).order_by())
    return [_answers(question, numbers) for question in edition_definition(edition).questions]


def stops(
    first_day: date, last_day: date, *, by: str = "", value: str = ""
) -> list[tuple[str, int]]:
    """What stopped runners for their safety, the most first. Two items may stop one runner."""
    numbers = {
        item: number
        for (step, item), number in _numbers(first_day, last_day, by, value).items()
        if step == "stop" and item
    }
    words = _safety_words(_definitions(first_day, last_day, by, value)) if numbers else {}
    told = [(words.get(item, item), number) for item, number in numbers.items()]
    return sorted(told, key=lambda each: -each[1])


def _rows(first_day: date, last_day: date) -> QuerySet[DayCount]:
    return DayCount.objects.filter(day__range=(first_day, last_day)).order_by()


def _numbers(first_day: date, last_day: date, by: str, value: str) -> dict[tuple[str, str], int]:
    """The sum over the days of each step and item."""
    rows = _rows(first_day, last_day).filter(by=by, value=value).exclude(step="answer")
    sums = rows.values_list("step", "item").annotate(Sum("number"))
    return {(step, item): number for step, item, number in sums}


def _definitions(first_day: date, last_day: date, by: str, value: str) -> list[Definition]:
    """Of the versions that were met, each self-check's newest first: their words are the latest."""
    if by == "edition":
        named = [value]
    else:
        met = _rows(first_day, last_day).filter(by="edition")
        named = list(met.values_list("value", flat=True).distinct())
    return [*filter(None, map(_definition, _editions(named)))]


def _definition(edition: Edition) -> Definition | None:
    """None for one that cannot be read (a system check tells of it): the numbers still stand."""
    try:
        return edition_definition(edition)
    except ValueError:
        return None


def _editions(values: Sequence[str]) -> QuerySet[Edition]:
    numbers = [value for value in values if value.isdecimal()]
    rows = Edition.objects.filter(pk__in=numbers).select_related("assessment")
    return rows.defer("definition").order_by("assessment", "-number")


def _questions(definitions: Sequence[Definition]) -> dict[str, str]:
    """In the newest order; what an older version asked comes after."""
    found: dict[str, str] = {}
    for definition in definitions:
        for question in definition.questions:
            found.setdefault(question.key, question.text)
    return found


def _safety_words(definitions: Sequence[Definition]) -> dict[str, str]:
    found: dict[str, str] = {}
    for definition in reversed(definitions):
        safety = definition.safety
        found |= {item.key: item.text for item in safety.items}
        found |= {
            DERIVED + key: f"{level.title} (from the answers)"
            for key, level in safety.levels.items()
        }
    return found


def _answers(question: QuestionSpec, numbers: Mapping[str, int]) -> QuestionAnswers:
    told = [
        (label, sum(numbers.get(f"{question.key}:{key}", 0) for key in keys))
        for label, keys in _choices(question)
    ]
    counted = [number for _label, number in told]
    shown = _veiled(counted)
    choices = [(label, number) for (label, _), number in zip(told, shown, strict=True)]
    return QuestionAnswers(question.text, choices, sum(counted))


def _choices(question: QuestionSpec) -> Iterator[tuple[str, Sequence[object]]]:
    """The words of each bar, and the answers that it counts."""
    if question.kind == "choice":
        yield from ((choice.label, [choice.key]) for choice in question.choices)
    elif question.maximum - question.minimum < LONGEST_ROW:
        numbers = range(question.minimum, question.maximum + 1)
        yield from ((str(number), [number]) for number in numbers)
    else:
        bands = question.bands
        yield from (
            (f"{each.from_} to {each.to}", range(each.from_, each.to + 1)) for each in bands
        )


def _veiled(numbers: Sequence[int]) -> list[int | None]:
    """Small numbers hidden, and with a lone one the next larger, which would give it away."""
    small = [at for at, number in enumerate(numbers) if 0 < number < HIDDEN_BELOW]
    if len(small) == 1:
        larger = [at for at, number in enumerate(numbers) if number >= HIDDEN_BELOW]
        small += sorted(larger, key=lambda at: numbers[at])[:1]
    return [None if at in small else number for at, number in enumerate(numbers)]


def _labels(by: str, first_day: date, last_day: date, values: Sequence[str]) -> dict[str, str]:
    """The words for what there is to filter by, where it has any but its own."""
    if by == "edition":
        return {str(edition.pk): str(edition) for edition in _editions(values)}
    if by == "profile":
        definitions = _definitions(first_day, last_day, "", "") if values else []
        # The newest come first, and have the last word.
        return {each.key: each.title for one in reversed(definitions) for each in one.profiles}
    if by == "source":
        return {"": "No source in the link", OTHER: "Others"}
    return {BOT: "Bots and programs that check links"}
