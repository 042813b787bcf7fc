"""Marks in emails: how a text reads without them, and which lines are one list."""

import pytest

from guides.content import EmailContent
from guides.content.marks import paragraphs, partial_links, plain_text


@pytest.mark.parametrize(
    ("marked", "plain"),
    [
        ("A **bold** word and *another*.", "A bold word and another."),
        ("- one\n- **two**", "- one\n- two"),
        ("* one\n+ two", "- one\n- two"),
        ("1. one\n2) two", "1. one\n2) two"),
        ("See [my notes](https://example.org/a_b).", "See my notes (https://example.org/a_b)."),
        ("[*My* notes](https://example.org)", "My notes (https://example.org)"),
        ("[https://example.org](https://example.org)", "https://example.org"),
        ("[Write](mailto:me@example.org)", "Write (me@example.org)"),
        (r"A \*star\*", "A *star*"),
        ("![x](https://example.org/a.png)", "!x (https://example.org/a.png)"),
    ],
)
def test_plain_text_reads_on_its_own(marked: str, plain: str) -> None:
    assert plain_text(marked) == plain


@pytest.mark.parametrize(
    "text",
    [
        "Hi,",
        "10 High Street, Flat 2, Leeds",
        "tight_hips_guide and me_too@example.org",
        "2 * 3 * 4 < 5 & 6",
        "https://example.org/my_page_2?a=1&b=2",
        "A note* and its star, -5 or 3.5",
        "[To fill in]",
        "It's “so”, isn't it?",
    ],
)
def test_texts_without_marks_stay_as_they_are(text: str) -> None:
    assert plain_text(text) == text
    assert [*paragraphs([text])] == [text]


def test_list_lines_in_a_row_are_one_list() -> None:
    lines = ["Inside:", "- a plan", "- drawings", "Bye", "1. Print it"]

    assert [*paragraphs(lines)] == ["Inside:", "- a plan\n- drawings", "Bye", "1. Print it"]


def test_links_that_lead_nowhere_from_an_email() -> None:
    text = "[a](www.example.org) [b](https://example.org)\n- [c](/check/) [d](mailto:a@example.org)"

    assert [*partial_links(text)] == ["www.example.org", "/check/"]


def test_the_values_of_variables_hold_no_marks() -> None:
    email = EmailContent(subject="{practice}", preview="-", body=("*{practice}*",), button="Go")

    filled = email.filled(practice="A*B*C [x]", guide="", days=1)

    assert filled.subject == "A*B*C [x]"
    assert plain_text(filled.body[0]) == "A*B*C [x]"
