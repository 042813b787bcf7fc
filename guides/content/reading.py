"""Reads untrusted JSON into the typed shapes, by their types alone.

A shape is a frozen dataclass. Its annotations say what a file may hold: `str`, `int`, `bool`,
`tuple`, `Mapping`, another shape, `| None`; `Annotated` adds checks. A field with a default is
optional in a file. Every fault is noted with its place, and reading goes on.
"""

import json
import re
from collections.abc import Callable, Mapping
from dataclasses import MISSING, dataclass, fields, is_dataclass
from functools import cache
from types import UnionType
from typing import Annotated, Any, TypeVar, Union, cast, get_args, get_origin, get_type_hints
from urllib.parse import urlsplit

from guides.content.faults import ContentError, Fault

S = TypeVar("S")

KEY = re.compile(r"[a-z0-9_-]{1,64}")
PLAN_KEY = re.compile(r"([a-z0-9_-]{1,64}/)?[a-z0-9_-]{1,64}")
FILE_NAME = re.compile(r"(?!.*\.\.)\w[\w. -]*(/\w[\w. -]*)*")
LANGUAGE = re.compile(r"[a-z]{2,3}")
# Control characters, halves of surrogate pairs, and what only looks like a line break.
UNPRINTABLE = re.compile(r"[\x00-\x08\x0b-\x1f\x7f-\x9f\u2028\u2029\ud800-\udfff\ufffe\uffff]")
BLANK = re.compile(r"\s")
LINE_LENGTH = 200
TEXT_LENGTH = 5000
URL_LENGTH = 500


@dataclass(frozen=True, slots=True)
class Place:
    """Where in the file we are, what was found wrong, and which exercises may be named."""

    where: str
    faults: list[Fault]
    exercises: frozenset[str] = frozenset()

    def at(self, key: str) -> "Place":
        where = f"{self.where}.{key}" if self.where else key
        return Place(where, self.faults, self.exercises)

    def item(self, index: int) -> "Place":
        return Place(f"{self.where}[{index}]", self.faults, self.exercises)

    def fault(self, message: str) -> None:
        self.faults.append(Fault(self.where or "file", message))


Check = Callable[[Any, Place], None]


def parse(shape: type[S], data: object, exercises: frozenset[str] = frozenset()) -> S:
    """`data` as `shape`. Raises ContentError with every fault."""
    faults: list[Fault] = []
    result: S = read(shape, data, Place("", faults, exercises))
    if faults:
        raise ContentError(faults)
    return result


def read(kind: Any, value: object, place: Place) -> Any:
    """`value` as `kind`. What is refused leaves a fault and an unusable value."""
    origin, arguments = get_origin(kind), get_args(kind)
    if origin is Annotated:
        return _checked(read(arguments[0], value, place), kind.__metadata__, place)
    if origin in {Union, UnionType}:  # only ever with None
        return None if value is None else read(arguments[0], value, place)
    if origin is tuple:
        return _list(arguments, value, place)
    if origin is Mapping:
        return _mapping(arguments, value, place)
    if is_dataclass(kind):
        return _object(cast(type, kind), value, place)
    return _scalar(kind, value, place)


def _checked(value: Any, checks: tuple[Check, ...], place: Place) -> Any:
    known = len(place.faults)
    for check in checks:
        if value is not None and len(place.faults) == known:
            check(value, place)
    return value


def _scalar(kind: type, value: object, place: Place) -> Any:
    if type(value) is not kind:  # not isinstance: True is no number here
        names = {str: "text", int: "a whole number", bool: "true or false"}
        place.fault(f"must be {names[kind]}.")
        return None
    if not isinstance(value, str):
        return value
    text = value.replace("\r\n", "\n").strip()
    if not is_printable(text):
        place.fault("has a character that cannot be printed. Type this text again.")
        return None
    if len(text) > TEXT_LENGTH:
        place.fault(f"is longer than {TEXT_LENGTH} characters.")
        return None
    return text


def _list(kinds: tuple[Any, ...], value: object, place: Place) -> Any:
    if not isinstance(value, list):
        place.fault("must be a list.")
        return None
    if kinds[-1] is Ellipsis:
        kinds = (kinds[0],) * len(value)
    if len(kinds) != len(value):
        place.fault(f"must hold {len(kinds)} values.")
        return None
    pairs = zip(kinds, value, strict=True)
    return tuple(read(kind, each, place.item(index)) for index, (kind, each) in enumerate(pairs))


