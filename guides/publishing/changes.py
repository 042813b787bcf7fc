"""Describes changes between versions of a guide. Works on raw, possibly incomplete data."""

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from runfit.lib.diff import Change, Data, FieldNames, differences


def _in_words(key: str, value: Any, data: Data) -> str | None:
    """Safety items, exercises, and plans by name instead of by key."""
    if key == "skip_for":
        return ", ".join(item.replace("_", " ") for item in value or ()) or gettext("nobody")
    if key == "instead":
        names = {exercise["id"]: exercise["name"] for exercise in data["exercises"]}
        return f"“{names.get(value, value)}”" if value else gettext("nothing")
    if key == "next_plan":
        return plan_named({each["key"]: each["plan"] for each in data["profiles"]}, value)
    return None


def plan_named(plans: Mapping[str, Data], key: str) -> str:
    """The plan by its title, or that there's none."""
    return f"“{plans[key]['title'] if key in plans else key}”" if key else gettext("nothing")


WORDS = FieldNames(
    parts={
        "exercises": _("exercise"),
        "profiles": _("result type"),
        "blocks": _("weeks"),
        "phases": _("phase"),
        "references": _("source"),
        "more_pictures": _("picture"),
        "series": _("of the series"),
    },
    fields={
        "emails": _("email"),
        "guide": _("that brings the guide"),
        "follow_up": _("that invites them to retake the check"),
        "check_in": _("that reminds them of the weekly check-in"),
        "other_subjects": _("more subject lines"),
        "shared_rules": _("rules for all exercises"),
        "why": _("the why, from the self-check"),
        "see_someone": _("when to see someone"),
        "see_someone_if": _("see someone if"),
        "known": _("what studies found"),
        "limits": _("what they don't show"),
        "target": _("what it works"),
        "position": _("start"),
        "seconds": _("seconds to hold"),
        "per_side": _("each side"),
        "tempo": _("pace"),
        "easier": _("easier version"),
        "harder": _("harder version"),
        "evidence_note": _("how sure we are"),
        "video_url": _("video"),
        "move_on_if": _("move on when"),
        "running": _("running during the plan"),
        "next_plan": _("next plan"),
        "next_week": _("from its week"),
        "dose": _("how much"),
        "skip_for": _("left out for"),
        "instead": _("done instead"),
        "before_run": _("good before a run"),
        "alt": _("in words"),
        "file": _("the picture"),
        "clip": _("what moves"),
        "days": _("day"),
    },
    in_words=_in_words,
)


def guide_changes(before: Data, after: Data, *, coming: bool = False) -> list[Change]:
    """Changes between two versions, or a version and a draft; `_upload` names the PT's own PDF."""
    words = replace(WORDS, coming=coming)
    changes = differences(comparable(before), comparable(after), words)
    return [*changes, *_upload_changes(before["_upload"], after["_upload"])]


def _upload_changes(before: str | None, after: str | None) -> list[Change]:
    if (before or "") == (after or ""):
        return []
    if before and after:
        text = gettext("Your own PDF is another one.")
    else:
        text = gettext("Your own PDF is new.") if after else gettext("Your own PDF is gone.")
    return [Change("upload", text)]


def comparable(data: Data) -> dict[str, Any]:
    """Adds keys and titles by which `differences` matches and names entries."""
    names = {exercise["id"]: exercise["name"] for exercise in data["exercises"]}
    references = [
        {"key": reference["url"] or reference["text"], **reference}
        for reference in data["references"]
    ]
    emails = {"emails": _with_days_as_keys(data["emails"])} if "emails" in data else {}
    profiles = [{**profile, "plan": _plan(profile["plan"], names)} for profile in data["profiles"]]
    return {
        **data,
        "exercises": [*map(_exercise, data["exercises"])],
        "references": references,
        "profiles": profiles,
        **emails,
    }


def _exercise(exercise: Data) -> Data:
    if "more_pictures" not in exercise:
        return exercise
    pictures = [
        {"key": picture.get("file", index), "_title": picture["alt"], **picture}
        for index, picture in enumerate(exercise["more_pictures"])
    ]
    return {**exercise, "more_pictures": pictures}


def _with_days_as_keys(emails: Data) -> dict[str, Any]:
    if "series" not in emails:
        return dict(emails)
    return {**emails, "series": [{"key": each["days"], **each} for each in emails["series"]]}


def _plan(plan: Data, names: dict[str, str]) -> dict[str, Any]:
    blocks = [
        {**block, "key": index, "_title": _weeks(block), "exercises": _steps(block, names)}
        for index, block in enumerate(plan["blocks"])
    ]
    return {**plan, "blocks": blocks}


def _weeks(block: Data) -> str:
    first, last = block["weeks"]
    return (
        str(first) if first == last else gettext("{first} to {last}").format(first=first, last=last)
    )


def _steps(block: Data, names: dict[str, str]) -> list[dict[str, Any]]:
    return [{**step, "_title": names.get(step["id"], step["id"])} for step in block["exercises"]]
