"""The keys of a shape."""

from dataclasses import Field, fields
from functools import cache
from typing import Any


@cache
def keys(shape: Any) -> dict[str, Field[Any]]:
    """The field of each key, in the order of a file."""
    return {field.name.rstrip("_"): field for field in fields(shape) if field.name != "absent"}
