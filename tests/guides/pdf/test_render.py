"""The PDF: its text, its structure, and that no text can break it."""

import io
import re
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from typing import Any

import pytest
from hypothesis import example, given
from hypothesis import strategies as st
from pypdf import PdfReader
from pypdf.generic import DictionaryObject, IndirectObject

from guides.content import GuideContent, RunnerAdvice, parse_content
from guides.pdf.colors import colors
from guides.pdf.papers import TYPST_PAPER, Paper
from guides.pdf.render import (
    PlanMissingError,
    PracticeDetails,
    UnbuildableError,
    render,
)
from runfit.lib.json_format.writing import to_data
from tests.guides import samples
from tests.guides.pdf import page_images

PRACTICE = PracticeDetails(
    name="Hill Practice", credentials="Physical therapist", sign_off="Run well!"
)
POINTS = {"a4": (595, 842), "letter": (612, 792)}


def small(**changes: Any) -> bytes:
    return render_small(parse_content(samples.edition()), **changes)


def render_small(content: GuideContent, **changes: Any) -> bytes:
    options = {"profile": "stiff", "practice": PRACTICE, "paper": "a4"} | changes
    return render(content, **options)


def text_of(pdf: bytes) -> str:
    """All text with normalized whitespace and without word breaks."""
    pages = PdfReader(io.BytesIO(pdf)).pages
    words = " ".join(page.extract_text() for page in pages)
    return re.sub(r"\s+", " ", words.replace("\u200b", ""))


def tags_of(pdf: bytes) -> list[str]:
    """The kinds of the structure elements, in reading order."""
    return [element["/S"] for element in elements_of(pdf)]


def elements_of(pdf: bytes) -> list[DictionaryObject]:
    """The structure elements, in reading order."""
    root = PdfReader(io.BytesIO(pdf)).trailer["/Root"]
    return list(elements(root["/StructTreeRoot"]))


def elements(node: Any) -> Any:
    node = node.get_object() if isinstance(node, IndirectObject) else node
    if isinstance(node, list):
        for child in node:
            yield from elements(child)
    elif isinstance(node, DictionaryObject):
        if "/S" in node:
            yield node
        yield from elements(node.get("/K"))


def test_pdf_contains_all_parts_in_order() -> None:
    data = samples.edition()
    data["exercises"][1]["evidence_note"] = "One small study."
    text = text_of(render_small(why(data), phone_url="https://example.org/phone/", advice=ADVICE))

    expected = [
        "A small guide",
        "Stiff hips",
        "You start with phase 1: Move.",
        "Rock every day.",
        "Your plan: Two easy weeks. It starts with 3 days a week, about 3 minutes each.",
        "Hill Practice",
        "A draft. No PT or doctor has reviewed it yet.",
        "What may be going on",
        "It tightens.",
        "Then it eases off.",
        "Hamstrings may tire.",
        "Run well!",
        "How the three phases build",
        "1 Move The cake. First you move.",
        "2 Activate The frosting. Then you squeeze.",
        "3 Strengthen The candle. Then you lift.",
        "Weeks 1 to 2: Get going",
        "3 days a week, about 3 minutes each",
        "Bridge 2 x 10",
        "Rock 1 x 5",
        "Week 1",
        "Week 2",
        "Move on when: It feels easy",
        "Scan this. The first time, open the link in your email.",
        "example.org/phone/stiff/1",
        "What your result says",
        "Can I run? Yes.",
        "For two weeks, keep it short.",
        "Book one visit.",
        "The pain rule",
        "3 to 5: less.",
        "Stop right away if you have",
        "Stop any exercise if you have",
        "Sharp pain",
        "When to see someone",
        "It hurts at night.",
        "It gets worse.",
        "Please note",
        "Running during your plan",
        "Your plan: Two easy weeks",
        "Bridge 2 x 10",
        "Rock Phase 1: Move",
        "Weeks 1 to 2: 1 x 5",
        "Bridge Phase 2: Activate",
        "Weeks 1 to 2: 2 x 10",
        "Rest: 30 seconds",
        "Effort: easy",
        "Stop if: Pain in the back.",
        "A secret",
        "Open the page that your email links to, and tap Tell me first.",
        "Run well!",
        "What we know, and what we don't",
        "Bridge: One small study.",
        "References",
        "Someone 2015 https://example.org/study",
    ]
    assert [part for part in expected if part not in text] == []
    assert positions(text, expected) == sorted(positions(text, expected))


ADVICE = RunnerAdvice(
    answers=(("Can I run?", "Yes.\n\nFor two weeks, **keep it short**."),),
    notices=("Book one visit.", "Hamstrings may tire."),
    in_why=("Hamstrings may tire.",),
)


