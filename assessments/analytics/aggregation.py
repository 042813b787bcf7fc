"""Aggregates events into daily counts. Pure functions, no database."""

from collections import Counter
from collections.abc import Iterable, Iterator
from typing import NamedTuple

MAX_SOURCES = 50
"""Per day. Anyone can make up sources, so the rest are counted together as "other"."""
BOT = "bot"
GUIDE = "guide"
OTHER = "other"


class EventCount(NamedTuple):
    """How many times the same event happened."""

    step: str
    item: str = ""
    edition: int | None = None
    source: str = ""
    profile: str = ""
    bot: bool = False
    number: int = 1
    guide: int | None = None
    """The version of a guide, for what's counted by it alone."""


class CountKey(NamedTuple):
    """What a daily count is about: the total, or the total for one value of one dimension."""

    by: str
    value: str
    step: str
    item: str


def aggregate(events: Iterable[EventCount]) -> Counter[CountKey]:
    """The counts for one day. Bots are counted only under "bot"."""
    events = list(events)
    sources = _top_sources(events)
    counts: Counter[CountKey] = Counter()
    for event in events:
        for by, value in _dimensions(event, sources):
            counts[CountKey(by, value, event.step, event.item)] += event.number
    return counts


def _dimensions(event: EventCount, sources: set[str]) -> Iterator[tuple[str, str]]:
    """One dimension at a time: every combination would make the table huge."""
    if event.bot:
        yield "bot", BOT
        return
    if event.guide is not None:
        yield GUIDE, str(event.guide)
        return
    yield "", ""
    if event.edition is not None:
        yield "edition", str(event.edition)
    if event.step == "answer":
        return
    yield "source", event.source if event.source in sources else OTHER
    if event.profile:
        yield "profile", event.profile


def _top_sources(events: Iterable[EventCount]) -> set[str]:
    """The most common sources of the day, and "" for no source."""
    counts: Counter[str] = Counter()
    for event in events:
        if not event.bot and event.source:
            counts[event.source] += event.number
    most_common = sorted(counts, key=lambda source: (-counts[source], source))
    return {"", *most_common[:MAX_SOURCES]}
