"""Makes any text printable: no control characters, breakable words, boxes for missing glyphs."""

import re
import unicodedata
from collections.abc import Callable, Collection
from functools import lru_cache
from typing import Any

BOX = "\N{WHITE SQUARE}"


BREAK = "\N{ZERO WIDTH SPACE}"


# Control characters except line feeds, and lone surrogates, which can't be encoded.
CONTROL = re.compile(r"[\x00-\x09\x0b-\x1f\x7f-\x9f\ud800-\udfff]")


LONG_WORD = re.compile(r"\S{25,}")


BREAK_EVERY = 12


# Combining marks and joiners are dropped rather than replaced by a box.
VANISHING = {"Cf", "Mn", "Me", "Mc", "Sk"}


@lru_cache(maxsize=4096)
def printable(text: str) -> str:
    """A text made printable. Cached, since guides share most of their texts."""
    return _visible(_breakable(CONTROL.sub(" ", text)))


def replace_chars(data: dict[str, Any], chars: set[str]) -> Any:
    table = {ord(char): _replacement(char) for char in chars}
    return map_texts(data, lambda text: _visible(text.translate(table) or (BOX if text else "")))


def _replacement(char: str) -> str:
    return "" if unicodedata.category(char) in VANISHING else BOX


def _visible(text: str) -> str:
    """Turns an invisible text into a box: a heading must not be empty."""
    is_invisible = all(unicodedata.category(char)[0] in "CZ" for char in text)
    return BOX if text and is_invisible else text


def map_texts(
    value: Any, change: Callable[[str], str], *, leave: Collection[str] = frozenset()
) -> Any:
    """A copy of the data with `change` applied to every text, but not under the `leave` keys."""
    if isinstance(value, str):
        return change(value)
    if isinstance(value, dict):
        return {
            key: item if key in leave else map_texts(item, change, leave=leave)
            for key, item in value.items()
        }
    if isinstance(value, list | tuple):
        return [map_texts(item, change, leave=leave) for item in value]
    return value


def _breakable(text: str) -> str:
    """Allows line breaks inside words that are longer than a column."""

    def split(match: re.Match[str]) -> str:
        word = match[0]
        parts = range(0, len(word), BREAK_EVERY)
        return BREAK.join(word[start : start + BREAK_EVERY] for start in parts)

    return LONG_WORD.sub(split, text)