def why(data: dict[str, Any]) -> GuideContent:
    reason = {"title": "What may be going on", "text": "It tightens.\n\nThen it *eases* off."}
    return parse_content(data | {"why": reason})


def test_older_guide_starts_with_its_three_phases() -> None:
    second = PdfReader(io.BytesIO(small())).pages[1].extract_text()

    assert second.startswith("How the three phases build")
    assert "Run well!" not in second


def test_guide_without_advice_says_nothing_of_a_result() -> None:
    text = text_of(small())

    assert "What your result says" not in text
    assert "Left out" not in text


def test_skipped_exercise_is_replaced_and_named() -> None:
    data = samples.edition()
    data["exercises"].append(data["exercises"][1] | {"id": "clam", "name": "Clam"})
    data["exercises"][1] |= {"skip_for": ["back"], "instead": "clam"}
    advice = RunnerAdvice(skip_for=frozenset({"back"}), checked=(("back", "Sore back"),))

    text = text_of(render_small(parse_content(data), advice=advice))

    assert "Left out because you checked: Sore back." in text
    assert "Bridge: do “Clam” instead." in text
    assert text.count("Bridge") == 1
    assert "Clam Phase 2: Activate" in text
    assert "Clam 2 x 10 each side" in text


def test_a_line_with_a_colon_leads_a_list() -> None:
    lines = ["Call {emergency} now if:", "You can't stand.", "Book a visit if:", "It stays."]
    data = samples.edition() | {"see_someone": lines}

    pdf = render_small(parse_content(data))

    assert "Call 911 (999 or 112 outside the US) now if: • You can't stand." in text_of(pdf)
    assert "Book a visit if: • It stays." in text_of(pdf)


def test_emergency_numbers_are_those_of_the_practice() -> None:
    data = samples.edition() | {"disclaimer": "Call {emergency}."}

    text = text_of(render_small(parse_content(data), practice=replace(PRACTICE, country="DE")))

    assert "Call 112." in text


def positions(text: str, expected: list[str]) -> list[int]:
    """The positions of the texts, each searched after the one before."""
    offsets, at = [], 0
    for part in expected:
        at = text.find(part, at)
        offsets.append(at)
        at += len(part)
    return offsets


def test_pdf_names_the_reviewer() -> None:
    text = text_of(small(reviewed_by="Dr. Hill"))

    assert text.count("Reviewed by Dr. Hill.") == 1
    assert "draft" not in text


def test_sign_up_is_a_link_and_readable_on_paper() -> None:
    pdf = small(secret_url="https://example.org/secret")

    assert "Open the page that your email links to, and tap Tell me first." in text_of(pdf)
    assert "https://example.org/secret" in links_of(pdf)


def links_of(pdf: bytes) -> list[str]:
    annotations = [
        annotation.get_object()
        for page in PdfReader(io.BytesIO(pdf)).pages
        for annotation in page.get("/Annots", [])
    ]
    actions = [annotation["/A"] for annotation in annotations if "/A" in annotation]
    return [action["/URI"] for action in actions if "/URI" in action]


def test_references_are_links() -> None:
    assert links_of(small()) == ["https://example.org/study"]


@pytest.mark.parametrize("paper", sorted(TYPST_PAPER))
def test_page_size_matches_paper(paper: Paper) -> None:
    sizes = {
        (round(page.mediabox.width), round(page.mediabox.height))
        for page in PdfReader(io.BytesIO(small(paper=paper))).pages
    }

    assert sizes == {POINTS[paper]}


def test_long_url_is_linked_unchanged() -> None:
    data = samples.edition()
    data["exercises"][1]["video_url"] = "https://example.org/" + "v" * 300

    pdf = render_small(parse_content(data))

    assert data["exercises"][1]["video_url"] in links_of(pdf)


def test_pdf_is_tagged_titled_and_bookmarked() -> None:
    reader = PdfReader(io.BytesIO(small()))
    root = reader.trailer["/Root"]

    assert root["/Lang"] == "en"
    assert root["/MarkInfo"]["/Marked"]
    assert root["/ViewerPreferences"]["/DisplayDocTitle"]
    assert b"pdfuaid:part" in root["/Metadata"].get_object().get_data()
    assert reader.metadata is not None
    assert (reader.metadata.title, reader.metadata.author) == (
        "A small guide: Stiff hips",
        "Hill Practice",
    )
    assert [entry["/Title"] for entry in reader.outline if not isinstance(entry, list)] == [
        "How the three phases build",
        "Weeks 1 to 2: Get going",
        "What pain means",
        "When to see someone",
        "Please note",
        "Running during your plan",
        "Your plan: Two easy weeks",
        "A secret",
        "What we know, and what we don't",
        "References",
    ]


