"""Charts: plain SVG, in proportion, told in words too."""

from itertools import pairwise
from xml.etree import ElementTree

import pytest

from assessments.analytics.charts import Bar, Column, bar_chart, column_chart, round_above

BARS = [Bar("Started", 40, before=20), Bar("Finished", 10, part=4, before=0), Bar("Few", None)]
DAYS = [Column("Mon 2", 10, 5), Column("Tue 3", 0, 0), Column("Wed 4", 20)]
ALLOWED = {"svg", "title", "desc", "rect", "text", "line"}


def read(drawn):
    return ElementTree.fromstring(drawn)


def widths(svg, kind):
    return [each.get("width") for each in svg.findall("rect") if each.get("class") == kind]


def texts(svg):
    return [each.text for each in svg.findall("text")]


def test_bars_are_in_proportion_to_the_largest_number():
    svg = read(bar_chart("funnel", "The week", BARS))

    assert widths(svg, "full") == ["80%", "8%"]
    assert widths(svg, "hollow") == ["40%", "20%"]
    assert texts(svg) == ["Started", "40", "Finished", "10", "Few", "not shown"]


def test_columns_stand_on_the_ground_and_are_filled_in_part():
    svg = read(column_chart("days", "By day", "Most on Wednesday.", DAYS))

    full = [each for each in svg.findall("rect") if each.get("class") == "full"]
    hollow = [each for each in svg.findall("rect") if each.get("class") == "hollow"]
    assert [each.get("height") for each in hollow] == ["70", "140"]
    assert [each.get("height") for each in full] == ["35", "140"]
    assert {float(each.get("y")) + float(each.get("height")) for each in full + hollow} == {154}
    assert texts(svg) == ["0", "10", "20", "Mon 2", "Tue 3", "Wed 4"]


@pytest.mark.parametrize(
    ("drawn", "says"),
    [
        (
            bar_chart("one", "What <b> & who", BARS),
            "Started: 40, before 20; Finished: 10, filled 4, before 0; Few: not shown",
        ),
        (column_chart("one", "What <b> & who", "Said “so” & <so>.", DAYS), "Said “so” & <so>."),
    ],
)
def test_a_chart_is_said_in_words_and_carries_no_style(drawn, says):
    svg = read(drawn)

    title, desc = svg.find("title"), svg.find("desc")
    assert (title.text, desc.text) == ("What <b> & who", says)
    assert svg.get("role") == "img"
    assert svg.get("aria-labelledby").split() == [title.get("id"), desc.get("id")]
    assert {each.tag for each in svg.iter()} <= ALLOWED
    assert not any("style" in each.attrib or "xmlns" in each.attrib for each in svg.iter())


def test_nothing_to_show_draws_nothing():
    for drawn in (
        bar_chart("none", "None", []),
        bar_chart("none", "None", [Bar("Started", 0, 0, 0)]),
        column_chart("none", "None", "Nobody.", []),
        column_chart("none", "None", "Nobody.", [Column("Mon", 0, 0)]),
    ):
        assert read(drawn).findall("rect") == []


def test_long_words_take_more_lines_and_the_bars_make_room():
    long = "How long have you noticed the tightness in the front of one or both of your hips?"
    short, tall = (read(bar_chart("one", "One", [Bar(label, 3)])) for label in ("Short", long))

    assert " ".join(texts(tall)[:-1]) == long
    assert int(tall.get("height")) == int(short.get("height")) + 18


@pytest.mark.parametrize("days", [1, 2, 7, 8, 30, 31, 90, 366])
def test_words_under_columns_do_not_meet_or_stick_out(days):
    svg = read(column_chart("days", "Days", "", [Column("29 Nov", 1, 1)] * days))

    words = [float(each.get("x")[:-1]) for each in svg.findall("text") if each.text == "29 Nov"]
    gaps = [later - sooner for sooner, later in pairwise(words)]
    assert 1 <= len(words) <= 6
    assert words[-1] <= 88
    assert all(gap >= 14 for gap in gaps)


@pytest.mark.parametrize(
    ("number", "end"),
    [
        (0, 2),
        (1, 2),
        (2, 2),
        (3, 4),
        (5, 6),
        (9, 10),
        (10, 10),
        (11, 20),
        (25, 30),
        (99, 100),
        (242, 300),
    ],
)
def test_a_scale_ends_with_a_round_even_number(number, end):
    assert round_above(number) == end
