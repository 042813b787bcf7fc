"""Builds the same text and drawings with WeasyPrint or ReportLab, in one warm process.

FILE holds the blocks of the document: [kind, text] each, where a picture's text is its file. Lines
on standard input name a library and seconds; the answer is JSON of how many PDFs were built, in how
many seconds, with how much CPU time, and the last one's file.
"""

import html
import json
import sys
import time
from collections.abc import Callable
from copy import copy
from functools import cache
from io import BytesIO
from pathlib import Path

from reportlab.graphics.shapes import Drawing
from reportlab.lib.pagesizes import A4
from reportlab.lib.styles import ParagraphStyle
from reportlab.lib.units import mm
from reportlab.platypus import Flowable, Paragraph, SimpleDocTemplate
from svglib.svglib import svg2rlg
from weasyprint import CSS, HTML
from weasyprint.text.fonts import FontConfiguration

FILE = Path(sys.argv[1])
BLOCKS = [tuple(block) for block in json.loads(FILE.read_text())]
PICTURE_MM = 45
MARGIN_MM = 20
LOOK = """
@page { size: A4; margin: 20mm }
body { font: 10pt/1.2 sans-serif }
p { margin: 1mm 0 }
h2 { font-size: 13pt; margin: 3mm 0 1mm }
img { width: 45mm; display: block }
"""
TAGS = {
    "heading": "<h2>{}</h2>",
    "text": "<p>{}</p>",
    "picture": '<img src="{}" alt="">',
}


def in_weasyprint() -> Callable[[], bytes]:
    """Keeps all that its manual says may be kept: the style sheet, the fonts, and the images."""
    fonts, images = FontConfiguration(), {}
    look = CSS(string=LOOK, font_config=fonts)
    page = "".join(TAGS[kind].format(html.escape(text)) for kind, text in BLOCKS)

    def build() -> bytes:
        document = HTML(string=page, base_url=str(FILE.parent))
        return document.write_pdf(stylesheets=[look], font_config=fonts, cache=images)

    return build


def in_reportlab() -> Callable[[], bytes]:
    """Keeps the styles and the drawings."""
    body = ParagraphStyle("body", fontSize=10, leading=12, spaceBefore=mm, spaceAfter=mm)
    heading = ParagraphStyle("heading", body, fontSize=13, leading=16, spaceBefore=3 * mm)
    styles = {"text": body, "heading": heading}

    def build() -> bytes:
        file = BytesIO()
        margins = dict.fromkeys(
            ("leftMargin", "rightMargin", "topMargin", "bottomMargin"), MARGIN_MM * mm
        )
        SimpleDocTemplate(file, pagesize=A4, **margins).build(
            [flowable(kind, text, styles) for kind, text in BLOCKS]
        )
        return file.getvalue()

    return build


def flowable(kind: str, text: str, styles: dict[str, ParagraphStyle]) -> Flowable:
    if kind == "picture":
        return copy(drawing(text))  # it notes on each whether it was put off to the next page
    return Paragraph(html.escape(text), styles[kind])


@cache
def drawing(name: str) -> Drawing:
    found = svg2rlg(str(FILE.parent / name))
    scale = PICTURE_MM * mm / found.width
    found.width, found.height = found.width * scale, found.height * scale
    found.scale(scale, scale)
    return found


def main() -> None:
    builds = {"WeasyPrint": in_weasyprint(), "ReportLab": in_reportlab()}
    for line in sys.stdin:
        name, seconds = line.split()
        begun, spent, done, last = time.monotonic(), time.process_time(), 0, b""
        while not done or time.monotonic() - begun < float(seconds):
            last = builds[name]()
            done += 1
        took, cpu = time.monotonic() - begun, time.process_time() - spent
        (FILE.parent / f"{name}.pdf").write_bytes(last)
        print(json.dumps([done, took, cpu]), flush=True)


main()
