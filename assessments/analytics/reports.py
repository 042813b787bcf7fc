"""Reports from the daily counts, in funnel order. Reads only what `services` has stored."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from django.db.models import QuerySet, Sum
from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop

from assessments import hooks
from assessments.analytics.aggregation import BOT, GUIDE, OTHER
from assessments.definition import Definition, QuestionSpec
from assessments.embed_sites import readable
from assessments.hooks import FunnelStep
from assessments.models import DayCount, Edition
from assessments.selectors import edition_definition
from runfit.lib.database.replica import chosen

HIDDEN_BELOW = 5
"""A smaller number is hidden where it's about some runners and not about all: an answer, a safety
item, a result type, or one source or version. It could identify someone."""
LONGEST_ROW = 21
"""The longest scale that is reported number by number; longer ones are reported by band."""
ANSWERED = ""
"""Counted beside the picked answers of a question that takes several: how many runners answered."""
DERIVED = ":"
"""Prefix for a stop derived from the answers; the safety level follows."""


BEFORE = (
    FunnelStep("visit", gettext_noop("Visits")),
    FunnelStep("start", gettext_noop("Started: went on from the safety list")),
)
AFTER = (
    FunnelStep("finish", gettext_noop("Finished: saw a result")),
    FunnelStep("stop", gettext_noop("Stopped for safety")),
)
AGAIN = FunnelStep("again", gettext_noop("Retook the check, from the email after four weeks"))


@dataclass(frozen=True, slots=True)
class StepCount:
    """How often a step was reached. For a question, `left` says how many runners continued.

    The script reports both, so there's no need to infer who saw the question.
    """

    step: str
    item: str
    label: str
    number: int
    left: int | None = None

    @property
    def dropped(self) -> int:
        """How many runners stopped at this question."""
        return 0 if self.left is None else max(0, self.number - self.left)


@dataclass(frozen=True, slots=True)
class QuestionAnswers:
    """The answers to one question. A hidden number is None."""

    text: str
    choices: list[tuple[str, int | None]]
    total: int


def hide_few(number: int) -> int | None:
    """None for a number that's too small to show."""
    return None if 0 < number < HIDDEN_BELOW else number


def hide_small(numbers: Sequence[int]) -> list[int | None]:
    """Hides the small parts of a whole. If there's only one, it hides the next larger too, so that
    the small one can't be computed."""
    hidden = [at for at, number in enumerate(numbers) if hide_few(number) is None]
    if len(hidden) == 1:
        larger = [at for at, number in enumerate(numbers) if number >= HIDDEN_BELOW]
        hidden += sorted(larger, key=lambda at: numbers[at])[:1]
    return [None if at in hidden else number for at, number in enumerate(numbers)]


def funnel(first_day: date, last_day: date, *, by: str = "", value: str = "") -> list[StepCount]:
    """Every step, even one with no events, with the questions reached in between."""
    numbers = _numbers(first_day, last_day, by, value)

    def counts(steps: Sequence[FunnelStep]) -> list[StepCount]:
        return [
            StepCount(step.key, "", _(step.label), numbers.get((step.key, ""), 0)) for step in steps
        ]

    reached = {item for step, item in numbers if step == "reached"}
    definitions = _definitions(first_day, last_day, by, value) if reached else []
    questions = [
        StepCount("reached", key, text, numbers["reached", key], numbers.get(("left", key), 0))
        for key, text in _questions(definitions).items()
        if key in reached
    ]
    return [*counts(BEFORE), *questions, *counts([*AFTER, *hooks.funnel_steps, AGAIN])]


def by_day(
    first_day: date, last_day: date, step: str, *, item: str = "", by: str = "", value: str = ""
) -> dict[date, int]:
    """The count for every day in the range, including days with none."""
    rows = _rows(first_day, last_day).filter(step=step, item=item, by=by, value=value)
    numbers = dict(rows.values_list("day", "number"))
    days = (first_day + timedelta(days=n) for n in range((last_day - first_day).days + 1))
    return {day: numbers.get(day, 0) for day in days}