def test_headings_never_skip_a_level() -> None:
    levels = [int(tag[2:]) for tag in tags_of(small()) if re.fullmatch(r"/H[1-6]", tag)]

    jumps = [
        (one, other) for one, other in zip([0, *levels], levels, strict=False) if other > one + 1
    ]
    assert levels != []
    assert jumps == []


def pictured(**changes: Any) -> bytes:
    """The small guide with all its pictures."""
    data = samples.edition()
    for exercise in data["exercises"]:
        exercise["picture"] = {"file": "drawing.svg", "alt": f"How to {exercise['name']}."}
    practice = replace(
        PRACTICE,
        logo=page_images.DRAWING,
        logo_alt="A hill",
        photo=page_images.DRAWING,
        photo_alt="Ana",
    )
    options = {
        "practice": practice,
        "pictures": {"drawing.svg": page_images.DRAWING},
        "phone_url": "https://example.org/phone/",
    } | changes
    return render_small(parse_content(data), **options)


def test_every_picture_has_alternative_text() -> None:
    figures = [element for element in elements_of(pictured()) if element["/S"] == "/Figure"]

    assert [str(figure["/Alt"]).split(" in ")[0] for figure in figures] == [
        "A hill",
        "Ana",
        "A cake",
        "A code to scan with your phone. It opens https://example.org/phone/stiff/1/.",
        "How to Rock.",
        "How to Bridge.",
    ]


def test_what_an_exercise_leaves_empty_has_no_label() -> None:
    data = samples.edition()
    for exercise in data["exercises"]:
        exercise.update(dict.fromkeys(("target", "equipment", "position", "easier", "harder"), ""))
        exercise.update(cues=[], common_mistakes=[])

    full, bare = text_of(small()), text_of(render_small(parse_content(data)))

    labels = ("You need", "Start:", "Think of", "Watch out for:", "Easier:", "Harder:")
    assert [label for label in labels if label not in full] == []
    assert [label for label in labels if label in bare] == []


def test_missing_picture_is_left_out() -> None:
    without = pictured(pictures={})

    assert "How to Rock." not in [element.get("/Alt") for element in elements_of(without)]
    assert "Lower them." in text_of(without)


def test_table_headers_have_a_scope() -> None:
    headers = [element for element in elements_of(small()) if element["/S"] == "/TH"]

    scopes = [attribute.get("/Scope") for header in headers for attribute in listed(header["/A"])]
    assert [scope for scope in scopes if scope] == ["/Column"] * 3


def listed(value: Any) -> list[DictionaryObject]:
    value = value.get_object()
    entries = value if isinstance(value, list) else [value]
    return [entry.get_object() for entry in entries]


def test_tab_order_follows_the_structure() -> None:
    pages = PdfReader(io.BytesIO(pictured())).pages

    assert {page.get("/Tabs") for page in pages if "/Annots" in page} == {"/S"}


def test_fonts_are_embedded() -> None:
    fonts = [
        font.get_object()["/DescendantFonts"][0].get_object()["/FontDescriptor"]
        for page in PdfReader(io.BytesIO(small())).pages
        for font in page["/Resources"]["/Font"].values()
    ]

    assert fonts != []
    assert [font for font in fonts if not {"/FontFile2", "/FontFile3"} & font.keys()] == []


def test_booking_link_is_in_the_pdf() -> None:
    pdf = small(practice=replace(PRACTICE, booking_link="https://example.org/book"))

    assert "https://example.org/book" in links_of(pdf)


def test_placeholder_secret_leaves_no_trace() -> None:
    data = samples.edition()
    data["secret"]["text"] = "[To fill in by the physical therapist]"

    text = text_of(render_small(parse_content(data)))

    assert [
        word for word in ("A secret", "To fill in", "Hear first?", "Tell me") if word in text
    ] == []


def test_marks_in_the_secret_are_set_not_printed() -> None:
    data = samples.edition()
    data["secret"]["text"] = "**Soon**: [my notes](https://example.org/notes).\n- one"

    pdf = render_small(parse_content(data))

    assert "https://example.org/notes" in links_of(pdf)
    assert "Soon: my notes." in text_of(pdf)


def test_rendering_is_deterministic() -> None:
    assert small() == small()


def test_rendering_is_thread_safe() -> None:
    with ThreadPoolExecutor(4) as pool:
        rendered = list(pool.map(lambda paper: small(paper=paper), ["a4", "letter"] * 4))

    assert len(set(rendered)) == 2


def test_profile_without_plan_raises() -> None:
    with pytest.raises(PlanMissingError):
        small(profile="other")


