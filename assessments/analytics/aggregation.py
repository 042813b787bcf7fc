"""From single facts to the counts of a day. Pure."""

from collections import Counter
from collections.abc import Iterable, Iterator
from typing import NamedTuple

MOST_SOURCES = 50
"""Of a day, that are told apart. Anyone can make up names: what is more is counted together."""
BOT = "bot"
OTHER = "other"


class EventCount(NamedTuple):
    """Something happened, so many times, all alike."""

    step: str
    item: str = ""
    edition: int | None = None
    source: str = ""
    profile: str = ""
    bot: bool = False
    number: int = 1


class CountKey(NamedTuple):
    """What one number of a day is about: in all, or by one thing and its value."""

    by: str
    value: str
    step: str
    item: str


def aggregate(facts: Iterable[EventCount]) -> Counter[CountKey]:
    """The numbers of a day. Bots are in none but their own."""
    facts = list(facts)
    sources = _sources(facts)
    numbers: Counter[CountKey] = Counter()
    for fact in facts:
        for by, value in _dimensions(fact, sources):
            numbers[CountKey(by, value, fact.step, fact.item)] += fact.number
    return numbers


def _dimensions(fact: EventCount, sources: set[str]) -> Iterator[tuple[str, str]]:
    """One thing at a time: all of them crossed would be a table without end."""
    if fact.bot:
        yield "bot", BOT
        return
    yield "", ""
    if fact.edition is not None:
        yield "edition", str(fact.edition)
    if fact.step == "answer":
        return
    yield "source", fact.source if fact.source in sources else OTHER
    if fact.profile:
        yield "profile", fact.profile


def _sources(facts: Iterable[EventCount]) -> set[str]:
    """The commonest of the day, and that there was none."""
    numbers: Counter[str] = Counter()
    for fact in facts:
        if not fact.bot and fact.source:
            numbers[fact.source] += fact.number
    commonest = sorted(numbers, key=lambda source: (-numbers[source], source))
    return {"", *commonest[:MOST_SOURCES]}
