"""The look of the default guides: which pages there are, and how full each one is."""

import io
from collections.abc import Iterator
from functools import cache
from typing import Any

import pypdfium2
import pytest
from PIL import Image
from pypdf import PdfReader

from guides.content import GuideContent, RunnerAdvice
from guides.pdf.papers import TYPST_PAPER, Paper
from guides.pdf.render import PracticeDetails, render
from tests.guides import samples

CONTENT = samples.default_edition()
PROFILES = [profile.key for profile in CONTENT.profiles]
PAPERS = sorted(TYPST_PAPER)
MILLIMETER = 72 / 25.4
ADVICE = RunnerAdvice(
    answers=(
        ("Can I run?", "Yes, as long as it hurts 2 out of 10 or less.\n\nFor 2 weeks, cut back."),
        ("Will stretching help?", "It may feel better for a while. Strength work goes further."),
    ),
    notices=("This has been with you for a long time. Book one visit with a PT, too.",),
)
ADVISED = [RunnerAdvice(), ADVICE]

every_guide = pytest.mark.parametrize(
    ("profile", "paper", "advice"),
    [(profile, paper, advice) for profile in PROFILES for paper in PAPERS for advice in ADVISED],
)


@cache
def built(profile: str, paper: Paper, advice: RunnerAdvice = ADVICE) -> bytes:
    return render(
        CONTENT,
        profile=profile,
        practice=PracticeDetails(name="Hill Practice", credentials="Ana Hill, PT"),
        paper=paper,
        phone_url="https://example.org/guide/strength-guide/phone/",
        pictures=pictures(CONTENT),
        advice=advice,
    )


@cache
def pictures(content: GuideContent) -> dict[str, bytes]:
    files = {exercise.picture.file for exercise in content.exercises if exercise.picture}
    return {file: (samples.CONTENT / file).read_bytes() for file in files}


@cache
def texts(pdf: bytes) -> list[str]:
    with pypdfium2.PdfDocument(pdf) as document:
        return [page.get_textpage().get_text_range().replace("\r", "") for page in document]


def cards_of(text: str, names: set[str]) -> list[str]:
    """The exercises whose cards begin on a page: name and phase stand in one line."""
    return [name for name in names if f"{name}\nPhase " in text or f"{name} Phase " in text]


def plan_exercises(profile: str) -> set[str]:
    plan = CONTENT.plan(profile)
    assert plan is not None
    return {exercise.name for exercise in CONTENT.exercises_of(plan)}


@every_guide
def test_guide_is_small_enough_to_mail_and_print(
    profile: str, paper: Paper, advice: RunnerAdvice
) -> None:
    pdf = built(profile, paper, advice)

    assert len(pdf) < 600 * 1024
    assert 9 <= len(texts(pdf)) <= 18


@every_guide
def test_two_cards_share_a_page(profile: str, paper: Paper, advice: RunnerAdvice) -> None:
    names = plan_exercises(profile)

    shown = [cards_of(text, names) for text in texts(built(profile, paper, advice))]

    assert sorted(name for page in shown for name in page) == sorted(names)
    counts = [len(page) for page in shown if page]
    assert max(counts) == 2
    assert counts[1:-1] == [2] * len(counts[1:-1])  # the first and last share theirs with words


@every_guide
def test_no_page_is_half_empty(profile: str, paper: Paper, advice: RunnerAdvice) -> None:
    with pypdfium2.PdfDocument(built(profile, paper, advice)) as document:
        lowest = [lowest_ink(page) for page in document]

    assert [(number, low) for number, low in enumerate(lowest, start=1) if low < 0.62] == []


def lowest_ink(page: Any) -> float:
    """How far down the page its words, lines, and pictures reach, without the footer."""
    image = page.render(scale=0.5, grayscale=True).to_pil()
    body = image.crop((0, 0, image.width, round(image.height * 0.945)))
    box = body.point(lambda shade: 255 if shade < 245 else 0).getbbox()
    return round(box[3] / image.height, 2) if box else 0.0


def test_emptiness_is_noticed() -> None:
    page = Image.new("L", (300, 400), 255)
    page.paste(0, (10, 10, 100, 120))

    class Page:
        def render(self, **_: Any) -> Any:
            return type("Bitmap", (), {"to_pil": lambda _self: page})()

    assert lowest_ink(Page()) == 0.3


