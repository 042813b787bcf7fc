"""What the checker says, in the words of the one who can mend it."""

from dataclasses import dataclass
from typing import Literal, TypeAlias

Example: TypeAlias = tuple[tuple[str, str], ...]


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing that the author of a definition should know. An error blocks publishing.

    `example` is a way to answer that shows it: pairs of a question and an answer, in their words.
    """

    severity: Literal["error", "warning"]
    code: str
    where: str
    message: str
    example: Example = ()

    def __str__(self) -> str:
        return f"{self.severity} {self.code} {self.where}: {self.message}"


def error(code: str, where: str, message: str, example: Example = ()) -> Finding:
    return Finding("error", code, where, message, example)


def warning(code: str, where: str, message: str) -> Finding:
    return Finding("warning", code, where, message)


def not_proven(where: str, what: str) -> Finding:
    """The search was too large. Says what may still be wrong."""
    return warning(
        "not_proven",
        where,
        f"There are too many ways to answer to try them all. Not proven: {what}. "
        "Fewer questions per score area, or simpler rules, would make it provable.",
    )
