"""Typesets a guide: content in, the bytes of a tagged PDF (PDF/UA-1) out.

The same input gives the same bytes. Text reaches the template as data, never as markup;
characters that no font has print as boxes.
"""

import json
import re
import unicodedata
from base64 import b64encode
from collections.abc import Iterable, Mapping
from dataclasses import asdict, dataclass
from functools import cache, lru_cache
from hashlib import sha256
from importlib.metadata import version
from io import BytesIO
from pathlib import Path
from typing import Any

import typst
from PIL import Image

from assessments.emergency_numbers import DEFAULT_COUNTRY, fill_emergency
from guides.content import (
    DOSE_IN_ENGLISH,
    ENGLISH,
    DoseWords,
    GuideContent,
    PdfLabels,
    RunnerAdvice,
)
from guides.pdf.colors import DEFAULT_ACCENT, colors
from guides.pdf.papers import TYPST_PAPER, Paper
from guides.pdf.qr_code import qr_code
from guides.pdf.template_data import left_out_data, template_data
from guides.pdf.text import map_texts, printable, replace_chars
from runfit.lib import typesetting
from runfit.lib.typesetting.compiler import FONTS, CompilerBrokenError, typeset

NO_ADVICE = RunnerAdvice()

PACKAGES = (
    "typst",
    "fontpkg-atkinson-hyperlegible",
    "fontpkg-hanken-grotesk",
    "markdown-it-py",
    "segno",
)
TEMPLATES = Path(__file__).parent / "typst"
ZERO_FONT = "Hanken Grotesk"
"""Prints the zeros: Atkinson Hyperlegible has only a slashed one."""

PAGE = '#set document(title: "A guide")\n#set text(lang: "en")\n'
CHARACTERS_OF_LINE = 40  # of the narrower column
UNSHOWN = re.compile(r'the text `"(.{1,200}?)"` could not be displayed')
ESCAPED = re.compile(r"\\u\{([0-9a-f]+)\}")
PIXELS = {b"\x89PNG": "png", b"\xff\xd8": "jpeg"}
# Keys that the template uses as is; it breaks URLs itself.
VERBATIM = {
    "id", "url", "video_url", "secret_url", "booking_link", "picture_name", "logo", "photo",
    "code", "shown", "zero_font",
}  # fmt: skip


class PlanMissingError(LookupError):
    """The guide has no plan for this result type."""


class UnbuildableError(RuntimeError):
    """The compiler can't build a guide; the message is the compiler's."""


@dataclass(frozen=True, kw_only=True)
class PracticeDetails:
    """The practice as the guide shows it."""

    name: str
    credentials: str = ""
    sign_off: str = ""
    country: str = DEFAULT_COUNTRY
    booking_link: str = ""
    accent: str = DEFAULT_ACCENT
    logo: bytes = b""
    logo_alt: str = ""
    photo: bytes = b""
    photo_alt: str = ""


def render(
    content: GuideContent,
    *,
    profile: str,
    practice: PracticeDetails,
    paper: Paper,
    reviewed_by: str = "",
    secret_url: str | None = None,
    phone_url: str | None = None,
    pictures: Mapping[str, bytes] | None = None,
    words: PdfLabels = ENGLISH,
    dose_words: DoseWords = DOSE_IN_ENGLISH,
    advice: RunnerAdvice = NO_ADVICE,
) -> bytes:
    """The PDF for one result type. Raises PlanMissingError or UnbuildableError.

    `pictures` maps the file names of exercise pictures to SVG, PNG, or JPEG bytes; missing ones are
    left out. `words` are the labels in the content's language, or in English. `phone_url` is the
    page that leads to a phone's own guide, and with the plan and a number after it, to that
    session: the same for every runner. `advice` is what a runner's result says, and what their plan
    leaves out.
    """
    left_out = left_out_data(content, profile, advice)
    content = content.for_runner(profile, advice.skip_for, dose_words)
    chosen = content.profile(profile)
    if chosen is None:
        raise PlanMissingError(profile)
    images = Images()
    signed = words.reviewed % {"name": reviewed_by} if reviewed_by else words.unreviewed
    data = template_data(content, chosen, words, advice) | {
        **left_out,
        "fonts": FONTS,
        "zero_font": ZERO_FONT,
        "paper": TYPST_PAPER[paper],
        "reviewed": signed,
        "secret_url": secret_url,
        "practice": _practice(practice, images),
        "colors": colors(practice.accent),
    }
    _pictures_name(data, pictures or {}, images)
    for number, block in enumerate(data["plan"]["blocks"], start=1):
        block["phone"] = phone_url and _phone(f"{phone_url}{profile}/{number}/", images)

    def shown(text: str) -> str:
        return printable(fill_emergency(text, practice.country, content.language))

    return _compile(map_texts(data, shown, leave=VERBATIM), images.files)


