"""Findings: what the checker reports to the author of a draft."""

from dataclasses import dataclass
from typing import Literal, TypeAlias

from assessments.definition import Answer
from runfit.lib.messages import message as _

Answered: TypeAlias = tuple[tuple[str, Answer], ...]
Example: TypeAlias = tuple[tuple[str, str], ...]


@dataclass(frozen=True, slots=True)
class Finding:
    """A problem with a definition. Errors block publishing.

    `example` shows it with a set of answers: pairs of question text and answer label. `answers` are
    the same ones by the keys of their questions.
    """

    severity: Literal["error", "warning"]
    code: str
    where: str
    message: str
    example: Example = ()
    answers: Answered = ()

    def __str__(self) -> str:
        return f"{self.severity} {self.code} {self.where}: {self.message}"


def error(
    code: str, where: str, message: str, example: Example = (), answers: Answered = ()
) -> Finding:
    return Finding("error", code, where, message, example, answers)


def warning(code: str, where: str, message: str) -> Finding:
    return Finding("warning", code, where, message)


def not_proven(where: str, what: str) -> Finding:
    """A warning that the search was too large to prove `what`."""
    return warning(
        "not_proven",
        where,
        _(
            "There are too many ways to answer to try them all. We couldn't prove {what}. Fewer "
            "questions per score area or simpler rules would help.",
            what=what,
        ),
    )
