"""Puts drawings and their alternative texts into the content files, and changes nothing else."""

from __future__ import annotations

import json
from typing import Any

from checks import Check, spots
from poses import CHECKS, EXERCISES, RESULTS


def exercises_with_pictures(text: str) -> str:
    """`exercises.json` with the picture and the loop of every exercise that's drawn."""
    content = json.loads(text)
    alts = {exercise.id: exercise.alt for exercise in EXERCISES}
    for exercise in content["exercises"]:
        if alt := alts.get(exercise["id"]):
            name = exercise["id"]
            loop = f"pictures/loops/{name}.svg"
            picture = {"file": f"pictures/{name}.svg", "alt": alt, "clip": loop}
            _put(exercise, "picture", picture, after="video_url")
    return _written(content, text)


def self_check_with_drawings(text: str) -> str:
    """`tight-hips.json` with the drawing of every check, a spot for each answer on it, and the
    picture of every result type."""
    content = json.loads(text)
    checks = {check.key: check for check in CHECKS}
    for question in content["questions"]:
        if check := checks.get(question["key"]):
            _draw(question, check)
    results = {result.key: result for result in RESULTS}
    for profile in content["profiles"]:
        if result := results.get(profile["key"]):
            before = "headline" if "headline" in profile else "see_someone_if"
            _put(profile, "picture", {"alt": result.alt, "svg": result.svg}, after=before)
    return _written(content, text)


def _draw(question: dict[str, Any], check: Check) -> None:
    drawing = {"alt": check.alt, "svg": check.svg}
    _put(question, "drawing", drawing, after="choices")
    places = spots(check)
    for choice in question["choices"]:
        choice.pop("spot", None)
        if place := places.get(choice["key"]):
            choice["spot"] = place


def _put(item: dict[str, Any], key: str, value: object, *, after: str) -> None:
    """Sets a value. A new key comes where an export has it: after another one."""
    item[key] = value
    keys = [each for each in item if each != key]
    keys.insert(keys.index(after) + 1, key)
    for each in keys:
        item[each] = item.pop(each)


def _written(content: dict[str, Any], before: str) -> str:
    """The content as JSON: the same text if nothing changed, and the same end of file."""
    if content == json.loads(before):
        return before
    return json.dumps(content, ensure_ascii=False, indent=1) + before[len(before.rstrip()) :]