def _pictures_name(data: dict[str, Any], pictures: Mapping[str, bytes], images: "Images") -> None:
    """Sets the pictures of the cards and of the pages to pin up."""
    names: dict[str, str | None] = {}
    for exercise in data["exercises"]:
        file = (exercise.get("picture") or {}).get("file", "")
        exercise["picture_name"] = names[exercise["id"]] = images.name(pictures.get(file))
    for block in data["plan"]["blocks"]:
        for step in block["exercises"]:
            step["picture_name"] = names[step["id"]]


def _phone(url: str, images: "Images") -> dict[str, Any]:
    shown = url.split("://", 1)[-1].rstrip("/")
    return {"url": url, "shown": shown, "code": images.name(qr_code(url))}


def picture_check(picture: bytes) -> None:
    """Typesets one picture alone. Raises UnbuildableError if that fails."""
    page = f'{PAGE}#figure(alt: "A picture.", image("picture", width: 100%, height: 38mm))'
    try:
        _pdf({"main.typ": page.encode(), "picture": _as_text(picture)})
    except typst.TypstError as error:
        raise UnbuildableError(str(error)) from error


def unshown(texts: Iterable[str]) -> set[str]:
    """The characters that no font has: they print as boxes."""
    rare = {char for text in texts for char in text if char > "~"}
    return {*_unshown_of("".join(sorted(char for char in rare if _is_letter(char))))}


def _is_letter(char: str) -> bool:
    """Whether the character is visible alone: not a mark, a control, or a space."""
    return unicodedata.category(char)[0] not in "CMZ"


@lru_cache(maxsize=64)
def _unshown_of(chars: str) -> frozenset[str]:
    page = f'{PAGE}#let d = json("data.json")\n#set text(font: d.fonts)\n#d.chars.join(" ")'
    data = {"fonts": FONTS, "chars": ["-", *chars]}
    try:
        _pdf({"main.typ": page.encode(), "data.json": json.dumps(data).encode()})
    except typst.TypstError as error:
        return frozenset(_unshown(error.diagnostic))
    return frozenset()


@cache
def template_version() -> str:
    """A hash of the templates and code that shape a PDF; part of a stored PDF's name."""
    here = Path(__file__)
    sources = [
        here,
        Path(typesetting.__file__),
        here.with_name("colors.py"),
        *(
            here.with_name(f"{name}.py")
            for name in ("papers", "prose", "qr_code", "template_data", "text")
        ),
        *TEMPLATES.iterdir(),
        *here.parent.parent.glob("content/*.py"),
    ]
    digest = sha256(" ".join(map(version, PACKAGES)).encode())
    for path in sorted(sources):
        digest.update(path.read_bytes())
    return digest.hexdigest()


class Images:
    """Pictures as files that the template opens by name."""

    def __init__(self) -> None:
        self.files: dict[str, bytes] = {}

    def name(self, image: bytes | None) -> str | None:
        if not image:
            return None
        # No file extension: Typst detects the format.
        name = f"image-{sha256(image).hexdigest()}"
        self.files[name] = _as_text(image)
        return name


def _as_text(image: bytes) -> bytes:
    """Wraps a raster image in an SVG, since Typst takes in-memory files as text only. The PDF holds
    a JPEG's bytes unchanged."""
    if not image.startswith(tuple(PIXELS)):
        return image
    kind = next(PIXELS[magic] for magic in PIXELS if image.startswith(magic))
    with Image.open(BytesIO(image)) as opened:
        width, height = opened.size
    data = b64encode(image).decode()
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {width} {height}">'
        f'<image width="{width}" height="{height}" href="data:image/{kind};base64,{data}"/></svg>'
    ).encode()


def _practice(practice: PracticeDetails, images: Images) -> dict[str, Any]:
    shown = asdict(practice)
    return shown | {name: images.name(shown[name]) for name in ("logo", "photo")}


def _compile(data: dict[str, Any], images: Mapping[str, bytes]) -> bytes:
    """Compiles the PDF, replacing characters that the compiler reports as missing."""
    while True:
        try:
            return _typeset(data, images)
        except typst.TypstError as error:
            replaced = replace_chars(data, _unshown(error.diagnostic))
            if replaced == data:
                raise UnbuildableError(str(error)) from error
            data = replaced


def _typeset(data: dict[str, Any], images: Mapping[str, bytes]) -> bytes:
    return _pdf({**_templates(), **images, "data.json": json.dumps(data).encode()})


def _pdf(files: Mapping[str, bytes]) -> bytes:
    try:
        return typeset(files, format="pdf", pdf_standards=["ua-1"])
    except CompilerBrokenError as error:
        raise UnbuildableError(str(error)) from error


@cache
def _templates() -> dict[str, bytes]:
    return {path.name: path.read_bytes() for path in TEMPLATES.iterdir()}


def _unshown(diagnostic: str) -> set[str]:
    """The non-ASCII characters that the compiler reports as missing from all fonts."""
    clusters = "".join(UNSHOWN.findall(diagnostic))
    chars = ESCAPED.sub(lambda match: chr(int(match[1], 16)), clusters)
    return {char for char in chars if not " " <= char <= "~"}
