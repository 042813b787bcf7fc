"""SVG charts: proportions, labels, and the description for screen readers."""

from itertools import pairwise
from xml.etree import ElementTree

import pytest
from django.utils.translation import override

from assessments.analytics.charts import (
    Bar,
    Column,
    Flow,
    bar_chart,
    column_chart,
    flow_chart,
    round_above,
)

BARS = [Bar("Started", 40, before=20), Bar("Finished", 10, part=4, before=0), Bar("Few", None)]
DAYS = [Column("Mon 2", 10, 5), Column("Tue 3", 0, 0), Column("Wed 4", 20)]
ALLOWED = {"svg", "title", "desc", "rect", "text", "line"}


def read(drawn):
    return ElementTree.fromstring(drawn)


def widths(svg, kind):
    return [rect.get("width") for rect in svg.findall("rect") if rect.get("class") == kind]


def texts(svg):
    return [element.text for element in svg.findall("text")]


def test_bars_are_proportional_to_the_largest_number():
    svg = read(bar_chart("funnel", "The week", BARS))

    assert widths(svg, "full") == ["80%", "8%"]
    assert widths(svg, "hollow") == ["40%", "20%"]
    assert texts(svg) == ["Started", "40", "Finished", "10", "Few", "not shown"]


def test_columns_start_at_the_baseline_and_are_partly_filled():
    svg = read(column_chart("days", "By day", "Most on Wednesday.", DAYS))

    full = [rect for rect in svg.findall("rect") if rect.get("class") == "full"]
    hollow = [rect for rect in svg.findall("rect") if rect.get("class") == "hollow"]
    assert [rect.get("height") for rect in hollow] == ["70", "140"]
    assert [rect.get("height") for rect in full] == ["35", "140"]
    assert {float(rect.get("y")) + float(rect.get("height")) for rect in full + hollow} == {154}
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
def test_chart_has_a_description_and_no_inline_style(drawn, says):
    svg = read(drawn)

    title, desc = svg.find("title"), svg.find("desc")
    assert (title.text, desc.text) == ("What <b> & who", says)
    assert svg.get("role") == "img"
    assert svg.get("aria-labelledby").split() == [title.get("id"), desc.get("id")]
    assert {element.tag for element in svg.iter()} <= ALLOWED
    assert not any("style" in el.attrib or "xmlns" in el.attrib for el in svg.iter())


def test_description_speaks_the_language_of_the_desk():
    flows = [Flow("Stiff", "Strong", 12), Flow("Stiff", "Weak", None)]
    with override("es"):
        bars, bands = read(bar_chart("one", "Embudo", BARS)), read(flow_chart("two", "Qué", flows))

    said = "Started: 40, antes 20; Finished: 10, relleno 4, antes 0; Few: no se muestra"
    assert bars.find("desc").text == said
    said = "De Stiff a Strong: 12; De Stiff a Weak: no se muestra"
    assert bands.find("desc").text == said


def test_empty_chart_draws_no_shapes():
    for drawn in (
        bar_chart("none", "None", []),
        bar_chart("none", "None", [Bar("Started", 0, 0, 0)]),
        column_chart("none", "None", "Nobody.", []),
        column_chart("none", "None", "Nobody.", [Column("Mon", 0, 0)]),
    ):
        assert read(drawn).findall("rect") == []


def test_long_labels_wrap_and_move_the_bars_down():
    long = "How long have you noticed the tightness in the front of one or both of your hips?"
    short, tall = (read(bar_chart("one", "One", [Bar(label, 3)])) for label in ("Short", long))

    assert " ".join(texts(tall)[:-1]) == long
    assert int(tall.get("height")) == int(short.get("height")) + 18


@pytest.mark.parametrize("days", [1, 2, 7, 8, 30, 31, 90, 366])
def test_column_labels_do_not_overlap_or_overflow(days):
    svg = read(column_chart("days", "Days", "", [Column("29 Nov", 1, 1)] * days))

    labels = [el for el in svg.findall("text") if el.text == "29 Nov"]
    positions = [float(label.get("x")[:-1]) for label in labels]
    gaps = [after - before for before, after in pairwise(positions)]
    assert 1 <= len(positions) <= 6
    assert positions[-1] <= 88
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
def test_scale_ends_at_a_round_even_number(number, end):
    assert round_above(number) == end


def test_flows_of_one_name_stand_together_on_both_sides():
    flows = [Flow("A", "Stop", 40, marked=True), Flow("B", "C", 20), Flow("A", "C", None)]
    svg = read(flow_chart("flow", "Who moves", flows))

    bands = svg.find("svg").findall("path")
    assert [(band.get("class"), band.get("d").split("C")[0]) for band in bands] == [
        ("band marked", "M0 0"),
        ("band", "M0 140"),
        ("band", "M0 110"),
    ]
    assert [band.get("d").split("100 ")[1].split("V")[0] for band in bands] == ["0", "122", "177"]
    assert texts(svg) == ["40", "20", "not shown", "A", "B", "Stop", "C"]
    assert svg.find("desc").text == "From A to Stop: 40; From B to C: 20; From A to C: not shown"
