"""Validators for `Annotated`: functions that return the value or raise Refused."""

import re
from collections.abc import Callable
from typing import Annotated, Any

from runfit.lib.messages import message as _

KEY = re.compile(r"[a-z0-9_-]{1,64}")
LANGUAGE = re.compile(r"[A-Za-z]{1,8}(-[A-Za-z0-9]{1,8})*")
# Control characters, lone surrogates, and Unicode line separators.
UNPRINTABLE = re.compile(r"[\x00-\x08\x0b-\x1f\x7f-\x9f\u2028\u2029\ud800-\udfff\ufffe\uffff]")


class Refused(Exception):  # noqa: N818 - only raised inside the reader
    """A value doesn't fit its annotation."""

    def __init__(self, message: str) -> None:
        super().__init__(message)
        self.message = message


def is_printable(text: str) -> bool:
    return not UNPRINTABLE.search(text.replace("\r\n", "\n"))


def matches(pattern: re.Pattern[str], refusal: str) -> Callable[[str], str]:
    def check(value: str) -> str:
        if not pattern.fullmatch(value):
            raise Refused(refusal)
        return value

    return check


def within(least: int, most: int) -> Callable[[Any], int]:
    def check(value: Any) -> int:
        if type(value) is not int or not least <= value <= most:  # rejects True, which is an int
            raise Refused(
                _("must be a whole number from {least} to {most}.", least=least, most=most)
            )
        return value

    return check


is_key = matches(KEY, _("must be 1 to 64 small letters, digits, “-” or “_”."))
is_language = matches(LANGUAGE, _("must be a language code such as “en” or “pt-BR”."))

Key = Annotated[str, is_key]
Language = Annotated[str, is_language]
