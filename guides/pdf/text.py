"""Makes any text printable: no control characters, breakable words, boxes for missing glyphs."""

import re
import unicodedata
from collections.abc import Callable, Collection
from functools import lru_cache
from typing import Any

BOX = "\N{WHITE SQUARE}"


BREAK = "\N{ZERO WIDTH SPACE}"


# All but the line feed; and halves of surrogate pairs, which no encoder takes.
CONTROL = re.compile(r"[\x00-\x09\x0b-\x1f\x7f-\x9f\ud800-\udfff]")


LONG_WORD = re.compile(r"\S{25,}")


BREAK_EVERY = 12


# Marks and joiners of a character that no font shows vanish with it.
VANISHING = {"Cf", "Mn", "Me", "Mc", "Sk"}


@lru_cache(maxsize=4096)
def printable(text: str) -> str:
    """Most texts of a guide stand in those of other result types too."""
    return _visible(_breakable(CONTROL.sub(" ", text)))


def replace_chars(data: dict[str, Any], chars: set[str]) -> Any:
    table = {ord(char): _stand_in(char) for char in chars}
    return map_texts(data, lambda text: _visible(text.translate(table) or (BOX if text else "")))


def _stand_in(char: str) -> str:
    return "" if unicodedata.category(char) in VANISHING else BOX


def _visible(text: str) -> str:
    """A text of which nothing would be seen shows as a box: no heading may be empty."""
    unseen = all(unicodedata.category(char)[0] in "CZ" for char in text)
    return BOX if text and unseen else text


def map_texts(
    value: Any, change: Callable[[str], str], *, leave: Collection[str] = frozenset()
) -> Any:
    """The same data with each text changed, but for what stands under a key to leave alone."""
    if isinstance(value, str):
        return change(value)
    if isinstance(value, dict):
        return {
            key: each if key in leave else map_texts(each, change, leave=leave)
            for key, each in value.items()
        }
    if isinstance(value, list | tuple):
        return [map_texts(each, change, leave=leave) for each in value]
    return value


def _breakable(text: str) -> str:
    """Lets the line break inside a word that is longer than any column is wide."""

    def split(found: re.Match[str]) -> str:
        word = found[0]
        parts = range(0, len(word), BREAK_EVERY)
        return BREAK.join(word[start : start + BREAK_EVERY] for start in parts)

    return LONG_WORD.sub(split, text)
