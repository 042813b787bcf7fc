"""Deserializes untrusted JSON into shapes, driven by their annotations.

A refused value is recorded as a fault and replaced with a blank, so one pass finds all faults.
Messages never quote values of the file, only short keys, escaped.
"""

import json
from collections.abc import Callable, Iterable, Mapping
from dataclasses import MISSING, is_dataclass
from functools import cache
from types import NoneType, UnionType
from typing import Annotated, Any, Literal, TypeVar, Union, get_args, get_origin, get_type_hints

from runfit.lib.json_format.checks import Refused, is_printable
from runfit.lib.json_format.faults import Fault, FaultsError, at, missing, shown, unknown
from runfit.lib.json_format.foreign_texts import ForeignText
from runfit.lib.json_format.shapes import keys
from runfit.lib.messages import message as _

S = TypeVar("S")

ROOT = "file"
NOT_OF_KIND = {
    str: _("must be text."),
    int: _("must be a whole number."),
    bool: _("must be true or false."),
}


def parse(
    shape: type[S],
    data: object,
    *,
    error: type[FaultsError],
    references: Callable[[S], Iterable[Fault]] = lambda _made: (),
) -> S:
    """Decoded JSON as a `shape`. `references` finds faults between its parts.

    Raises only `error`, with all faults.
    """
    made, faults = _read(shape, data, Reader(), error)
    faults += [fault for fault in references(made) if not _is_explained(fault, faults)]
    if faults:
        raise error(faults)
    return made


def parse_stored(shape: type[S], text: str, foreign: Mapping[str, str] | None = None) -> S:
    """Parses the output of `canonical`. It was validated then, so newer checks don't apply.
    `foreign` are the languages of the texts in another one, by their places."""
    reader = Reader(checks=False, foreign=foreign or {})
    made, faults = _read(shape, json.loads(text), reader, FaultsError)
    if faults:
        raise FaultsError(faults)
    return made


