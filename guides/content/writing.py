"""Content as data, as the bytes that are hashed, and as a content file."""

import json
from collections.abc import Iterator, Mapping
from dataclasses import MISSING, fields, is_dataclass
from typing import Any

NOT_PRINTED = {"emails", "file", "id", "key", "slug", "url", "video_url"}


def to_data(value: Any) -> Any:
    """The file's object again, in a fixed order of keys; what was optional and absent stays out."""
    if is_dataclass(value):
        pairs = ((field, getattr(value, field.name)) for field in fields(value))
        return {
            field.name: to_data(each)
            for field, each in pairs
            if field.default is MISSING or each != field.default
        }
    if isinstance(value, tuple):
        return [to_data(each) for each in value]
    if isinstance(value, Mapping):
        return {key: to_data(each) for key, each in value.items()}
    return value


def canonical(value: Any) -> str:
    """Compact JSON: what an edition stores and hashes."""
    return json.dumps(to_data(value), ensure_ascii=False, separators=(",", ":"))


def texts(value: Any) -> Iterator[tuple[str, str]]:
    """What the PDF prints, each text with its place, such as exercises[0].steps[1]."""
    return _texts(to_data(value), "")


def _texts(data: Any, place: str) -> Iterator[tuple[str, str]]:
    if isinstance(data, str):
        yield place, data
    elif isinstance(data, list):
        for index, each in enumerate(data):
            yield from _texts(each, f"{place}[{index}]")
    elif isinstance(data, dict):
        for key in data:
            if key not in NOT_PRINTED:
                yield from _texts(data[key], f"{place}.{key}".removeprefix("."))


def file_text(value: Any) -> str:
    """The text of a content file."""
    return json.dumps(to_data(value), ensure_ascii=False, indent=1) + "\n"