@pytest.mark.parametrize("paper", PAPERS)
def test_drawings_take_a_quarter_of_their_cards(paper: Paper) -> None:
    shares = [
        share
        for profile in PROFILES
        for page in card_pages(built(profile, paper))
        for share in drawing_shares(page)
    ]

    assert len(shares) > 40
    assert min(shares) >= 0.25


def card_pages(pdf: bytes) -> Iterator[Any]:
    """The pages that hold two cards and nothing else."""
    names = {exercise.name for exercise in CONTENT.exercises}
    with pypdfium2.PdfDocument(pdf) as document:
        for page, text in zip(document, texts(pdf), strict=True):
            if len(cards_of(text, names)) == 2:
                yield page


def drawing_shares(page: Any) -> Iterator[float]:
    """The share of each card's area that its drawing has, by the bands above the cards."""
    width = page.get_width()
    image = page.render(scale=1).to_pil().convert("RGB")
    bands = [y for y in range(image.height - 1) if is_band(image, y) and not is_band(image, y - 1)]
    bottoms = [*bands[1:], lowest_row(image)]
    for top, bottom in zip(bands, bottoms, strict=True):
        content = last_row(image, top, bottom) - top
        card = (width - 32 * MILLIMETER) * content
        drawing = (width - 32 * MILLIMETER) * 0.63
        yield drawing * drawing * 300 / 640 / card


def is_band(image: Image.Image, y: int) -> bool:
    return y >= 0 and image.getpixel((round(20 * MILLIMETER) - 6, y)) == (11, 107, 93)


def lowest_row(image: Image.Image) -> int:
    return round(image.height * 0.945)


def last_row(image: Image.Image, top: int, bottom: int) -> int:
    """The last row of a card that isn't white."""
    rows = image.crop((0, top, image.width, bottom - 2)).convert("L")
    box = rows.point(lambda shade: 255 if shade < 250 else 0).getbbox()
    assert box is not None
    return top + int(box[3])


@pytest.mark.parametrize("paper", PAPERS)
def test_a_page_for_each_block_to_pin_up(paper: Paper) -> None:
    for profile in PROFILES:
        plan = CONTENT.plan(profile)
        assert plan is not None
        pages = texts(built(profile, paper))[2 : 2 + len(plan.blocks)]
        for text, block in zip(pages, plan.blocks, strict=True):
            shown = " ".join(text.split())
            missing = [
                part
                for exercise, dose in CONTENT.session(block)
                for part in (exercise.name, dose)
                if part not in shown
            ]
            assert missing == []
            assert "0 1 2 3 4 5 6 7 8 9 10" in shown
            assert block.move_on_if in shown


@pytest.mark.parametrize("paper", PAPERS)
def test_boxes_are_eight_millimeters(paper: Paper) -> None:
    with pypdfium2.PdfDocument(built("mobility_first", paper)) as document:
        page = document[2]
        sizes = [
            (round((right - left) / MILLIMETER, 1), round((top - bottom) / MILLIMETER, 1))
            for left, bottom, right, top in (shape.get_bounds() for shape in page.get_objects())
        ]

    boxes = [size for size in sizes if all(8 < side < 8.7 for side in size)]
    assert len(boxes) == 14


@pytest.mark.parametrize("paper", PAPERS)
def test_no_text_is_smaller_than_eleven_points(paper: Paper) -> None:
    sizes = set()

    def note(text: str, user: Any, matrix: Any, font: Any, size: float) -> None:
        if text.strip():
            sizes.add(round(size * abs(user[3] * matrix[3]), 1))

    for page in PdfReader(io.BytesIO(built("strength_gap", paper))).pages:
        page.extract_text(visitor_text=note)

    assert min(sizes) >= 11


def test_zeros_are_plain() -> None:
    """The typeface's own zero is slashed: another one prints it."""
    fonts: dict[str, set[str]] = {}

    def note(text: str, user: Any, matrix: Any, font: Any, size: float) -> None:
        for char in set(text) & set("0123456789"):
            fonts.setdefault(char, set()).add(str(font["/BaseFont"]).split("+")[1].split("-")[0])

    for page in PdfReader(io.BytesIO(built("mobility_first", "a4"))).pages:
        page.extract_text(visitor_text=note)

    assert fonts.pop("0") == {"HankenGrotesk"}
    assert {name for names in fonts.values() for name in names} == {"AtkinsonHyperlegible"}
