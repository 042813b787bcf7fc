"""Serializes a shape: to data, to canonical JSON for hashing, and to a content file."""

import json
from collections.abc import Collection, Mapping
from dataclasses import is_dataclass
from typing import Any

from runfit.lib.json_format.shapes import keys


def to_data(value: Any) -> Any:
    """A shape as JSON data in a fixed key order. Parsing it gives an equal shape."""
    if is_dataclass(value):
        return _object(value)
    if isinstance(value, tuple):
        return [to_data(item) for item in value]
    if isinstance(value, Mapping):
        return {key: to_data(item) for key, item in value.items()}
    return value


def canonical(value: Any) -> str:
    """Compact JSON, as stored and hashed by editions."""
    return json.dumps(to_data(value), ensure_ascii=False, separators=(",", ":"))


def file_text(value: Any) -> str:
    """The text of a content file."""
    return json.dumps(to_data(value), ensure_ascii=False, indent=1) + "\n"


def _object(shape: Any) -> dict[str, Any]:
    absent: Collection[str] = getattr(shape, "absent", ())
    data = {}
    for key, field in keys(shape.__class__).items():
        value = getattr(shape, field.name)
        if key not in absent and not (value is None and field.default is None):
            data[key] = to_data(value)
    return data
