"""Writes all drawings, and their texts in the content files; `--check` compares instead."""

from __future__ import annotations

import argparse
import sys
from pathlib import Path

from content_files import exercises_with_pictures
from poses import EXERCISES
from scene import drawing

CONTENT = Path(__file__).resolve().parents[1]
FOLDER = CONTENT / "pictures"


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--check", action="store_true", help="fail if a file differs")
    texts = {FOLDER / f"{exercise.id}.svg": drawing(exercise) for exercise in EXERCISES}
    exercises = CONTENT / "exercises.json"
    texts[exercises] = exercises_with_pictures(exercises.read_text(encoding="utf-8"))
    if parser.parse_args().check:
        return check(texts)
    for path, text in texts.items():
        path.write_text(text, encoding="utf-8")
    return 0


def check(texts: dict[Path, str]) -> int:
    stale = [path.name for path in FOLDER.glob("*.svg") if path not in texts]
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
