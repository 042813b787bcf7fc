"""Drawings as PNG, where SVG isn't shown: in emails, on shared cards, and on home screens.

Typeset like the PDF, so it needs no other program: no clock, no network, and the same input gives
the same bytes. One picture takes 0.1 to 0.2 s, so each is drawn once per process.
"""

import json
import re
from functools import lru_cache
from io import BytesIO

import typst
from PIL import Image

from runfit.lib.svg.validation import svg_file, svg_size
from runfit.lib.typesetting.compiler import FONTS, CompilerBrokenError, typeset

PAPER = "#fffdfa"
INK = "#1a2622"
COLORS = 64
"""Enough for flat areas with smooth edges, at a third of the bytes."""
STROKE = re.compile(r'stroke="(?:currentColor|#[0-9a-fA-F]{6})"')
CARD = (1200, 630)
LONGEST_CODE = 3
"""Letters of a language that the compiler knows by its code."""
ICON_SHARE, MASKABLE_SHARE = 0.62, 0.5
"""How much of an icon's side its mark takes: a maskable one may be cut to a circle of 80%."""

PAGE = """\
#let d = json("data.json")
#set page(width: d.width * 1pt, height: d.height * 1pt, margin: 0pt, fill: rgb(d.background))
"""
PICTURE = PAGE + '#place(center + horizon, image("picture", width: d.share * 100%))'
CARD_PAGE = (
    PAGE
    + """\
#set text(font: d.fonts, fill: white, lang: d.language, hyphenate: false)
#set par(leading: 0.5em, spacing: 0pt)
#let side = 560pt
#let lanes = range(5).map(lane => place(
  bottom + right, dx: 330pt, dy: 400pt,
  circle(radius: 330pt + lane * 74pt, stroke: 3pt + black.transparentize(80%)),
))
#let words(size) = stack(
  spacing: size * 0.42,
  text(size: size, weight: "bold", d.title),
  text(size: calc.max(size * 0.44, 34pt), d.line),
)
#let fitting = layout(room => {
  let sizes = (92pt, 84pt, 76pt, 68pt, 60pt, 52pt, 46pt, 40pt)
  let fits(size) = measure(width: room.width, words(size)).height <= room.height
  let largest = sizes.find(fits)
  words(if largest == none { 34pt } else { largest })
})
#let sender = {
  box(baseline: 24%, image("mark", height: 46pt))
  h(16pt)
  text(size: 36pt, weight: "bold", d.site)
}
#place(right, box(width: 100% - side, height: 100%, clip: true, align(center + horizon, {
  if d.picture and d.scene { image("picture", width: 100%, height: 100%, fit: "cover") }
  else if d.picture { image("picture", width: 96%, height: 96%, fit: "contain") }
})))
#place(left, box(width: side, height: 100%, fill: rgb(d.accent), clip: true, {
  for lane in lanes { lane }
  // The inset keeps dots and tails of letters, which stand out of the lines.
  let room = (width: 100% - 92pt, height: 430pt, inset: (y: 13pt))
  place(top + left, dx: 54pt, dy: 38pt, box(..room, clip: true, fitting))
  place(bottom + left, dx: 54pt, dy: -48pt, sender)
}))
"""
)


class NotDrawableError(ValueError):
    """A drawing that the compiler can't turn into pixels."""


def png_of_svg(svg: str, *, width: int, background: str = PAPER) -> bytes:
    """A drawing, `width` pixels wide, on a background of one color."""
    own_width, own_height = _size(svg)
    height = round(width * own_height / own_width)
    page = {"width": width, "height": height, "background": background, "share": 1}
    return _png(PICTURE, page, {"picture": svg})


def icon_png(mark: str, *, size: int, accent: str, maskable: bool = False) -> bytes:
    """A square icon: the mark in white on the accent color, whole even where it's masked."""
    share = MASKABLE_SHARE if maskable else ICON_SHARE
    page = {"width": size, "height": size, "background": accent, "share": share}
    return _png(PICTURE, page, {"picture": _inked(mark, "#ffffff")})


def card_png(
    *,
    title: str,
    line: str,
    site: str,
    mark: str,
    accent: str,
    picture: str,
    scene: bool = False,
    language: str = "en",
) -> bytes:
    """The card of a shared page (og:image): words on the accent color, beside a drawing.

    `picture` may be blank. A `scene` fills its side, and is cut at its own sides. Words are set as
    large as they fit.
    """
    width, height = CARD
    code = language.split("-", 1)[0]
    page = {
        "width": width,
        "height": height,
        "background": PAPER,
        "fonts": FONTS,
        "title": title,
        "line": line,
        "site": site,
        "accent": accent,
        "language": code if len(code) <= LONGEST_CODE else "en",
        "picture": bool(picture),
        "scene": scene,
    }
    return _png(CARD_PAGE, page, {"picture": picture, "mark": _inked(mark, "#ffffff")})


def _png(source: str, data: dict[str, object], drawings: dict[str, str]) -> bytes:
    return _drawn(source, json.dumps(data), tuple(drawings.items()))


@lru_cache(maxsize=64)
def _drawn(source: str, data: str, drawings: tuple[tuple[str, str], ...]) -> bytes:
    files = {"main.typ": source.encode(), "data.json": data.encode()}
    pictures = {name: svg_file(svg).encode() for name, svg in drawings}
    try:
        return _small(typeset(files | pictures, format="png", ppi=72.0))
    except (typst.TypstError, CompilerBrokenError) as error:
        raise NotDrawableError(str(error)) from error


def _small(png: bytes) -> bytes:
    """The same picture with a palette."""
    file = BytesIO()
    with Image.open(BytesIO(png)) as image:
        flat = image.convert("RGB")
    flat.quantize(COLORS, Image.Quantize.MEDIANCUT, dither=Image.Dither.NONE).save(
        file, "PNG", optimize=True
    )
    return file.getvalue()


def _size(svg: str) -> tuple[float, float]:
    try:
        return svg_size(svg)
    except (SyntaxError, ValueError) as error:  # it's no XML, or has no viewBox
        raise NotDrawableError("The drawing has no size.") from error


def _inked(mark: str, ink: str) -> str:
    """The mark in one color. Its outlines are the page's text color, or one of its own."""
    return STROKE.sub(f'stroke="{ink}"', mark)
