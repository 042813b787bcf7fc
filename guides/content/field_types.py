"""Field types of guide content. Surrounding whitespace and line-ending styles are normalized."""

import re
from typing import Annotated, TypeVar
from urllib.parse import urlsplit

from runfit.lib.json_format.checks import Refused, is_key, is_language, matches
from runfit.lib.messages import message as _

T = TypeVar("T")

PLAN_KEY = re.compile(r"([a-z0-9_-]{1,64}/)?[a-z0-9_-]{1,64}")
FILE_NAME = re.compile(r"(?!.*\.\.)\w[\w. -]*(/\w[\w. -]*)*")
CLIP_NAME = re.compile(r".*\.(mp4|mov|webm|svg)", re.IGNORECASE)
BLANK = re.compile(r"\s")
LINE_LENGTH = 200
TEXT_LENGTH = 5000
URL_LENGTH = 500


def tidy(value: str) -> str:
    text = value.replace("\r\n", "\n").strip()
    if len(text) > TEXT_LENGTH:
        raise Refused(_("is longer than {number} characters.", number=TEXT_LENGTH))
    return text


def filled(value: T) -> T:
    if not value:
        raise Refused(_("must not be empty."))
    return value


def one_line(value: str) -> str:
    if "\n" in value:
        raise Refused(_("must be one line."))
    return value


def short(value: str) -> str:
    if len(value) > LINE_LENGTH:
        raise Refused(_("is longer than {number} characters.", number=LINE_LENGTH))
    return value


def is_key_or_blank(value: str) -> str:
    return is_key(value) if value else value


def web_address(value: str) -> str:
    """Accepts an http or https URL, or an empty string."""
    try:
        parts = urlsplit(value)
    except ValueError:
        parts = urlsplit("")
    is_valid = parts.scheme in {"http", "https"} and parts.netloc and not BLANK.search(value)
    if value and (not is_valid or len(value) > URL_LENGTH):
        raise Refused(_("must be a web address that starts with https:// or http://."))
    return value


BlankText = Annotated[str, tidy]
BlankName = Annotated[BlankText, one_line, short]
Text = Annotated[BlankText, filled]
Line = Annotated[Text, one_line]
Name = Annotated[Line, short]
Lines = Annotated[tuple[Line, ...], filled]
Key = Annotated[BlankText, is_key]
OptionalKey = Annotated[BlankText, is_key_or_blank]
PlanKey = Annotated[BlankText, matches(PLAN_KEY, _("must be a result's key, or self-check/key."))]
Language = Annotated[BlankText, is_language]
FileName = Annotated[
    BlankText, matches(FILE_NAME, _("must be a plain name, such as pictures/bridge.svg.")), short
]
ClipName = Annotated[
    FileName,
    matches(CLIP_NAME, _("must be a video or a moving drawing, such as pictures/up.mp4.")),
]
WebAddress = Annotated[BlankText, web_address]
