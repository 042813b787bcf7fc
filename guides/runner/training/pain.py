"""What the worst pain of a session asks for: the guide's pain rule, or the self-check's words."""

from collections.abc import Iterable
from dataclasses import dataclass
from itertools import groupby
from typing import TYPE_CHECKING

from assessments.definition import Definition, Level
from assessments.scoring import pain_level
from assessments.selectors import edition_definition, edition_live
from guides.models import DownloadLink

if TYPE_CHECKING:
    from assessments.models import Edition

SCALE = range(11)
FINE, LESS = 2, 5
"""Up to these, the first and the second line of the pain rule hold."""


@dataclass(frozen=True, slots=True)
class PainAdvice:
    """For pain from `first` to `last`. `ends`: no training until someone has looked."""

    first: int
    last: int
    lines: tuple[str, ...]
    level: Level | None
    ends: bool


def pain_advice(link: DownloadLink, pain_rule: tuple[str, ...]) -> list[PainAdvice]:
    """For each number from 0 to 10, those with the same advice together."""
    definition = definition_of(link)
    each = [(_lines(pain_rule, pain), _level(definition, pain)) for pain in SCALE]
    groups = [list(group) for _, group in groupby(SCALE, key=each.__getitem__)]
    worst = max((level.rank for _, level in each if level), default=None)
    return [
        PainAdvice(group[0], group[-1], lines, level, ends=bool(level and level.rank == worst))
        for group in groups
        for lines, level in [each[group[0]]]
    ]


def stop_from(advice: Iterable[PainAdvice]) -> int | None:
    """The least pain that ends the training."""
    return min((each.first for each in advice if each.ends), default=None)


def visit_from(advice: Iterable[PainAdvice]) -> int | None:
    """The least pain that someone should look at."""
    return min((each.first for each in advice if each.level), default=None)


def _level(definition: Definition | None, pain: int) -> Level | None:
    level = pain_level(definition, pain) if definition else None
    return level if level and level.stops else None


def _lines(pain_rule: tuple[str, ...], pain: int) -> tuple[str, ...]:
    """All of the rule, if it isn't the three lines of a traffic light."""
    if len(pain_rule) != len(("go on", "ease off", "stop")):
        return pain_rule
    return (pain_rule[(pain > FINE) + (pain > LESS)],)


def definition_of(link: DownloadLink) -> Definition | None:
    """Of the answers behind the guide, or of today's self-check if they were erased."""
    edition = edition_behind(link)
    return edition_definition(edition) if edition else None


def edition_behind(link: DownloadLink) -> "Edition | None":
    if link.submission:
        return link.submission.edition
    return edition_live(link.edition.guide.assessment.slug)
