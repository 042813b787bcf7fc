"""A definition as data, as the bytes that are hashed, and as a content file."""

import json
from collections.abc import Mapping
from dataclasses import fields
from typing import Any

from assessments.definition.shapes import Definition, Shape


def to_data(definition: Definition) -> dict[str, Any]:
    """The file's object again, in a fixed order of keys; `parse` of it is the same definition."""
    return _object(definition)


def canonical(definition: Definition) -> str:
    """Compact JSON: what an edition stores and hashes."""
    return json.dumps(to_data(definition), ensure_ascii=False, separators=(",", ":"))


def file_text(definition: Definition) -> str:
    """The text of a content file."""
    return json.dumps(to_data(definition), ensure_ascii=False, indent=1) + "\n"


def _object(shape: Shape) -> dict[str, Any]:
    return {
        field.name.rstrip("_"): _plain(getattr(shape, field.name))
        for field in fields(shape)
        if field.name != "absent" and field.name.rstrip("_") not in shape.absent
    }


def _plain(value: object) -> Any:
    if isinstance(value, Shape):
        return _object(value)
    if isinstance(value, tuple):
        return [_plain(each) for each in value]
    if isinstance(value, Mapping):
        return {key: _plain(each) for key, each in value.items()}
    return value
