"""Locates checker findings: links each to the admin page where the PT can fix it."""

import re
from collections.abc import Iterable
from dataclasses import dataclass, replace
from typing import Any
from urllib.parse import urlencode

from django.db.models import Model
from django.urls import reverse
from django.utils.text import Truncator
from django.utils.translation import gettext

from assessments.checker import Finding
from assessments.definition import NO_EARLIER_QUESTION
from assessments.desk.links import address_of
from assessments.models import (
    Assessment,
    Case,
    DerivedSafety,
    Dimension,
    Faq,
    Notice,
    Profile,
    Question,
    SafetyItem,
    SafetyLevel,
)
from runfit.lib.messages import Message
from runfit.lib.translation import translated

# Lists in the definition. Their entries are in the same order as the rows.
LISTS: dict[str, type[Model]] = {
    "questions": Question,
    "dimensions": Dimension,
    "profiles": Profile,
    "notices": Notice,
    "faq": Faq,
    "cases": Case,
    "safety.items": SafetyItem,
    "safety.derived": DerivedSafety,
    "safety.levels": SafetyLevel,
}
LEVEL = "safety.levels."
ENTRY = re.compile(r"([a-z.]+)\[(\d+)\]")
NAME_LENGTH = 80
SHOWN = 3  # findings of a kind; one change can set off dozens


@dataclass(frozen=True, slots=True)
class LocatedFinding:
    """A finding with the name and URL of the part that caused it, and the URL of a page to try its
    example on, if it has one."""

    finding: Finding
    name: str
    address: str
    try_address: str = ""

    def __str__(self) -> str:
        return f"{self.name}: {self.finding.message}"


@dataclass(frozen=True, slots=True)
class Alike:
    """Findings of one kind: the first ones show, the rest are folded."""

    shown: list[LocatedFinding]
    folded: list[LocatedFinding]


def by_kind(findings: Iterable[LocatedFinding]) -> list[Alike]:
    """In the order of the first of each kind."""
    kinds: dict[tuple[str, ...], list[LocatedFinding]] = {}
    for each in findings:
        kinds.setdefault(_kind(each.finding), []).append(each)
    return [Alike(alike[:SHOWN], alike[SHOWN:]) for alike in kinds.values()]


def _kind(finding: Finding) -> tuple[str, ...]:
    """What's incomplete differs by what is missing."""
    message = finding.message if finding.code == "incomplete" else ""
    return finding.severity, finding.code, message


class RowLocator:
    """Maps paths in the definition to a draft's rows, with one query per list."""

    def __init__(self, assessment: Assessment) -> None:
        self.assessment = assessment
        self.rows: dict[str, list[Model]] = {}

    def part(self, where: str) -> Model:
        """The row for a path such as questions[3].choices[0], or the self-check if there's none."""
        entry = ENTRY.match(where)
        if entry and entry[1] in LISTS:
            rows = self._list(entry[1])
            index = int(entry[2])
            return rows[index] if index < len(rows) else self.assessment
        if where.startswith(LEVEL):
            key = where.removeprefix(LEVEL).partition(".")[0]
            levels = (row for row in self._list("safety.levels") if getattr(row, "key", "") == key)
            return next(levels, self.assessment)
        return self.assessment

    def address(self, where: str) -> str:
        """The change page of a path's row. Paths of whole lists link to the list's inline."""
        part = self.part(where)
        options = part._meta
        page = reverse(f"admin:{options.app_label}_{options.model_name}_change", args=[part.pk])
        return f"{page}#{_related_name(LISTS[where])}-group" if where in LISTS else page

    def message(self, finding: Finding) -> str:
        """What's wrong, in the desk's language, with a question's words instead of its key."""
        message = finding.message
        if isinstance(message, Message) and message.template == NO_EARLIER_QUESTION:
            for question in self._list("questions"):
                if getattr(question, "key", "") == message.values["name"]:
                    return gettext(
                        "It's only asked after certain answers to “{question}”, but that one comes "
                        "later. Move that one up, or change when this one is asked."
                    ).format(question=question)
        return translated(message)

    def _list(self, name: str) -> list[Model]:
        if name not in self.rows:
            rows = LISTS[name]._default_manager.filter(assessment=self.assessment)
            self.rows[name] = list(rows)
        return self.rows[name]


def located(assessment: Assessment, findings: Iterable[Finding]) -> list[LocatedFinding]:
    """Findings with links to their causes, errors first."""
    locator = RowLocator(assessment)
    ordered = sorted(findings, key=lambda finding: finding.severity != "error")
    return [_located(locator, finding) for finding in ordered]


def _related_name(model: type[Model]) -> str:
    field: Any = model._meta.get_field("assessment")
    return str(field.remote_field.related_name)


def _located(locator: RowLocator, finding: Finding) -> LocatedFinding:
    part = locator.part(finding.where)
    name = f"{part._meta.verbose_name} “{Truncator(str(part)).chars(NAME_LENGTH)}”"
    if finding.where in LISTS:
        name = str(LISTS[finding.where]._meta.verbose_name_plural)
    name, address = name[0].upper() + name[1:], locator.address(finding.where)
    finding = replace(finding, message=locator.message(finding))
    return LocatedFinding(finding, name, address, _try_address(locator.assessment, finding))


def _try_address(assessment: Assessment, finding: Finding) -> str:
    """The page that tries answers, with those of the example filled in."""
    if not finding.answers:
        return ""
    answers = urlencode(finding.answers, doseq=True)
    return f"{address_of(assessment, 'try')}?{answers}"
