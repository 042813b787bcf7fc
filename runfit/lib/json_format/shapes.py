"""The keys of a shape."""

from dataclasses import Field, fields
from functools import cache
from typing import Any


@cache
def keys(shape: Any) -> dict[str, Field[Any]]:
    """The fields of a shape by their JSON keys, in file order."""
    return {field.name.rstrip("_"): field for field in fields(shape) if field.name != "absent"}
