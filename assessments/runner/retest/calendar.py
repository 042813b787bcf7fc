"""An all-day event as a calendar file (RFC 5545)."""

from collections.abc import Iterator
from datetime import UTC, date, datetime

LONGEST_LINE = 75  # bytes, without the line end
ESCAPED = str.maketrans({"\\": "\\\\", ";": "\\;", ",": "\\,", "\n": "\\n", "\r": None})


def calendar_file(*, uid: str, day: date, now: datetime, title: str, text: str, url: str) -> bytes:
    """`uid` names the event: a calendar that already has it replaces it."""
    lines = (
        "BEGIN:VCALENDAR",
        "VERSION:2.0",
        "PRODID:-//RunFit//Retake the check//EN",
        "BEGIN:VEVENT",
        f"UID:{uid}",
        f"DTSTAMP:{now.astimezone(UTC):%Y%m%dT%H%M%SZ}",
        f"DTSTART;VALUE=DATE:{day:%Y%m%d}",
        f"SUMMARY:{title.translate(ESCAPED)}",
        f"DESCRIPTION:{text.translate(ESCAPED)}",
        f"URL:{url}",
        "TRANSP:TRANSPARENT",
        "END:VEVENT",
        "END:VCALENDAR",
    )
    return b"".join(piece + b"\r\n" for line in lines for piece in _folded(line))


def _folded(line: str) -> Iterator[bytes]:
    """Continuation lines begin with a space. No character is split."""
    piece = b""
    for char in line:
        encoded = char.encode()
        if len(piece) + len(encoded) > LONGEST_LINE:
            yield piece
            piece = b" "
        piece += encoded
    yield piece
