"""The PDF of a guide, compared to WeasyPrint and ReportLab with the same text and drawings.

They get the text that RunFit prints, as plain headings and paragraphs, and its drawings. They read
nothing from a database, lay out no tables, columns, or links, and don't tag the PDF.
"""

import json
import os
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from functools import partial
from pathlib import Path
from typing import Any

from benchmarks.bench import Bench
from benchmarks.comparison import Row
from benchmarks.rows import pdfs
from benchmarks.turns import Sides, Turn
from benchmarks.virtualenv import python_with
from tests.support.processes import ROOT

PEERS = {"WeasyPrint": "70.0", "ReportLab": "5.1.0"}
FOR_REPORTLAB = {"svglib": "2.3.2", "rl_accel": "0.9.1"}
"""What reads its drawings, and what its manual recommends for speed."""
PICTURES = ("picture_name", "code")
HEADINGS = ("title", "name")
UNPRINTED = {
    "words", "fonts", "zero_font", "paper", "language", "colors", "id", "document_title", "kind",
    "logo", "photo", "phase", "file",
}  # fmt: skip

Block = tuple[str, str]


@contextmanager
def beside(bench: Bench, name: str) -> Iterator[Sides]:
    python = python_with("pdf-peers", PEERS | FOR_REPORTLAB)
    build = pdfs.build_of_guide()
    data, images = pdfs.given_to_typst(build)
    folder = bench.folder / "pdf"
    folder.mkdir(exist_ok=True)
    for image, content in images.items():
        (folder / f"{image}.svg").write_bytes(content)
    file = folder / "blocks.json"
    file.write_text(json.dumps([*blocks(data)]), encoding="utf-8")
    with (
        builder(sys.executable, "benchmarks.rows.guide_builder") as ours,
        builder(python, "benchmarks.peers.pdf_libraries", file) as theirs,
    ):
        yield partial(built, ours), partial(built, theirs, name)


def builder(python: str | Path, *module: str | Path) -> "subprocess.Popen[str]":
    return subprocess.Popen(
        [python, "-m", *module],
        cwd=ROOT,
        env={**os.environ, "DJANGO_SETTINGS_MODULE": "runfit.settings"},
        text=True,
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
    )


def built(process: "subprocess.Popen[str]", *asked: object) -> Turn:
    """The seconds come last."""
    assert process.stdout
    print(*asked, file=process.stdin, flush=True)
    return Turn(*json.loads(process.stdout.readline()))


def blocks(data: Any, key: str = "") -> Iterator[Block]:
    """All that's printed, in order: headings, texts, and the drawings' files."""
    if isinstance(data, str) and data and key in PICTURES:
        yield "picture", f"{data}.svg"
    elif isinstance(data, str) and data:
        yield "heading" if key in HEADINGS else "text", data
    elif isinstance(data, dict):
        for name, value in data.items():
            if name not in UNPRINTED:
                yield from blocks(value, name)
    elif (
        isinstance(data, list | tuple)
        and data
        and isinstance(data[0], dict)
        and "strong" in data[0]
    ):
        yield "text", "".join(span["text"] for span in data)
    elif isinstance(data, list | tuple):
        for item in data:
            yield from blocks(item, key)


ROWS = tuple(
    Row(
        f"pdf-beside-{name.lower()}",
        "PDF of the guide, built",
        f"{name} {number} on the same text and drawings",
        partial(beside, name=name),
        at_least=5,
    )
    for name, number in PEERS.items()
)
