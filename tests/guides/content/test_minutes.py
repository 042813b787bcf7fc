from dataclasses import replace

import pytest

from guides.content import parse_content, rest_seconds, session_minutes
from guides.content.minutes import rep_seconds, step_seconds
from tests.guides import samples

DOSE = replace(parse_content(samples.edition()).exercises[0].dose, rest_seconds=60, tempo=None)


@pytest.mark.parametrize(
    ("text", "seconds"),
    [
        ("1 x 10", 10 * 4),
        ("3 x 10", 3 * 10 * 4 + 2 * 60),
        ("1 x 8 each side", 2 * 8 * 4 + 5),
        ("2 x 8 each side, kickstand", 2 * (2 * 8 * 4 + 5) + 60),
        ("2 x 10 steps each way", 2 * (2 * 10 * 4 + 5) + 60),
        ("2 x 15 s each side", 2 * (2 * 15 + 5) + 60),
        ("2 x 20 seconds", 2 * 20 + 60),
        ("2 x 15 s por lado", 2 * (2 * 15 + 5) + 60),
        ("2 x 10, two legs", 2 * 10 * 4 + 60),
        ("2 x 8-10 steps", 2 * 9 * 4 + 60),
        ("2 \u00d7 8", 2 * 8 * 4 + 60),
        ("2 x 10 s, only if pain was 0 to 1 all week", 2 * 10 + 60),
        ("as often as you like", None),
    ],
)
def test_dose_of_a_plan_takes_this_long(text: str, seconds: int | None) -> None:
    assert step_seconds(DOSE, text) == seconds


@pytest.mark.parametrize(
    ("tempo", "seconds"),
    [
        ("2 up, 2 hold, 3 down", 7),
        ("1 up, 3-4 down", 4.5),
        ("3-second hold", 3),
        ("1.5 over", 1.5),
        ("slow", 4),
        ("", 4),
        (None, 4),
    ],
)
def test_pace_decides_how_long_a_rep_takes(tempo: str | None, seconds: float) -> None:
    assert rep_seconds(tempo) == seconds


def test_one_set_needs_no_rest() -> None:
    texts = ("1 x 8 each side", "2 x 8", "a few")

    assert [rest_seconds(DOSE, text) for text in texts] == [0, 60, 60]


def test_session_includes_getting_into_place_and_ends_on_a_whole_minute() -> None:
    assert session_minutes([(DOSE, "1 x 15")]) == 1
    assert session_minutes([(DOSE, "1 x 15"), (DOSE, "1 x 8")]) == 3  # 60 + 30 + 32 seconds


def test_session_with_an_unreadable_dose_has_no_minutes() -> None:
    assert session_minutes([(DOSE, "1 x 15"), (DOSE, "a few")]) is None
    assert session_minutes([]) is None
