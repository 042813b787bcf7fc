"""Describes changes between versions of a guide. Works on raw, possibly incomplete data."""

from dataclasses import replace
from typing import Any

from runfit.lib.diff import Change, Data, FieldNames, differences


def _in_words(key: str, value: Any, data: Data) -> str | None:
    """Safety items and exercises by name instead of by key."""
    if key == "skip_for":
        return ", ".join(item.replace("_", " ") for item in value or ()) or "nobody"
    if key == "instead":
        names = {exercise["id"]: exercise["name"] for exercise in data["exercises"]}
        return f"“{names.get(value, value)}”" if value else "nothing"
    return None


WORDS = FieldNames(
    parts={
        "exercises": "exercise",
        "profiles": "result type",
        "blocks": "weeks",
        "phases": "phase",
        "references": "source",
        "more_pictures": "picture",
        "series": "of the series",
    },
    fields={
        "emails": "email",
        "guide": "that brings the guide",
        "follow_up": "that invites them to retake the check",
        "other_subjects": "more subject lines",
        "shared_rules": "rules for all exercises",
        "why": "the why, from the self-check",
        "see_someone": "when to see someone",
        "see_someone_if": "see someone if",
        "known": "what studies found",
        "limits": "what they don't show",
        "target": "what it works",
        "position": "start",
        "seconds": "seconds to hold",
        "per_side": "each side",
        "tempo": "pace",
        "easier": "easier version",
        "harder": "harder version",
        "evidence_note": "how sure we are",
        "video_url": "video",
        "move_on_if": "move on when",
        "running": "running during the plan",
        "dose": "how much",
        "skip_for": "left out for",
        "instead": "done instead",
        "before_run": "good before a run",
        "alt": "in words",
        "file": "the picture",
        "clip": "what moves",
        "days": "day",
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
    state = "another one" if before and after else "new" if after else "gone"
    return [Change("upload", f"Your own PDF is {state}.")]


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
    return str(first) if first == last else f"{first} to {last}"


def _steps(block: Data, names: dict[str, str]) -> list[dict[str, Any]]:
    return [{**step, "_title": names.get(step["id"], step["id"])} for step in block["exercises"]]
