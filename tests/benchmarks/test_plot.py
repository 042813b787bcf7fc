"""Charts of growing cost."""

from xml.etree import ElementTree

from benchmarks.comparison import Measured
from benchmarks.growth.plot import drawn
from benchmarks.growth.series import Point
from benchmarks.rows.pages import ROWS
from benchmarks.turns import Turn

SVG = "{http://www.w3.org/2000/svg}"


def point(work: str, number: int, what: str, *, cpu: float, rate: float = 1.0) -> Point:
    turn = Turn(done=100, seconds=100 / rate, cpu=100 * cpu)
    return Point(work, number, what, Measured(ROWS[0], 1.0, (1.0, 1.0), None, turn, turn))


def test_each_panel_shows_its_works_as_multiples_of_their_first():
    svg = ElementTree.fromstring(
        drawn(
            [
                [point("Page", 6, "questions", cpu=2.0), point("Page", 30, "questions", cpu=3.0)],
                [point("Form", 6, "questions", cpu=1.0), point("Form", 30, "questions", cpu=4.0)],
                [point("Page", 10, "answers", cpu=1.0), point("Page", 1_000, "answers", cpu=1.0)],
                [
                    point("Page", 1, "workers", cpu=1.0, rate=10.0),
                    point("Page", 2, "workers", cpu=1.0, rate=20.0),
                ],
            ]
        )
    )

    panels = svg.findall(f"{SVG}g")
    assert [words(panel) for panel in panels] == [
        ["CPU time of a request, by questions", "0 times", "1 times", "2 times", "3 times", "4 times", "6", "30"],
        ["CPU time of a request, by answers stored", "0 times", "1 times", "2 times", "10", "1,000"],
        ["Requests a second, by workers", "0 times", "1 times", "2 times", "1", "2"],
    ]  # fmt: skip
    assert [lines(panel) for panel in panels] == [
        ["M75.0 112.5L225.0 93.8", "M75.0 112.5L225.0 0.0"],
        ["M75.0 75.0L225.0 75.0"],
        ["M75.0 75.0L225.0 0.0"],
    ]
    assert words(svg, "./") == ["Page", "Form"]


def words(part, where=".//"):
    return [each.text for each in part.findall(f"{where}{SVG}text")]


def lines(part):
    return [each.get("d") for each in part.findall(f"{SVG}path") if each.get("stroke-width")]