def by_item(first_day: date, last_day: date, step: str) -> dict[str, int]:
    """The counts of a step's items, for all editions."""
    rows = _rows(first_day, last_day).filter(step=step, by="edition")
    return dict(rows.values_list("item").annotate(Sum("number")))


def by_guide(last_day: date, step: str = "") -> dict[tuple[int, str, str], int]:
    """What's counted by the version of a guide, from the start: by version, step, and item. All
    steps, or only one."""
    rows = DayCount.objects.using(chosen()).filter(by=GUIDE, day__lte=last_day).order_by()
    steps = rows.filter(step=step) if step else rows
    sums = steps.values_list("value", "step", "item").annotate(Sum("number"))
    return {(int(value), step, item): number for value, step, item, number in sums}


def values(first_day: date, last_day: date, by: str) -> list[tuple[str, str, int | None]]:
    """The values to filter by, with their labels and counts, largest first. None is hidden.

    Sources and bots count visits; editions and profiles count finished self-checks.
    """
    measure = "visit" if by in {"source", "bot"} else "finish"
    rows = _rows(first_day, last_day).filter(by=by)
    counts = dict.fromkeys(rows.values_list("value", flat=True).distinct().order_by("value"), 0)
    sums = rows.filter(step=measure, item="").values_list("value").annotate(Sum("number"))
    counts |= dict(sums.order_by())
    labels = _labels(by, first_day, last_day, list(counts))
    ordered = sorted(counts, key=lambda value: -counts[value])
    sizes = [counts[value] for value in ordered]
    # Result types are parts of one whole, and each is about somebody's health.
    numbers = hide_small(sizes) if by == "profile" else [*map(hide_few, sizes)]
    return [(value, labels.get(value, value), n) for value, n in zip(ordered, numbers, strict=True)]


def funnel_by_source(first_day: date, last_day: date) -> dict[str, list[StepCount]]:
    """From the visit to the result, and the first step after it that another app counts: by link
    and article, the most visited first."""
    steps = [*BEFORE, AFTER[0], *hooks.funnel_steps[:1]]
    rows = _rows(first_day, last_day).filter(by="source", item="", step__in=[s.key for s in steps])
    sums = rows.values_list("value", "step").annotate(Sum("number"))
    numbers = {(source, step): number for source, step, number in sums}
    sources = {source for source, _step in numbers if source}
    return {
        source: [
            StepCount(step.key, "", _(step.label), numbers.get((source, step.key), 0))
            for step in steps
        ]
        for source in sorted(
            sources, key=lambda source: (-numbers.get((source, "visit"), 0), source)
        )
    }


def answers(first_day: date, last_day: date, edition: Edition) -> list[QuestionAnswers]:
    """The answers to every question of an edition, in order."""
    rows = _rows(first_day, last_day).filter(step="answer", by="edition", value=str(edition.pk))
    numbers = dict(rows.values_list("item").annotate(Sum("number")).order_by())
    return [_answers(question, numbers) for question in edition_definition(edition).questions]


def stops(
    first_day: date, last_day: date, *, by: str = "", value: str = ""
) -> list[tuple[str, int | None]]:
    """What stopped runners for safety, most frequent first. One runner can have several items. A
    hidden number is None."""
    numbers = {
        item: number
        for (step, item), number in _numbers(first_day, last_day, by, value).items()
        if step == "stop" and item
    }
    labels = _safety_labels(_definitions(first_day, last_day, by, value)) if numbers else {}
    ordered = sorted(numbers, key=lambda item: -numbers[item])
    shown = hide_small([numbers[item] for item in ordered])
    return [(labels.get(item, item), number) for item, number in zip(ordered, shown, strict=True)]


def _rows(first_day: date, last_day: date) -> QuerySet[DayCount]:
    rows = DayCount.objects.using(chosen())
    return rows.filter(day__range=(first_day, last_day)).order_by()


