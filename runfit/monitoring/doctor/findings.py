"""What the doctor found."""

from dataclasses import dataclass
from enum import StrEnum


class Verdict(StrEnum):
    GOOD = "good"
    NOTE = "note"
    """Works, but could be better; or it couldn't be tried from here."""
    BAD = "bad"


@dataclass(frozen=True, slots=True)
class Finding:
    part: str
    text: str
    fix: str = ""
    verdict: Verdict = Verdict.BAD


def good(part: str, text: str) -> Finding:
    return Finding(part, text, verdict=Verdict.GOOD)


def note(part: str, text: str, fix: str = "") -> Finding:
    return Finding(part, text, fix, Verdict.NOTE)
