"""Cases: runners to get right."""

from collections.abc import Mapping
from dataclasses import dataclass

from assessments.definition.conditions import Answer, Shape
from runfit.lib.json_format.checks import Key

# A level or profile that a case expects: that there is none.
NONE = "none"


@dataclass(frozen=True, kw_only=True)
class CaseExpectation(Shape):
    """What must come out. A level or profile of "none" means that there must be none; what's left
    out may be anything."""

    level: Key = ""
    profile: Key = ""
    measured: tuple[Key, ...] = ()
    unmeasured: tuple[Key, ...] = ()
    notices: tuple[Key, ...] = ()
    no_notices: tuple[Key, ...] = ()


@dataclass(frozen=True, kw_only=True)
class CaseSpec(Shape):
    """A runner to get right: answers, and what must come out. A draft that fails one can't be
    published. Visitors see the result of the `example`."""

    name: str
    answers: Mapping[Key, Answer]
    safety: tuple[Key, ...]
    expect: CaseExpectation
    example: bool = False
