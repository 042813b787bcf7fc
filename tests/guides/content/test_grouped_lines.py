"""Lines in groups, each below the line that leads it."""

from guides.content.grouped_lines import grouped


def test_a_line_with_a_colon_leads_those_below_it() -> None:
    lines = ["Before.", "Call now if:", "One.", "Two.", "Book a visit if:", "Three."]

    assert grouped(lines) == (
        ("", ("Before.",)),
        ("Call now if:", ("One.", "Two.")),
        ("Book a visit if:", ("Three.",)),
    )


def test_lines_without_a_lead_are_one_group() -> None:
    assert grouped(["One.", "Two."]) == (("", ("One.", "Two.")),)