def _numbers(first_day: date, last_day: date, by: str, value: str) -> dict[tuple[str, str], int]:
    """The sum over all days, by step and item."""
    rows = _rows(first_day, last_day).filter(by=by, value=value).exclude(step="answer")
    sums = rows.values_list("step", "item").annotate(Sum("number"))
    return {(step, item): number for step, item, number in sums}


def _definitions(first_day: date, last_day: date, by: str, value: str) -> list[Definition]:
    """The definitions of the editions used, each self-check's newest first."""
    if by == "edition":
        pks = [value]
    else:
        rows = _rows(first_day, last_day).filter(by="edition")
        pks = list(rows.values_list("value", flat=True).distinct())
    return [*filter(None, map(_definition, _editions(pks)))]


def _definition(edition: Edition) -> Definition | None:
    """None if it can't be parsed (a system check reports that): the counts are still valid."""
    try:
        return edition_definition(edition)
    except ValueError:
        return None


def _editions(values: Sequence[str]) -> QuerySet[Edition]:
    pks = [value for value in values if value.isdecimal()]
    rows = Edition.objects.filter(pk__in=pks).select_related("assessment")
    return rows.defer("definition").order_by("assessment", "-number")


def _questions(definitions: Sequence[Definition]) -> dict[str, str]:
    """Question texts by key, in the newest order; questions of older editions come last."""
    texts: dict[str, str] = {}
    for definition in definitions:
        for question in definition.questions:
            texts.setdefault(question.key, question.text)
    return texts


def _safety_labels(definitions: Sequence[Definition]) -> dict[str, str]:
    labels: dict[str, str] = {}
    for definition in reversed(definitions):
        safety = definition.safety
        labels |= {item.key: item.text for item in safety.items}
        labels |= {
            DERIVED + key: _("{title} (from the answers)").format(title=level.title)
            for key, level in safety.levels.items()
        }
    return labels


def _answers(question: QuestionSpec, numbers: Mapping[str, int]) -> QuestionAnswers:
    totals = [
        (label, sum(numbers.get(f"{question.key}:{key}", 0) for key in keys))
        for label, keys in _choices(question)
    ]
    numbers_to_show = hide_small([number for _label, number in totals])
    choices = [(label, n) for (label, _), n in zip(totals, numbers_to_show, strict=True)]
    answered = numbers.get(f"{question.key}:{ANSWERED}", 0)
    is_several = question.kind == "several"
    total = answered if is_several else sum(number for _label, number in totals)
    return QuestionAnswers(question.text, choices, total)


def _choices(question: QuestionSpec) -> Iterator[tuple[str, Sequence[object]]]:
    """The label of every bar, and the answers it counts."""
    if question.choices:
        yield from ((choice.label, [choice.key]) for choice in question.choices)
    elif question.maximum - question.minimum < LONGEST_ROW:
        numbers = range(question.minimum, question.maximum + 1)
        yield from ((str(number), [number]) for number in numbers)
    else:
        yield from (
            (
                _("{first} to {last}").format(first=band.from_, last=band.to),
                range(band.from_, band.to + 1),
            )
            for band in question.bands
        )


def _labels(by: str, first_day: date, last_day: date, values: Sequence[str]) -> dict[str, str]:
    """Labels for filter values that aren't their own label."""
    if by == "edition":
        return {str(edition.pk): str(edition) for edition in _editions(values)}
    if by == "profile":
        definitions = _definitions(first_day, last_day, "", "") if values else []
        # The newest come first, so in reverse the newest title wins.
        return {
            profile.key: profile.title
            for definition in reversed(definitions)
            for profile in definition.profiles
        }
    if by == "source":
        own = {"": _("No source in the link"), OTHER: _("Others")}
        return {value: readable(value) for value in values} | own
    return {BOT: _("Bots and programs that check links")}
