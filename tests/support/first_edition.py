"""The first edition of the default self-check, and its worked examples.

It never changes, so tests that need fixed content use it: what they expect doesn't move when the
content does.
"""

import json
from pathlib import Path
from typing import Any

from assessments.definition import Definition, parse

FOLDER = Path(__file__).resolve().parent.parent / "data" / "first_edition"
PATH = FOLDER / "tight-hips.json"
TEXT = PATH.read_text(encoding="utf-8")
DATA: dict[str, Any] = json.loads(TEXT)
VECTORS: dict[str, Any] = json.loads((FOLDER / "vectors.json").read_text(encoding="utf-8"))
DEFINITION: Definition = parse(DATA)
