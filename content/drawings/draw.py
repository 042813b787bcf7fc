"""Writes all drawings, and their texts in the content files; `--check` compares instead."""

from __future__ import annotations

import argparse
import sys
from collections.abc import Sequence
from pathlib import Path

from content_files import exercises_with_pictures, self_check_with_drawings
from hip import hip
from moving.loop import loop
from plan_picture import plan_picture
from poses import CHECKS, COVER, EXERCISES, HERO, RESULTS
from scene import drawing

CONTENT = Path(__file__).resolve().parents[1]
PICTURES = CONTENT / "pictures"
LOOPS = PICTURES / "loops"
PROJECT = CONTENT.parent
COVER_FILE = PROJECT / "guides" / "pdf" / "typst" / "runner.svg"
TEMPLATES = PROJECT / "templates"
EDITED = {"exercises.json": exercises_with_pictures, "tight-hips.json": self_check_with_drawings}


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--check", action="store_true", help="fail if a file differs")
    parser.add_argument(
        "--loops", nargs="*", metavar="NAME", help="only these loops, such as a1_bridge"
    )
    asked = parser.parse_args()
    texts = drawn() | loops_drawn(asked.loops)
    if asked.check:
        return check(texts)
    for path, text in texts.items():
        path.write_text(text, encoding="utf-8")
    return 0


def drawn() -> dict[Path, str]:
    """The text of each file that a drawing is in."""
    texts = {PICTURES / f"{exercise.id}.svg": drawing(exercise) for exercise in EXERCISES}
    texts[COVER_FILE] = COVER.svg
    texts[TEMPLATES / "assessments" / "hero.html"] = inline(HERO.svg, "hero")
    texts[TEMPLATES / "assessments" / "hip.html"] = hip()
    texts[TEMPLATES / "guides" / "plan_picture.html"] = inline(plan_picture(), "plan")
    texts |= {PICTURES / "results" / f"{result.key}.svg": result.svg for result in RESULTS}
    texts |= {PICTURES / "checks" / f"{check.key}.svg": check.svg for check in CHECKS}
    for name, edited in EDITED.items():
        path = CONTENT / name
        texts[path] = edited(path.read_text(encoding="utf-8"))
    return texts


def loops_drawn(names: Sequence[str] | None) -> dict[Path, str]:
    """The text of each loop, or of some: it takes longer than all stills."""
    return {
        LOOPS / f"{exercise.id}.svg": loop(exercise)
        for exercise in EXERCISES
        if names is None or exercise.id in names
    }


def inline(svg: str, name: str) -> str:
    """The drawing as a part of a page, which says the same in words."""
    start = '<svg xmlns="http://www.w3.org/2000/svg"'
    return svg.replace(start, f'<svg class="{name}" aria-hidden="true"')


def check(texts: dict[Path, str]) -> int:
    known = {*texts, *(LOOPS / f"{exercise.id}.svg" for exercise in EXERCISES)}
    stale = [path.name for path in PICTURES.rglob("*.svg") if path not in known]
    stale += [
        p.name
        for p, text in texts.items()
        if not p.is_file() or p.read_text(encoding="utf-8") != text
    ]
    if stale:
        sys.stderr.write(f"Not up to date: {', '.join(sorted(stale))}\n")
    return 1 if stale else 0


if __name__ == "__main__":
    raise SystemExit(main())
