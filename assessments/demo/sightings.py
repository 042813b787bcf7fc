"""What would have been seen of made-up runners, those who left halfway too.

Each row is known by its source, which begins as no link of a real site should.
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
LEAVES = (0.01, 0.06)
"""Of those who reach a question, between how many and how many go no further."""
STARTS = 0.62
"""Of those who look at the first page, how many begin."""
BOTS = 0.08


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


def demo_sights_create(seen: Iterable[DemoSighting]) -> None:
    rows_insert(model=Sight, fields=FIELDS, rows=[each for each in seen if each.number])


def demo_sights_delete() -> None:
    Sight.objects.filter(source__startswith=SOURCE_START).delete()


def visits_seen(
    finished: Counter[tuple[date, str, tuple[str, ...]]], edition: Edition, rng: Random
) -> Iterator[DemoSighting]:
    """From how many finished on a day, by source and by the questions that they answered."""
    keys = [each.key for each in selectors.edition_definition(edition).questions]
    runs: dict[tuple[date, str], Counter[tuple[str, ...]]] = {}
    for (day, source, shown), number in finished.items():
        runs.setdefault((day, source), Counter())[shown] += number
    for (day, source), shown_to in runs.items():
        for step, item, number in _funnel(keys, shown_to, rng):
            yield DemoSighting(day, step, item, edition.pk, source, number=number)
            if step == "visit":
                bots = round(number * BOTS * rng.random() * 2)
                yield DemoSighting(day, step, item, edition.pk, source, bot=True, number=bots)


def _funnel(
    keys: Sequence[str], finished: Counter[tuple[str, ...]], rng: Random
) -> Iterator[tuple[str, str, int]]:
    """Step, item and number: of those who finished, and of some who gave up at each question."""
    through: Counter[str] = Counter()
    for shown, number in finished.items():
        through.update(dict.fromkeys(shown, number))
    gave_up = 0
    for key in reversed(keys):
        yield "left", key, through[key] + gave_up
        gave_up += round(through[key] * rng.uniform(*LEAVES))
        yield "reached", key, through[key] + gave_up
    started = gave_up + sum(number for shown, number in finished.items() if shown)
    yield "start", "", started
    yield "visit", "", round(started / STARTS) + finished[()]
