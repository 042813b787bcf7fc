"""A log formatter that removes email addresses and the tokens of private links."""

import logging
import re

LONGEST_LINE = 4_000
LONGEST_RECORD = 40_000
"""Characters. Logged URLs, rows and replies can be of any length."""

# A link may have been broken on the way, anywhere: all that follows its first word goes, up to a
# quote or the end of the line, but for the names of our pages.
LINK = re.compile(
    r"(?P<before>^|[^A-Za-z])(?P<page>result|sheet|guide|unsubscribe|preferences|retest|reset|invitation)"
    r"(?:[/\\=]|%2F|%5C|%3D)+(?P<rest>[^\s\"'][^\"'\r\n]*)",
    re.IGNORECASE | re.MULTILINE,
)
SLASHES = re.compile(r"[/\\]+|(?:%2F|%5C)+", re.IGNORECASE)
PROTOCOL = re.compile(r"(?: HTTP/[0-9.]+)?$")
PAGES = frozenset({
    "address", "calendar", "check-ins", "checks", "clearance", "current", "data", "download", "end",
    "erase", "fhir.json", "guide", "link", "manifest", "on-its-way", "phone", "plan", "recalled",
    "retest", "safety", "secret", "series", "session", "sheet", "then-and-now", "training",
})  # fmt: skip
# Wherever they stand: the signature of a link after its number, and the name of a result.
SIGNATURE = re.compile(r"[0-9](?:\.|%2E|=2E)[A-Za-z0-9_-]{20,}", re.IGNORECASE)
RESULT = re.compile(r"(?<![\w-])(?=[\w-]*[a-z])(?=[\w-]*[A-Z])(?=[\w-]*[0-9])[\w-]{32,}", re.ASCII)
WORD = re.compile(r"[^\s()<>\"',:;=]+")
AT = re.compile("@|%40")


class ScrubbingFormatter(logging.Formatter):
    """Scrubs the finished record, including its traceback, because a database quotes rows in its
    errors. Long lines are cut first, at whitespace, so half an address is never left over."""

    def format(self, record: logging.LogRecord) -> str:
        return scrubbed(super().format(record))


def scrubbed(text: str) -> str:
    """Scrubs in linear time: each pattern reads the text once."""
    lines = (shortened(line, LONGEST_LINE) for line in text.split("\n"))
    short = shortened("\n".join(lines), LONGEST_RECORD)
    without_tokens = RESULT.sub("…", SIGNATURE.sub("…", LINK.sub(_without_token, short)))
    return WORD.sub(_without_address, without_tokens)


def shortened(text: str, most: int) -> str:
    """Both ends of a long text, since a traceback ends with the error."""
    if len(text) <= most:
        return text
    half = most // 2
    start = next((at for at in range(half, 0, -1) if text[at].isspace()), 0)
    end = next((at for at in range(len(text) - half, len(text)) if text[at].isspace()), len(text))
    return f"{text[:start]} … {end - start} characters left out …{text[end:]}"


def _without_token(link: re.Match[str]) -> str:
    protocol = PROTOCOL.search(link["rest"])
    end = protocol[0] if protocol else ""
    _, *rest = SLASHES.split(link["rest"].removesuffix(end))
    pages = [part if part in PAGES or not part else "…" for part in rest]
    return f"{link['before']}{link['page']}/{'/'.join(['…', *pages])}{end}"


def _without_address(word: re.Match[str]) -> str:
    before, _, after = AT.sub("@", word[0]).partition("@")
    return "…@…" if before and "." in after else word[0]
