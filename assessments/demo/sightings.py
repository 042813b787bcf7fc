"""Demo sightings for demo submissions, including runners who left halfway.

Demo rows are recognized by the prefix of their source, which no real link should use.
"""

from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from datetime import date
from random import Random
from typing import NamedTuple

from assessments import selectors
from assessments.demo.bulk_rows import rows_insert
from assessments.models import Edition, Sight

SOURCE_START = "demo-"
FIELDS = ("day", "step", "item", "edition", "source", "profile", "bot", "number")
DROP_RATE = (0.01, 0.06)
"""Smallest and largest share of runners who stop at a question."""
START_RATE = 0.62
"""The share of visitors to the home page who start."""
BOT_RATE = 0.08


class DemoSighting(NamedTuple):
    """A row of Sight."""

    day: date
    step: str
    item: str
    edition: int
    source: str
    profile: str = ""
    bot: bool = False
    number: int = 1


def demo_sights_create(sightings: Iterable[DemoSighting]) -> None:
    rows_insert(model=Sight, fields=FIELDS, rows=[row for row in sightings if row.number])


def demo_sights_delete() -> None:
    Sight.objects.filter(source__startswith=SOURCE_START).delete()


def visit_sightings(
    finished: Counter[tuple[date, str, tuple[str, ...]]], edition: Edition, rng: Random
) -> Iterator[DemoSighting]:
    """Sightings that fit the finished runs, given by day, source, and questions answered."""
    keys = [question.key for question in selectors.edition_definition(edition).questions]
    runs: dict[tuple[date, str], Counter[tuple[str, ...]]] = {}
    for (day, source, shown), number in finished.items():
        runs.setdefault((day, source), Counter())[shown] += number
    for (day, source), runners in runs.items():
        for step, item, number in _funnel(keys, runners, rng):
            yield DemoSighting(day, step, item, edition.pk, source, number=number)
            if step == "visit":
                bots = round(number * BOT_RATE * rng.random() * 2)
                yield DemoSighting(day, step, item, edition.pk, source, bot=True, number=bots)


def _funnel(
    keys: Sequence[str], finished: Counter[tuple[str, ...]], rng: Random
) -> Iterator[tuple[str, str, int]]:
    """Step, item, and number, for runners who finished and some who gave up at each question."""
    through: Counter[str] = Counter()
    for shown, number in finished.items():
        through.update(dict.fromkeys(shown, number))
    gave_up = 0
    for key in reversed(keys):
        yield "left", key, through[key] + gave_up
        gave_up += round(through[key] * rng.uniform(*DROP_RATE))
        yield "reached", key, through[key] + gave_up
    started = gave_up + sum(number for shown, number in finished.items() if shown)
    yield "start", "", started
    yield "visit", "", round(started / START_RATE) + finished[()]
