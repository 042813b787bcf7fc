"""What the checker found, at the place where the PT can mend it."""

import re
from collections.abc import Iterable
from dataclasses import dataclass

from django.db.models import Model
from django.urls import reverse
from django.utils.text import Truncator

from assessments.checker import Finding
from assessments.models import (
    Assessment,
    DerivedSafety,
    Dimension,
    Notice,
    Profile,
    Question,
    SafetyItem,
)

# Lists of the definition, whose order is that of the rows.
LISTS: dict[str, type[Model]] = {
    "questions": Question,
    "dimensions": Dimension,
    "profiles": Profile,
    "notices": Notice,
    "safety.items": SafetyItem,
    "safety.derived": DerivedSafety,
}
LEVEL = "safety.levels."
ENTRY = re.compile(r"([a-z.]+)\[(\d+)\]")
NAME_LENGTH = 80


@dataclass(frozen=True, slots=True)
class Placed:
    """A finding, the name of what caused it, and the address of its page."""

    finding: Finding
    name: str
    address: str

    def __str__(self) -> str:
        return f"{self.name}: {self.finding.message}"


def placed(assessment: Assessment, findings: Iterable[Finding]) -> list[Placed]:
    """Errors first."""
    ordered = sorted(findings, key=lambda finding: finding.severity != "error")
    return [_placed(assessment, finding) for finding in ordered]


def _placed(assessment: Assessment, finding: Finding) -> Placed:
    part: Model = _part(assessment, finding.where) or assessment
    options = part._meta
    name = f"{options.verbose_name} “{Truncator(str(part)).chars(NAME_LENGTH)}”"
    address = reverse(f"admin:{options.app_label}_{options.model_name}_change", args=[part.pk])
    return Placed(finding, name[0].upper() + name[1:], address)


def _part(assessment: Assessment, where: str) -> Model | None:
    """The row behind a path such as questions[3].choices[0]; None where it is the whole."""
    if where.startswith(LEVEL):
        key = where.removeprefix(LEVEL).partition(".")[0]
        return assessment.safety_levels.filter(key=key).first()
    entry = ENTRY.match(where)
    model = LISTS.get(entry[1]) if entry else None
    if entry is None or model is None:
        return None
    rows = model._default_manager.filter(assessment=assessment)
    return rows[int(entry[2]) :].first()
