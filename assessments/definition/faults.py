"""What is wrong with a file, and where."""

from collections.abc import Iterable
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Fault:
    """One thing to mend. `where` is a path such as `questions[3].choices[0].points.mobility`."""

    where: str
    message: str

    def __str__(self) -> str:
        return f"{self.where}: {self.message}"


class FaultsError(ValueError):
    """A file cannot be used. Carries all faults at once."""

    def __init__(self, faults: Iterable[Fault]) -> None:
        self.faults = tuple(faults)
        super().__init__("\n".join(map(str, self.faults)))


class DefinitionError(FaultsError):
    """The file is not a self-check."""
