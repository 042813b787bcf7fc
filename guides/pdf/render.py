"""Typesets a guide: content in, the bytes of a tagged PDF (PDF/UA-1) out.

The same input gives the same bytes. Text reaches the template as data, never as markup;
characters that no font has print as boxes.
"""

import json
import re
import unicodedata
from base64 import b64encode
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import asdict, dataclass
from functools import cache, lru_cache
from hashlib import sha256
from importlib.metadata import version
from io import BytesIO
from pathlib import Path
from typing import Any, Literal, cast

import fontpkg_atkinson_hyperlegible
import typst
from PIL import Image

from guides.content import (
    ENGLISH,
    BlockContent,
    ExerciseContent,
    GuideContent,
    PdfLabels,
    PlanContent,
    ProfilePlan,
)
from guides.pdf.colors import DEFAULT_ACCENT, colors
from guides.pdf.text import map_texts, printable, replace_chars
from runfit.lib.json_format.writing import to_data

Paper = Literal["a4", "letter"]

PACKAGES = ("typst", "fontpkg-atkinson-hyperlegible")
TEMPLATES = Path(__file__).parent / "typst"
TYPST_PAPER: dict[Paper, str] = {"a4": "a4", "letter": "us-letter"}
FONTS = ("Atkinson Hyperlegible", "Libertinus Serif", "DejaVu Sans Mono")
"""Latin, Greek, Cyrillic, Hebrew, Arabic, and Devanagari print with the compiler's bundled
fonts. Chinese, Japanese, and Korean fonts would add many megabytes, so characters that can't be
shown are a finding instead."""

PANIC = "PanicException"
"""The type that a Rust panic in the compiler raises: a BaseException that can't be imported."""
PAGE = '#set document(title: "A guide")\n#set text(lang: "en")\n'
CHARACTERS_OF_LINE = 40  # of the narrower column
UNSHOWN = re.compile(r'the text `"(.{1,200}?)"` could not be displayed')
ESCAPED = re.compile(r"\\u\{([0-9a-f]+)\}")
PIXELS = {b"\x89PNG": "png", b"\xff\xd8": "jpeg"}
# Keys that the template uses as is; it breaks URLs itself.
VERBATIM = {"id", "url", "video_url", "secret_url", "booking_link", "picture_name", "logo", "photo"}


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
    pictures: Mapping[str, bytes] | None = None,
    words: PdfLabels = ENGLISH,
) -> bytes:
    """The PDF for one result type. Raises PlanMissingError or UnbuildableError.

    `pictures` maps the file names of exercise pictures to SVG, PNG, or JPEG bytes; missing ones are
    left out. `words` are the labels in the content's language, or in English.
    """
    chosen = content.profile(profile)
    if chosen is None:
        raise PlanMissingError(profile)
    images = Images()
    signed = words.reviewed % {"name": reviewed_by} if reviewed_by else words.unreviewed
    data = _data(content, chosen, words) | {
        "fonts": FONTS,
        "paper": TYPST_PAPER[paper],
        "reviewed": signed,
        "secret_url": secret_url,
        "practice": _practice(practice, images),
        "colors": colors(practice.accent),
    }
    pictures = pictures or {}
    for section in data["sections"]:
        for exercise in section["exercises"]:
            name = (exercise.get("picture") or {}).get("file", "")
            exercise["picture_name"] = images.name(pictures.get(name))
    return _compile(data, images.files)


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
        here.with_name("colors.py"),
        here.with_name("text.py"),
        *TEMPLATES.glob("*.typ"),
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


def _data(content: GuideContent, chosen: ProfilePlan, words: PdfLabels) -> dict[str, Any]:
    start = content.phase(chosen.plan.start_phase)
    return {
        "document_title": f"{content.title}: {chosen.title}",
        "language": _language(content.language),
        "words": asdict(words),
        "title": content.title,
        "profile": {
            "title": chosen.title,
            "first_step": chosen.first_step,
            "see_someone_if": chosen.see_someone_if,
        },
        "start": to_data(start),
        "introduction": content.introduction,
        "phases": to_data(content.phases),
        "plan": _plan(content, chosen.plan, words),
        "sections": _sections(content, chosen.plan, words),
        "rules": to_data(content.shared_rules),
        "progress": [{"title": phase.title, "text": text} for phase, text in content.progress],
        "common_stops": content.common_stops,
        "evidence": to_data(content.evidence),
        "references": to_data(content.references),
        "see_someone": content.see_someone,
        "disclaimer": content.disclaimer,
        "secret": to_data(content.secret)
        | ({} if content.secret.filled_in else {"text": words.nothing_to_tell}),
    }