NASTY = [
    "#strong[x] *bold* _it_ `raw` $x^2$ @ref <label> // no comment \\ /* none */",
    "<script>alert(1)</script> &amp; <b>bold</b>",
    "= no heading",
    '#image("/etc/passwd") #sys.inputs',
]


@pytest.mark.parametrize("text", NASTY)
def test_markup_prints_as_text(text: str) -> None:
    data = samples.edition()
    data["exercises"][1]["steps"] = [text]

    assert text in text_of(render_small(parse_content(data)))


@pytest.mark.parametrize(
    ("code", "said"), [("pt-BR", "pt-BR"), ("zh-Hans-cn", "zh-CN"), ("es-419", "es")]
)
def test_a_language_may_name_its_region(code: str, said: str) -> None:
    pdf = render_small(parse_content(samples.edition() | {"language": code}))

    assert PdfReader(io.BytesIO(pdf)).trailer["/Root"]["/Lang"] == said


def test_other_compiler_errors_are_raised() -> None:
    content = replace(parse_content(samples.edition()), language="no language")

    with pytest.raises(UnbuildableError, match="language"):
        render_small(content)


def test_right_to_left_text_is_printed() -> None:
    data = samples.edition()
    data["disclaimer"] = "שלום מרחבא"

    assert "\N{WHITE SQUARE}" not in text_of(render_small(parse_content(data)))


def test_missing_glyphs_print_as_boxes() -> None:
    data = samples.edition()
    data["disclaimer"] = "Well done 👩‍👩‍👧! 中 é"

    text = text_of(render_small(parse_content(data)))

    assert "Well done □□□! □ é" in text


@pytest.mark.parametrize("start", ["", "https://"])
def test_a_very_long_word_stays_on_the_page(start: str) -> None:
    data = samples.edition()
    data["exercises"][1]["steps"] = [start + "w" * 400]

    reader = PdfReader(io.BytesIO(render_small(parse_content(data))))

    lines = [
        line.replace("\u200b", "")
        for page in reader.pages
        for line in page.extract_text().splitlines()
        if "www" in line
    ]
    assert sum(line.count("w") for line in lines) == 400
    assert max(map(len, lines)) < 60


def test_long_exercise_continues_on_the_next_page() -> None:
    data = samples.edition()
    data["exercises"][1]["steps"] = [f"Step number {number}, slowly" for number in range(150)]

    text = text_of(render_small(parse_content(data)))

    assert [number for number in range(150) if f"Step number {number}," not in text] == []


@example("\0\t\ud800")
@example("\u200b")
@example("\N{EMOJI MODIFIER FITZPATRICK TYPE-6}")
@given(st.text(min_size=1, max_size=60))
def test_any_text_can_be_rendered(text: str) -> None:
    content = parse_content(samples.edition())
    exercise = replace(content.exercises[0], name=text, steps=(text,), equipment=text)
    secret = replace(content.secret, title=text, text=text)

    pdf = render_small(
        replace(content, title=text, exercises=(exercise, content.exercises[1]), secret=secret),
        practice=PracticeDetails(name=text, sign_off=text, accent=text),
    )

    assert pdf.startswith(b"%PDF-1.7")


def test_every_text_of_the_edition_is_printed() -> None:
    """Every text is printed, apart from those that only pages and emails use."""
    content = parse_content(samples.edition())
    data = to_data(content)
    for unprinted in ("emails", "slug", "language"):
        del data[unprinted]
    del data["shared_rules"]["order"]
    for exercise in data["exercises"]:
        del exercise["id"]
        for usual in ("sets", "reps", "days_per_week"):  # the plan says how much
            del exercise["dose"][usual]
    del data["profiles"][0]["key"]
    for step in data["profiles"][0]["plan"]["blocks"][0]["exercises"]:
        del step["id"]

    text = text_of(render_small(content))

    assert [leaf for leaf in leaves(data) if leaf not in text] == []


def leaves(value: Any) -> list[str]:
    if isinstance(value, str):
        return [value] if value else []
    inner = value.values() if isinstance(value, dict) else value if isinstance(value, list) else []
    return [leaf for item in inner for leaf in leaves(item)]


@pytest.mark.parametrize(
    ("accent", "expected"),
    [
        ("#0b6b5d", {"accent": "#0b6b5d", "on_accent": "#ffffff", "ink": "#0b6b5d"}),
        ("#ffee00", {"accent": "#ffee00", "on_accent": "#000000", "ink": "#786f00"}),
        ("red; url(x)", {"accent": "#0b6b5d", "on_accent": "#ffffff", "ink": "#0b6b5d"}),
    ],
)
def test_colors_have_enough_contrast(accent: str, expected: dict[str, str]) -> None:
    assert colors(accent) == expected
