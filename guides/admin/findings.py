"""Maps a guide's findings to the admin pages where the PT can fix them."""

import re
from collections.abc import Iterable
from functools import cached_property
from typing import Any

from django.db.models import Model
from django.urls import reverse
from django.utils.functional import Promise
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from assessments.checker import Finding
from assessments.desk.findings import LocatedFinding
from assessments.desk.links import address_of
from guides.models import (
    EmailText,
    Exercise,
    Guide,
    GuidePhase,
    Plan,
    PlanBlock,
    PlanStep,
    Reference,
    SeriesEmail,
    SharedRules,
)
from guides.publishing.draft_data import guide_data
from guides.publishing.row_mapping import PLAN_NEXT, PLAN_PARTS
from runfit.lib.models import columns

ENTRY = re.compile(r"(exercises|profiles)\[(\d+)\](?:\.(.*))?")
BLOCK = re.compile(r"plan\.blocks\[(\d+)\](?:\.(.*))?")
STEP = re.compile(r"exercises\[(\d+)\](?:\.(.*))?")
INDEX = re.compile(r"\[(\d+)\]")
WHOLE = "guide"
NO_PLAN = "plans."
RULES = "shared_rules"
# Lists within a guide: what the PT calls an entry, and its rows.
LISTS: dict[str, tuple[Promise, type[Model]]] = {
    "phases": (_("phase {number}"), GuidePhase),
    "references": (_("source {number}"), Reference),
}
EMAILS = "emails"


def placed(guide: Guide, findings: Iterable[Finding]) -> list[LocatedFinding]:
    """Findings with their admin pages, errors first."""
    locator = GuideRowLocator(guide)
    ordered = sorted(findings, key=lambda finding: finding.severity != "error")
    return [locator.place(finding) for finding in ordered]


class GuideRowLocator:
    """Finds the row behind a path in a guide's data. Each table is read once, on demand."""

    def __init__(self, guide: Guide) -> None:
        self.guide = guide

    @cached_property
    def data(self) -> dict[str, Any]:
        return guide_data(guide=self.guide)

    @cached_property
    def exercises(self) -> dict[str, Exercise]:
        return {exercise.key: exercise for exercise in Exercise.objects.all()}

    @cached_property
    def plans(self) -> dict[str, Plan]:
        plans = Plan.objects.filter(profile__assessment=self.guide.planned_for)
        rows = plans.select_related(*PLAN_NEXT).prefetch_related(PLAN_PARTS)
        return {plan.profile.key: plan for plan in rows if plan.profile}

    @cached_property
    def profiles(self) -> dict[str, int]:
        return dict(self.guide.assessment.profiles.values_list("key", "pk"))

    def place(self, finding: Finding) -> LocatedFinding:
        part, rest = self.part(finding.where)
        name = ", ".join(filter(None, [_named(part), _label(part, rest)]))
        return LocatedFinding(finding, name[0].upper() + name[1:], self.address(finding.where))

    def address(self, where: str) -> str:
        """The admin URL for a path. A missing plan leads to the page that adds one."""
        if where.startswith(NO_PLAN):
            profile = self.profiles.get(where.removeprefix(NO_PLAN))
            return f"{reverse('admin:guides_plan_add')}?profile={profile or ''}"
        if self.guide.follows and (ENTRY.fullmatch(where) or where.startswith(RULES)):
            return address_of(self.guide, "translate")
        part = self.part(where)[0]
        field = where.replace(".", "_")
        fields = {column.name for column in columns(Guide)}
        has_anchor = part == self.guide and field in fields
        return address_of(part) + (f"#id_{field}" if has_anchor else "")

    def part(self, where: str) -> tuple[Model, str]:
        """The row for a path, and the rest of the path within that row."""
        match = ENTRY.fullmatch(where)
        if match:
            entry: dict[str, Any] = self.data[match[1]][int(match[2])]
            rest = match[3] or ""
            if match[1] == "profiles":
                return _part_of_plan(self.plans.get(entry["key"]), rest) or (self.guide, rest)
            return self.exercises.get(entry["id"]) or self.guide, rest
        if where.startswith(RULES):
            rules = SharedRules.objects.first()
            return rules or self.guide, where.removeprefix(f"{RULES}.")
        return self.guide, "" if where == WHOLE or where.startswith(NO_PLAN) else where


def _part_of_plan(plan: Plan | None, rest: str) -> tuple[Model, str] | None:
    """A plan, or its weeks if the path leads into them."""
    if plan is None:
        return None
    match = BLOCK.fullmatch(rest)
    if match is None:
        return plan, rest.removeprefix("plan").removeprefix(".")
    return plan.blocks.all()[int(match[1])], match[2] or ""


def _named(part: Model) -> str:
    if isinstance(part, PlanBlock):
        weeks = str(part)
        return gettext("plan “{plan}”, {weeks}").format(
            plan=part.plan, weeks=f"{weeks[0].lower()}{weeks[1:]}"
        )
    kind, name = str(part._meta.verbose_name), str(part)
    return name if name.lower() == kind else f"{kind} “{name}”"


def _label(part: Model, where: str) -> str:
    """The field behind a path within a row, as the row's page calls it: "steps, line 2"."""
    step = STEP.fullmatch(where) if isinstance(part, PlanBlock) else None
    if isinstance(part, PlanBlock) and step:
        row = part.steps.all()[int(step[1])]
        return ", ".join(filter(None, [f"“{row.exercise}”", _field(PlanStep, step[2] or "")]))
    first, _, rest = where.partition(".")
    if first == EMAILS and rest:
        kind, _, name = rest.partition(".")
        email = _email(kind)
        return ", ".join(
            filter(None, [email, _field(SeriesEmail if INDEX.search(kind) else EmailText, name)])
        )
    entry, index = INDEX.sub("", first), INDEX.search(first)
    if entry in LISTS and index:
        word, model = LISTS[entry]
        number = str(word).format(number=int(index[1]) + 1)
        return ", ".join(filter(None, [number, _field(model, rest)]))
    return _field(type(part), where)


def _email(kind: str) -> str:
    """What the PT calls an email: `series[0]` is the first of the series."""
    if number := INDEX.search(kind):
        return gettext("email {number} of the series").format(number=int(number[1]) + 1)
    return gettext("the email that {what}").format(what=EmailText.Kind(kind).label)


def _field(model: type[Model], where: str) -> str:
    """A column by its path in the data, with the line if it's one of several."""
    path, index = INDEX.sub("", where), INDEX.search(where)
    names = {column.name: str(column.verbose_name) for column in columns(model)}
    candidates = (path.replace(".", "_"), path.rpartition(".")[2], path.partition(".")[0])
    last = candidates[1].replace("_", " ")
    name = next((names[each] for each in candidates if each in names), last)
    if not (name and index):
        return name
    return gettext("{name}, line {number}").format(name=name, number=int(index[1]) + 1)
