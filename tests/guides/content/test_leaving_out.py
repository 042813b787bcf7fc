from typing import Any

import pytest

from guides.content import ContentError, DoseWords, GuideContent, parse_content, parse_library
from tests.guides import samples

SAFE: dict[str, Any] = samples.EXERCISE | {"id": "safe", "name": "Safe one"}
MILD: dict[str, Any] = samples.EXERCISE | {
    "id": "mild",
    "name": "Mild one",
    "skip_for": ["heart"],
    "instead": "safe",
}


def content(*steps: str, **skips: dict[str, Any]) -> GuideContent:
    """An edition whose plan has these exercises. `skips` adds to the bridge or the rock."""
    data = samples.edition()
    data["exercises"] = [
        exercise | skips.get(exercise["id"], {}) for exercise in data["exercises"]
    ] + [SAFE, MILD]
    block = data["profiles"][0]["plan"]["blocks"][0]
    block["exercises"] = [{"id": step, "dose": "3 x 3"} for step in steps]
    return parse_content(data)


def session(guide: GuideContent, *checked: str, **words: str) -> list[tuple[str, str]]:
    plan = guide.for_runner("stiff", checked, DoseWords(**words)).plan("stiff")
    return [(step.id, step.dose) for step in plan.blocks[0].exercises] if plan else []


def test_nobody_else_leaves_an_exercise_out() -> None:
    guide = content("bridge", "rock", bridge={"skip_for": ["pregnant"], "instead": "safe"})

    assert session(guide, "heart") == [("bridge", "3 x 3"), ("rock", "3 x 3")]


def test_replacement_has_its_own_usual_dose() -> None:
    guide = content("bridge", "rock", bridge={"skip_for": ["pregnant"], "instead": "safe"})

    assert session(guide, "pregnant") == [("safe", "2 x 10 each side"), ("rock", "3 x 3")]
    assert session(guide, "pregnant", each_side="%(much)s por lado")[0][1] == "2 x 10 por lado"


def test_exercise_without_replacement_is_dropped() -> None:
    guide = content("bridge", "rock", bridge={"skip_for": ["pregnant"]})

    assert session(guide, "pregnant") == [("rock", "3 x 3")]


def test_replacement_that_is_left_out_too_is_replaced_by_the_next() -> None:
    guide = content("bridge", bridge={"skip_for": ["pregnant"], "instead": "mild"})

    assert session(guide, "pregnant") == [("mild", "2 x 10 each side")]
    assert session(guide, "pregnant", "heart") == [("safe", "2 x 10 each side")]


@pytest.mark.parametrize("steps", [("bridge", "safe"), ("safe", "bridge"), ("bridge", "rock")])
def test_replacement_is_not_done_twice_in_a_session(steps: tuple[str, ...]) -> None:
    skip = {"skip_for": ["pregnant"], "instead": "safe"}

    assert [step for step, _ in session(content(*steps, bridge=skip, rock=skip), "pregnant")] == [
        "safe"
    ]


def test_plan_of_which_nothing_remains_is_gone() -> None:
    guide = content("bridge", bridge={"skip_for": ["pregnant"]})

    assert guide.for_runner("stiff", {"pregnant"}).profile("stiff") is None


def test_guide_for_a_runner_holds_one_plan_and_nothing_left_out() -> None:
    guide = content("bridge", "rock", bridge={"skip_for": ["pregnant"]})

    mine = guide.for_runner("stiff", {"pregnant"})

    assert [exercise.id for exercise in mine.exercises] == ["rock", "safe", "mild"]
    assert [profile.key for profile in mine.profiles] == ["stiff"]
    assert guide.for_runner("other", ()).profiles == ()


def test_what_is_left_out_comes_with_reason_and_replacement() -> None:
    guide = content(
        "bridge",
        "rock",
        bridge={"skip_for": ["pregnant", "heart"], "instead": "mild"},
        rock={"skip_for": ["heart"]},
    )

    left_out = [
        (each.exercise.id, each.instead and each.instead.id, each.checked)
        for each in guide.left_out("stiff", {"heart"})
    ]

    assert left_out == [("rock", None, ("heart",)), ("bridge", "safe", ("heart",))]
    assert guide.left_out("stiff", {"under18"}) == ()
    assert guide.left_out("other", {"heart"}) == ()


@pytest.mark.parametrize(
    ("dose", "usual"),
    [
        ({"sets": "2-3", "reps": "8-10 steps"}, "2 x 8 steps each side"),
        ({"reps": None, "seconds": "15\u201320"}, "2 x 15 s each side"),
        ({"reps": "12", "per_side": False}, "2 x 12"),
    ],
)
def test_usual_dose_has_the_lower_numbers(dose: dict[str, Any], usual: str) -> None:
    safe = SAFE | {"id": "usual", "dose": SAFE["dose"] | dose}
    data = samples.edition()
    data["exercises"][1] |= {"skip_for": ["pregnant"], "instead": "usual"}
    data["exercises"].append(safe)

    assert session(parse_content(data), "pregnant")[0] == ("usual", usual)


@pytest.mark.parametrize(
    ("instead", "faults"),
    [
        ({"rock": "missing"}, ["exercises[0].instead: “missing” is not an exercise."]),
        ({"rock": "rock"}, ["exercises[0].instead: leads back to the exercise itself."]),
        (
            {"rock": "bridge", "bridge": "rock"},
            [f"exercises[{index}].instead: leads back to the exercise itself." for index in (0, 1)],
        ),
        ({"rock": "bridge", "bridge": ""}, []),
        (
            {"rock": "Not A Key"},
            ["exercises[0].instead: must be 1 to 64 small letters, digits, “-” or “_”."],
        ),
    ],
)
@pytest.mark.parametrize(
    ("parse", "data"), [(parse_library, samples.library), (parse_content, samples.edition)]
)
def test_what_is_done_instead_must_exist_and_not_lead_back(
    parse: Any, data: Any, instead: dict[str, str], faults: list[str]
) -> None:
    changed = data()
    for exercise in changed["exercises"]:
        exercise["instead"] = instead.get(exercise["id"], "")

    found = []
    try:
        parse(changed)
    except ContentError as error:
        found = [str(fault) for fault in error.faults]

    assert found == faults


def test_known_exercise_may_be_done_instead() -> None:
    data = samples.library()
    data["exercises"][0]["instead"] = "older"

    assert parse_library(data, known={"older"}).exercises[0].instead == "older"
