"""What a draft lacks while it's being begun, so that the phone can show what's there already."""

from collections.abc import Callable
from typing import Any

from django.utils.translation import gettext as _

from assessments.models import Notice, Profile, SafetyLevel
from runfit.lib.diff import Data

KEY = "placeholder"
ALWAYS: list[list[Data]] = [[]]  # a rule with nothing to fit


def with_placeholders(rows: Data) -> Data:
    """The draft with something in each list that a self-check can't do without. Of it, its first
    page shows no more than one line of a safety list."""
    profile = dict.fromkeys(
        ("title", "summary", "first_step", "honest_note", "see_someone_if"), "-"
    )
    return {
        **rows,
        "dimensions": rows["dimensions"] or [{"key": KEY, "label": "-", "plain": "-", "weight": 1}],
        "questions": [*map(_answerable, rows["questions"])]
        or [_answerable({"key": KEY, "kind": "choice", "text": "-", "choices": []})],
        "profiles": rows["profiles"] or [{"key": KEY, "start_phase": 1, "rule": ALWAYS, **profile}],
        "safety": _with_an_item(rows["safety"]),
    }


def as_if_it_applied(rows: Data, part: Any) -> Data:
    """The draft with a new part where a runner meets it. Its rule is written once it's saved."""
    place = PLACES.get(type(part))
    return place(rows, part.key) if place else rows


def _answerable(question: Data) -> Data:
    if "bands" in question and not question["bands"]:
        band = {"from": question["minimum"], "to": question["maximum"], "points": {}}
        return {**question, "bands": [band]}
    if "choices" in question and not question["choices"]:
        two = [{"key": f"{KEY}_{number}", "label": "…", "points": {}} for number in (1, 2)]
        return {**question, "choices": two}
    return question


def _with_an_item(safety: Data) -> Data:
    level = {"rank": 1, "scores": "hidden", "guide": "never", "title": "-", "body": "-"}
    levels = safety["levels"] or {KEY: level}
    if safety["items"]:
        return safety
    return {**safety, "levels": levels, "items": [_item(next(iter(levels)))]}


def _item(level: str) -> Data:
    return {"key": KEY, "level": level, "text": _("Your safety list comes here."), "why": "-"}


def _first_profile(rows: Data, key: str) -> Data:
    [new] = (each for each in rows["profiles"] if each["key"] == key)
    others = [each for each in rows["profiles"] if each is not new]
    return {**rows, "profiles": [{**new, "rule": ALWAYS}, *others]}


def _notice_for_all(rows: Data, key: str) -> Data:
    notices = [{**each, "rule": ALWAYS} if each["key"] == key else each for each in rows["notices"]]
    return {**rows, "notices": notices}


def _level_with_an_item(rows: Data, key: str) -> Data:
    items = [*rows["safety"]["items"], _item(key)]
    return {**rows, "safety": {**rows["safety"], "items": items}}


PLACES: dict[type[Any], Callable[[Data, str], Data]] = {
    Profile: _first_profile,
    Notice: _notice_for_all,
    SafetyLevel: _level_with_an_item,
}
