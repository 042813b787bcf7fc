"""The texts of a guide that its PDF prints."""

from collections.abc import Iterator
from typing import Any

from runfit.lib.json_format.writing import to_data

NOT_PRINTED = {"emails", "file", "id", "key", "slug", "url", "video_url"}


def texts(value: Any) -> Iterator[tuple[str, str]]:
    """Each text with its place, such as exercises[0].steps[1]."""
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
