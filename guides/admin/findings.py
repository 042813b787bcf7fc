"""Maps a guide's findings to the admin pages where the PT can fix them."""

import re
from collections.abc import Iterable
from functools import cached_property
from typing import Any

from django.db.models import Model
from django.urls import reverse

from assessments.checker import Finding
from assessments.desk.findings import LocatedFinding
from assessments.desk.links import address_of
from guides.models import Exercise, Guide, Plan, SharedRules
from guides.publishing.services import guide_data
from runfit.lib.models import columns

ENTRY = re.compile(r"(exercises|profiles)\[(\d+)\](?:\.(.*))?")
PLACE = re.compile(r"\[(\d+)\]")
WHOLE = "guide"
NO_PLAN = "plans."
RULES = "shared_rules"
WORDS = {"reps": "repeats", "position": "start", "move_on_if": "move on when"}


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
        plans = Plan.objects.filter(profile__assessment=self.guide.assessment_id)
        return {plan.profile.key: plan for plan in plans.select_related("profile") if plan.profile}

    @cached_property
    def profiles(self) -> dict[str, int]:
        return dict(self.guide.assessment.profiles.values_list("key", "pk"))

    def place(self, finding: Finding) -> LocatedFinding:
        part, rest = self.part(finding.where)
        name = f"{part._meta.verbose_name} “{part}”"
        name = f"{name[0].upper()}{name[1:]}" + (f", {_label(rest)}" if rest else "")
        return LocatedFinding(finding, name, self.address(finding.where))

    def address(self, where: str) -> str:
        """The admin URL for a path. A missing plan leads to the page that adds one."""
        if where.startswith(NO_PLAN):
            profile = self.profiles.get(where.removeprefix(NO_PLAN))
            return f"{reverse('admin:guides_plan_add')}?profile={profile or ''}"
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
            row: Model | None = (
                self.exercises.get(entry["id"])
                if match[1] == "exercises"
                else self.plans.get(entry["key"])
            )
            return row or self.guide, (match[3] or "").removeprefix("plan.")
        if where.startswith(RULES):
            rules = SharedRules.objects.first()
            return rules or self.guide, where.removeprefix(f"{RULES}.")
        return self.guide, "" if where == WHOLE or where.startswith(NO_PLAN) else where


def _label(where: str) -> str:
    """A path as the PT reads it: "steps 2" for steps[1]."""
    numbered = PLACE.sub(lambda index: f" {int(index[1]) + 1}", where)
    words = (WORDS.get(word, word.replace("_", " ")) for word in numbered.split("."))
    return ", ".join(words)
