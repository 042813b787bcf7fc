"""Puts drawings and their alternative texts into the content files, and changes nothing else."""

from __future__ import annotations

import json
from typing import Any

from poses import EXERCISES


def exercises_with_pictures(text: str) -> str:
    """`exercises.json` with the picture of every exercise that's drawn."""
    content = json.loads(text)
    alts = {exercise.id: exercise.alt for exercise in EXERCISES}
    for exercise in content["exercises"]:
        if alt := alts.get(exercise["id"]):
            exercise["picture"] = {"file": f"pictures/{exercise['id']}.svg", "alt": alt}
    return _written(content, text)


def _written(content: dict[str, Any], before: str) -> str:
    """The content as JSON: the same text if nothing changed, and the same end of file."""
    if content == json.loads(before):
        return before
    return json.dumps(content, ensure_ascii=False, indent=1) + before[len(before.rstrip()) :]
