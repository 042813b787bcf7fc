"""A log formatter that removes email addresses and the tokens of private links."""

import logging
import re

LONGEST_LINE = 4_000
LONGEST_RECORD = 40_000
"""Characters. Logged URLs, rows and replies can be of any length."""

# Whatever follows a token goes with it, up to a quote or a slash, because a link may have been
# broken on the way.
TOKEN = re.compile(
    r"(/|%2F|[?&])(result|sheet|guide|unsubscribe|preferences|retest)(?:/|%2F|=)(?!\s)[^/\"'\r\n]+",
    re.IGNORECASE,
)
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
    return WORD.sub(_without_address, TOKEN.sub(r"\1\2/…", short))


def shortened(text: str, most: int) -> str:
    """Both ends of a long text, since a traceback ends with the error."""
    if len(text) <= most:
        return text
    half = most // 2
    start = next((at for at in range(half, 0, -1) if text[at].isspace()), 0)
    end = next((at for at in range(len(text) - half, len(text)) if text[at].isspace()), len(text))
    return f"{text[:start]} … {end - start} characters left out …{text[end:]}"


def _without_address(word: re.Match[str]) -> str:
    before, _, after = AT.sub("@", word[0]).partition("@")
    return "…@…" if before and "." in after else word[0]
