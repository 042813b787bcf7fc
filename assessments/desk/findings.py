"""What the checker found, at the place where the PT can mend it."""

import re
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from django.db.models import Model
from django.urls import reverse
from django.utils.text import Truncator

from assessments.checker import Finding
from assessments.models import (
    Assessment,
    DerivedSafety,
    Dimension,
    Faq,
    Notice,
    Profile,
    Question,
    SafetyItem,
    SafetyLevel,
)

# Lists of the definition, whose order is that of the rows.
LISTS: dict[str, type[Model]] = {
    "questions": Question,
    "dimensions": Dimension,
    "profiles": Profile,
    "notices": Notice,
    "faq": Faq,
    "safety.items": SafetyItem,
    "safety.derived": DerivedSafety,
    "safety.levels": SafetyLevel,
}
LEVEL = "safety.levels."
ENTRY = re.compile(r"([a-z.]+)\[(\d+)\]")
NAME_LENGTH = 80


@dataclass(frozen=True, slots=True)
class LocatedFinding:
    """A finding, the name of what caused it, and the address of its page."""

    finding: Finding
    name: str
    address: str

    def __str__(self) -> str:
        return f"{self.name}: {self.finding.message}"


class RowLocator:
    """The rows of a draft by their place in the definition, each list read once."""

    def __init__(self, assessment: Assessment) -> None:
        self.assessment = assessment
        self.rows: dict[str, list[Model]] = {}

    def part(self, where: str) -> Model:
        """The row behind a path such as questions[3].choices[0]; the whole where there is none."""
        entry = ENTRY.match(where)
        if entry and entry[1] in LISTS:
            rows = self._list(entry[1])
            place = int(entry[2])
            return rows[place] if place < len(rows) else self.assessment
        if where.startswith(LEVEL):
            key = where.removeprefix(LEVEL).partition(".")[0]
            levels = (row for row in self._list("safety.levels") if getattr(row, "key", "") == key)
            return next(levels, self.assessment)
        return self.assessment

    def address(self, where: str) -> str:
        """What is about a whole list leads to the list, on the page of the self-check."""
        part = self.part(where)
        options = part._meta
        page = reverse(f"admin:{options.app_label}_{options.model_name}_change", args=[part.pk])
        return f"{page}#{_related_name(LISTS[where])}-group" if where in LISTS else page

    def _list(self, name: str) -> list[Model]:
        if name not in self.rows:
            rows = LISTS[name]._default_manager.filter(assessment=self.assessment)
            self.rows[name] = list(rows)
        return self.rows[name]


def located(assessment: Assessment, findings: Iterable[Finding]) -> list[LocatedFinding]:
    """Errors first."""
    places = RowLocator(assessment)
    ordered = sorted(findings, key=lambda finding: finding.severity != "error")
    return [_placed(places, finding) for finding in ordered]


def _related_name(model: type[Model]) -> str:
    field: Any = model._meta.get_field("assessment")
    return str(field.remote_field.related_name)


def _placed(places: RowLocator, finding: Finding) -> LocatedFinding:
    part = places.part(finding.where)
    name = f"{part._meta.verbose_name} “{Truncator(str(part)).chars(NAME_LENGTH)}”"
    if finding.where in LISTS:
        name = str(LISTS[finding.where]._meta.verbose_name_plural)
    return LocatedFinding(finding, name[0].upper() + name[1:], places.address(finding.where))