def _mapping(kinds: tuple[Any, Any], value: object, place: Place) -> Any:
    if not isinstance(value, dict):
        place.fault("must be an object.")
        return None
    done = {}
    for key, each in value.items():
        here = place.at(shown(key))
        name = read(kinds[0], key, here)
        if name in done:
            here.fault("is there twice.")
        done[name] = read(kinds[1], each, here)
    return done


def _object(shape: type, value: object, place: Place) -> Any:
    if not isinstance(value, dict):
        place.fault("must be an object.")
        return None
    known = len(place.faults)
    kinds, required = _keys(shape)
    for name in (shown(key) for key in value if key not in kinds):
        place.at(name).fault(f"“{name}” is not known here. Remove it or correct it.")
    for key in required:
        if key not in value:
            place.at(key).fault("is missing.")
    read_values = {
        key: read(kind, value[key], place.at(key)) for key, kind in kinds.items() if key in value
    }
    if len(place.faults) > known:
        return None
    result = shape(**read_values)
    if hasattr(result, "check"):
        result.check(place)
    return result


@cache
def _keys(shape: type) -> tuple[dict[str, Any], list[str]]:
    """Each key with its kind, and those that a file must have."""
    required = [field.name for field in fields(shape) if field.default is MISSING]
    return get_type_hints(shape, include_extras=True), required


def is_printable(text: str) -> bool:
    return not UNPRINTABLE.search(text.replace("\r\n", "\n"))


def shown(key: str) -> str:
    """A key as a message may repeat it: escaped where it is odd, cut where it is long."""
    return json.dumps(key)[1:-1][:64]


# Checks, to stand in Annotated.


def filled(value: Any, place: Place) -> None:
    if not value:
        place.fault("must not be empty.")


def one_line(value: str, place: Place) -> None:
    if "\n" in value:
        place.fault("must be one line.")


def short(value: str, place: Place) -> None:
    if len(value) > LINE_LENGTH:
        place.fault(f"is longer than {LINE_LENGTH} characters.")


def web_address(value: str, place: Place) -> None:
    if not value:
        return
    try:
        parts = urlsplit(value)
    except ValueError:
        parts = urlsplit("")
    sound = parts.scheme in {"http", "https"} and parts.netloc and not BLANK.search(value)
    if not sound or len(value) > URL_LENGTH:
        place.fault("must be a web address that starts with https:// or http://.")


def matches(pattern: re.Pattern[str], wanted: str) -> Check:
    def check(value: str, place: Place) -> None:
        if not pattern.fullmatch(value):
            place.fault(f"must be {wanted}.")

    return check


def within(least: int, most: int) -> Check:
    def check(value: int, place: Place) -> None:
        if not least <= value <= most:
            place.fault(f"must be a whole number from {least} to {most}.")

    return check


def unique(name: str) -> Check:
    def check(value: tuple[Any, ...], place: Place) -> None:
        seen: set[str] = set()
        for index, each in enumerate(value):
            key = getattr(each, name, None)  # None where it was refused already
            if key in seen:
                place.item(index).at(name).fault(f"“{key}” is there twice.")
            if key is not None:
                seen.add(key)

    return check


def known_exercise(value: str, place: Place) -> None:
    if value not in place.exercises:
        place.fault(f"“{value}” is not an exercise.")


Key = Annotated[str, matches(KEY, "1 to 64 small letters, digits, “-” or “_”")]
PlanKey = Annotated[str, matches(PLAN_KEY, "a result's key, or self-check/key")]
Language = Annotated[str, matches(LANGUAGE, "a language code of two or three letters, such as en")]
Line = Annotated[str, filled, one_line]
Name = Annotated[str, filled, one_line, short]
FileName = Annotated[str, matches(FILE_NAME, "a plain name, such as pictures/bridge.svg"), short]
BlankName = Annotated[str, one_line, short]
Lines = Annotated[tuple[Line, ...], filled]
Text = Annotated[str, filled]
BlankText = str
WebAddress = Annotated[str, web_address]