class Reader:
    """Reads one file. Without `checks`, only the types matter."""

    def __init__(self, *, checks: bool = True, foreign: Mapping[str, str] = {}) -> None:
        self.checks = checks
        self.foreign = foreign
        self.faults: list[Fault] = []
        self._readers: dict[Any, Callable[[tuple[Any, ...], object, str], Any]] = {
            Annotated: self._checked,
            Union: self._alternative,
            UnionType: self._alternative,
            tuple: self._list,
            Mapping: self._mapping,
            Literal: self._one_of,
        }

    def read(self, kind: Any, value: object, where: str) -> Any:
        """`value` as `kind`. Raises Refused; faults of nested values are recorded."""
        reader = self._readers.get(get_origin(kind))
        if reader:
            return reader(get_args(kind), value, where)
        if is_dataclass(kind):
            return self._object(kind, value, where)
        scalar = self._scalar(kind, value)
        if kind is str and where in self.foreign:
            return ForeignText(scalar, self.foreign[where])
        return scalar

    def _or_blank(self, kind: Any, value: object, where: str) -> Any:
        try:
            return self.read(kind, value, where)
        except Refused as refused:
            self.faults.append(Fault(where, refused.message))
            empty = blank(kind)
            # A refused key is used anyway, so that references to it aren't refused too.
            return value if empty == "" and isinstance(value, str) else empty

    def _checked(self, annotated: tuple[Any, ...], value: object, where: str) -> Any:
        kind, *checks = annotated
        if not self.checks:
            return self.read(kind, value, where)
        # The message of `within` covers both type and range.
        made = value if kind is int else self.read(kind, value, where)
        for check in checks:
            made = check(made)
        return made

    def _alternative(self, kinds: tuple[Any, ...], value: object, where: str) -> Any:
        """None if allowed, else the shape with most of the object's keys, or the value's type."""
        if value is None and NoneType in kinds:
            return None
        first, *others = (kind for kind in kinds if kind is not NoneType)
        if others and is_dataclass(first):
            data = _object_of(value)
            first = max(first, *others, key=lambda shape: len(keys(shape).keys() & data.keys()))
        elif others:
            types = (get_origin(kind) or kind for kind in (first, *others))
            python_type = tuple if isinstance(value, list) else type(value)
            by_type = dict(zip(types, (first, *others), strict=True))
            first = by_type.get(python_type, first)
        return self.read(first, value, where)

    def _list(self, kinds: tuple[Any, ...], value: object, where: str) -> tuple[Any, ...]:
        if not isinstance(value, list):
            raise Refused(_("must be a list."))
        if kinds[-1] is Ellipsis:
            places = ((item, f"{where}[{index}]") for index, item in enumerate(value))
            return tuple(self._or_blank(kinds[0], item, place) for item, place in places)
        if len(kinds) != len(value):
            raise Refused(_("must hold {number} values.", number=len(kinds)))
        return tuple(self.read(*pair, where) for pair in zip(kinds, value, strict=True))

    def _mapping(self, kinds: tuple[Any, ...], value: object, where: str) -> dict[str, Any]:
        read: dict[str, Any] = {}
        for key, item in _object_of(value).items():
            here = at(where, shown(key))
            name = self._or_blank(kinds[0], key, here)
            if name in read:
                self.faults.append(Fault(here, _("is there twice.")))
            read[name] = self._or_blank(kinds[1], item, here)
        return read

    def _one_of(self, options: tuple[Any, ...], value: object, _where: str) -> Any:
        if value not in options:
            raise Refused(_("must be one of: {options}.", options=", ".join(options)))
        return value

    def _object(self, shape: Any, value: object, where: str) -> Any:
        data, known, kinds = _object_of(value), keys(shape), _kinds(shape)
        self.faults += [unknown(where, key) for key in data if key not in known]
        lacking = [key for key in _required(shape) if key not in data]
        self.faults += [missing(where, key) for key in lacking]
        read = {known[key].name: blank(kinds[key]) for key in lacking}
        for key, field in known.items():
            if key in data:
                read[field.name] = self._or_blank(kinds[key], data[key], at(where, key))
        if hasattr(shape, "absent"):
            read["absent"] = frozenset(known.keys() - data.keys())
        return shape(**read)

    def _scalar(self, kind: Any, value: object) -> Any:
        if type(value) is not kind:
            raise Refused(NOT_OF_KIND[kind])
        if self.checks and isinstance(value, str) and not is_printable(value):
            raise Refused(_("has a character that cannot be printed. Type this text again."))
        return value


def blank(kind: Any) -> Any:
    """The empty value of a kind."""
    origin, arguments = get_origin(kind), get_args(kind)
    if origin in {Annotated, Union, UnionType}:
        return blank(arguments[0])
    if origin is Literal:
        return arguments[0]
    if origin is tuple:
        return () if arguments[-1] is Ellipsis else tuple(map(blank, arguments))
    if origin is Mapping:
        return {}
    if kind in {str, int, bool}:
        return kind()
    return kind(**{keys(kind)[key].name: blank(_kinds(kind)[key]) for key in _required(kind)})


def _required(shape: Any) -> list[str]:
    return [key for key, field in keys(shape).items() if field.default is MISSING]


@cache
def _kinds(shape: Any) -> dict[str, Any]:
    """The type of each key. A default of None means that the key is left out, never null."""
    hints = get_type_hints(shape, include_extras=True)
    return {
        key: get_args(hints[field.name])[0] if field.default is None else hints[field.name]
        for key, field in keys(shape).items()
    }


def _read(
    shape: type[S], data: object, reader: Reader, error: type[FaultsError]
) -> tuple[S, list[Fault]]:
    try:
        return reader.read(shape, data, ""), reader.faults
    except Refused as refused:
        raise error([Fault(ROOT, refused.message)]) from None


def _object_of(value: object) -> dict[str, object]:
    if not isinstance(value, dict):
        raise Refused(_("must be an object."))
    return value


def _is_explained(fault: Fault, known: Iterable[Fault]) -> bool:
    """Whether a fault merely follows from a known one inside or around it, such as a blank that
    took a refused value's place."""
    return any(
        _is_in(fault.where, other.where) or _is_in(other.where, fault.where) for other in known
    )


def _is_in(inner: str, outer: str) -> bool:
    return inner == outer or inner.startswith((f"{outer}.", f"{outer}["))
