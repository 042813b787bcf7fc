"""Iterates over the texts that a guide's PDF prints."""

from collections.abc import Iterator
from typing import Any

from runfit.lib.json_format.writing import to_data

NOT_PRINTED = {
    "clip", "emails", "file", "id", "instead", "key", "skip_for", "slug", "url", "video_url",
}  # fmt: skip


def texts(value: Any) -> Iterator[tuple[str, str]]:
    """Texts with their paths, such as exercises[0].steps[1]."""
    return _texts(to_data(value), "")


def _texts(data: Any, path: str) -> Iterator[tuple[str, str]]:
    if isinstance(data, str):
        yield path, data
    elif isinstance(data, list):
        for index, item in enumerate(data):
            yield from _texts(item, f"{path}[{index}]")
    elif isinstance(data, dict):
        for key in data:
            if key not in NOT_PRINTED:
                yield from _texts(data[key], f"{path}.{key}".removeprefix("."))