def _language(code: str) -> dict[str, str]:
    """Typst's language and region: `pt-BR` is `pt` in `BR`."""
    language, *rest = code.split("-")
    regions = [subtag for subtag in rest if len(subtag) == 2]
    return {"lang": language} | ({"region": regions[0]} if regions else {})


def _plan(content: GuideContent, plan: PlanContent, words: PdfLabels) -> dict[str, Any]:
    return {
        "title": plan.title,
        "running": plan.running,
        "blocks": [_block(content, block, words) for block in plan.blocks],
    }


def _block(content: GuideContent, block: BlockContent, words: PdfLabels) -> dict[str, Any]:
    first, last = block.weeks
    steps = [
        {"id": step.id, "name": content.exercise(step.id).name, "dose": step.dose}
        for step in block.exercises
    ]
    weeks = words.week if first == last else words.weeks
    effort = words.one_day if block.days_per_week == 1 else words.some_days
    return {
        "title": weeks % {"first": first, "last": last},
        "goal": block.goal,
        "effort": effort % {"days": block.days_per_week, "minutes": block.minutes},
        "move_on_if": block.move_on_if,
        "exercises": steps,
        "short": _short([steps, block.move_on_if]),
        "weeks": [*range(first, last + 1)],
        "days": block.days_per_week,
    }


def _sections(content: GuideContent, plan: PlanContent, words: PdfLabels) -> list[dict[str, Any]]:
    exercises = content.exercises_of(plan)
    sections = [
        {
            "number": phase.number,
            "title": phase.title,
            "exercises": [
                _exercise(content, exercise, words)
                for exercise in exercises
                if exercise.phase == phase.number
            ],
        }
        for phase in content.phases
    ]
    return [section for section in sections if section["exercises"]]


def _exercise(content: GuideContent, exercise: ExerciseContent, words: PdfLabels) -> dict[str, Any]:
    stops = content.own_stops(exercise)
    left = [exercise.position, exercise.steps, exercise.easier, exercise.harder]
    right = [
        exercise.cues,
        exercise.common_mistakes,
        stops,
        exercise.skip_if,
        exercise.evidence_note,
    ]
    return {
        **to_data(exercise),
        "stop_if": stops,
        "facts": exercise.dose.facts(words),
        "short": _short(left, right),
    }


def _short(*columns: Any) -> bool:
    """Whether it surely fits on a page: no column fills more than 36 lines."""
    return all(
        sum(1 + len(text) // CHARACTERS_OF_LINE for text in _texts(column)) <= 36
        for column in columns
    )


def _texts(data: Any) -> Iterator[str]:
    if isinstance(data, str):
        yield data
    elif isinstance(data, dict):
        yield from _texts([*data.values()])
    elif isinstance(data, list | tuple):
        for item in data:
            yield from _texts(item)


def _compile(data: dict[str, Any], images: Mapping[str, bytes]) -> bytes:
    """Compiles the PDF, replacing characters that the compiler reports as missing."""
    data = map_texts(data, printable, leave=VERBATIM)
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
    # A new compiler for each call: unlike its fonts, it can't be shared between threads.
    # The cast: typst's stubs don't know that it takes a mapping of files.
    try:
        compiler = typst.Compiler(cast(Any, files), font_paths=_fonts())
        compiled = compiler.compile(format="pdf", pdf_standards=["ua-1"], timestamp=0)
    except typst.TypstError:
        raise  # perhaps only missing glyphs
    except BaseException as error:
        if isinstance(error, RuntimeError) or type(error).__name__ == PANIC:
            raise UnbuildableError(str(error)) from error
        raise
    return cast(bytes, compiled)


@cache
def _templates() -> dict[str, bytes]:
    return {path.name: path.read_bytes() for path in TEMPLATES.glob("*.typ")}


@cache
def _fonts() -> typst.Fonts:
    files = fontpkg_atkinson_hyperlegible.ROOT / "files"
    return typst.Fonts(include_system_fonts=False, font_paths=[files])


def _unshown(diagnostic: str) -> set[str]:
    """The non-ASCII characters that the compiler reports as missing from all fonts."""
    clusters = "".join(UNSHOWN.findall(diagnostic))
    chars = ESCAPED.sub(lambda match: chr(int(match[1], 16)), clusters)
    return {char for char in chars if not " " <= char <= "~"}
