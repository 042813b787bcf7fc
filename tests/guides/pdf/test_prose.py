"""The Markdown of a self-check's texts, as the templates get it."""

from typing import Any

from guides.pdf.prose import prose


def span(text: str, *, strong: bool = False, emph: bool = False, url: str = "") -> dict[str, Any]:
    return {"text": text, "strong": strong, "emph": emph, "url": url}


def test_blank_lines_part_paragraphs() -> None:
    assert prose("One.\n\nTwo\nlines.") == [
        {"kind": "par", "items": [[span("One.")]]},
        {"kind": "par", "items": [[span("Two"), span("\n"), span("lines.")]]},
    ]


def test_emphasis_and_links() -> None:
    assert prose("A **bold *and* b** [link](https://example.org/a).") == [
        {
            "kind": "par",
            "items": [
                [
                    span("A "),
                    span("bold ", strong=True),
                    span("and", strong=True, emph=True),
                    span(" b", strong=True),
                    span(" "),
                    span("link", url="https://example.org/a"),
                    span("."),
                ]
            ],
        }
    ]


def test_lists() -> None:
    assert prose("Do:\n\n- one\n- two\n\n1. first\n\nThen stop.") == [
        {"kind": "par", "items": [[span("Do:")]]},
        {"kind": "list", "items": [[span("one")], [span("two")]]},
        {"kind": "enum", "items": [[span("first")]]},
        {"kind": "par", "items": [[span("Then stop.")]]},
    ]


def test_a_paragraph_of_a_list_item_stays_in_its_list() -> None:
    assert prose("- one\n\n  more\n- two") == [
        {"kind": "list", "items": [[span("one")], [span("more")], [span("two")]]}
    ]


def test_html_and_unsafe_links_are_plain_text() -> None:
    [part] = prose("<b>x</b> [y](javascript:alert)")

    assert part["items"] == [[span("<b>x</b> [y](javascript:alert)")]]


def test_nothing_gives_nothing() -> None:
    assert prose("") == []
