"""Parts that can't be taken over without others."""

import json
from copy import deepcopy
from pathlib import Path
from typing import Any

import pytest

from assessments.definition import parse
from guides.content import parse_guide, parse_library
from guides.default_content.parts import Content, PartId, Sources, all_parts, merged
from guides.default_content.references import Together, together
from tests.assessments.small import small
from tests.guides import samples
from tests.guides.default_content.test_parts import ids
from tests.support.first_edition import FOLDER


def content() -> Any:
    return Content(check=small(), library=samples.library(), guide=samples.guide())


@pytest.fixture
def sources() -> Any:
    return Sources(mine=content(), base=content(), offered=content())


def rename(check: Any, old: str, new: str) -> None:
    """Another key and name for a score area, wherever it's used."""
    for area in check["dimensions"]:
        if area["key"] == old:
            area |= {"key": new, "label": new.capitalize()}
    for question in check["questions"]:
        for option in (*question.get("choices", ()), *question.get("bands", ())):
            if old in option["points"]:
                option["points"][new] = option["points"].pop(old)
    for profile in check["profiles"]:
        for condition in (condition for way in profile["rule"] for condition in way):
            if condition.get("score") == old:
                condition["score"] = new


def test_independent_parts_are_taken_over_alone(sources: Any) -> None:
    sources.offered.check["safety"]["intro"] = "Other"

    assert together(sources, ids("safety")) == Together(parts=frozenset(ids("safety")))


def test_what_refers_to_something_that_goes_comes_along(sources: Any) -> None:
    rename(sources.offered.check, "reach", "legs")

    both = together(sources, ids("areas"))

    assert both.parts == ids("areas", "questions", "results")
    assert both.obstacles == ()
    assert both.reasons == {
        PartId("questions"): "The question “How far do you reach?” uses the score area “Reach”, "
        "which goes",
        PartId("results"): "The result type “Reach first” uses the score area “Reach”, which goes",
    }


def test_what_a_part_refers_to_comes_along(sources: Any) -> None:
    sources.offered.library["exercises"].append(samples.EXERCISE | {"id": "march", "name": "March"})
    block = sources.offered.library["plans"]["stiff"]["blocks"][0]
    block["exercises"].append({"id": "march", "dose": "2 x 8"})
    sources.offered.library["exercises"][0]["instead"] = "march"

    assert together(sources, ids("plan:stiff")).reasons == {
        PartId("exercise", "march"): "The plan “Two easy weeks” uses the exercise “March”"
    }
    assert together(sources, ids("exercise:rock")).reasons == {
        PartId("exercise", "march"): "The exercise “Rock” uses the exercise “March”"
    }
    assert together(sources, ids("exercise:march")).reasons == {}


def test_next_plan_comes_along(sources: Any) -> None:
    sources.offered.library["plans"] |= {"strong": {**samples.PLAN, "title": "Get strong"}}
    sources.offered.library["plans"]["stiff"] |= {"next_plan": "strong"}

    reasons = together(sources, ids("plan:stiff")).reasons

    assert reasons[PartId("plan", "strong")] == (
        "The plan “Two easy weeks” leads on to the plan “Get strong”"
    )


def test_a_plan_goes_with_its_result_type(sources: Any) -> None:
    offered = sources.offered
    del offered.check["profiles"][0]
    offered.library["plans"] = {}

    both = together(sources, ids("results"))

    assert both.parts == ids("results", "plan:stiff")
    assert both.obstacles == ()


def test_answers_levels_and_faq_are_followed(sources: Any) -> None:
    check = sources.offered.check
    check["questions"][0]["choices"][0]["key"] = "shin"
    check["notices"][2]["rule"] = [[{"answer": "touch", "in": ["shin"]}]]
    check["faq"][0]["key"] = "jog"
    check["notices"][1]["faq"] = check["notices"][2]["faq"] = "jog"

    both = together(sources, ids("faq"))

    assert both.parts == ids("faq", "advice", "questions")
    assert both.reasons == {
        PartId("advice"): "The extra advice “Only short runs.” uses the question that runners ask "
        "“Can I run?”, which goes",
        PartId("questions"): "The extra advice “Only flat runs.” uses the answer “My knees”",
    }


def test_own_additions_stand_in_the_way_of_what_they_use(sources: Any) -> None:
    own = deepcopy(small()["questions"][0]) | {"key": "own", "text": "And with a bent knee?"}
    sources.mine.check["questions"].append(own)
    rename(sources.offered.check, "reach", "legs")

    both = together(sources, ids("questions"))

    assert both.parts == ids("questions", "areas", "results")
    assert both.obstacles == (
        "The question “And with a bent knee?” uses the score area “Reach”, which goes.",
    )


def test_rewording_makes_nothing_the_pts_own(sources: Any) -> None:
    sources.mine.check["questions"][0]["text"] = "How low do you get?"
    rename(sources.offered.check, "reach", "legs")

    both = together(sources, ids("areas"))

    assert (both.parts, both.obstacles) == (ids("areas", "questions", "results"), ())


def test_own_safety_level_must_not_be_as_serious_as_another(sources: Any) -> None:
    levels = sources.mine.check["safety"]["levels"]
    levels["own"] = levels["wait"] | {"rank": 3, "title": "Call us"}
    offered = sources.offered.check["safety"]["levels"]
    offered["soon"] = offered["wait"] | {"rank": 3, "title": "Be seen soon"}

    assert together(sources, ids("safety")).obstacles == (
        "The safety levels “Be seen soon” and “Call us” are both as serious as 3.",
    )


def test_cases_and_left_out_exercises_hold_nothing_back(sources: Any) -> None:
    sources.offered.check["cases"] = [
        {"name": "Ana", "answers": {"gone": "x"}, "safety": ["gone"], "expect": {"profile": "gone"}}
    ]
    sources.offered.library["exercises"][0]["skip_for"] = ["gone"]

    assert together(sources, ids("cases", "exercise:rock")) == Together(
        parts=frozenset(ids("cases", "exercise:rock"))
    )


def files(folder: Path) -> Content:
    check, library, guide = (
        json.loads((folder / f"{name}.json").read_text("utf-8"))
        for name in ("tight-hips", "exercises", "strength-guide")
    )
    return Content(check=check, library=library, guide=guide)


FIRST, TODAY = files(FOLDER), files(samples.CONTENT)
UPDATE = Sources(mine=FIRST, base=FIRST, offered=TODAY)


@pytest.mark.parametrize("part", sorted(all_parts(UPDATE)), ids=str)
def test_each_part_of_today_fits_into_the_first_edition(part: PartId) -> None:
    both = together(UPDATE, {part})

    assert both.obstacles == ()
    content = merged(UPDATE, both.parts)
    parse(content.check)
    parse_library(content.library)
    parse_guide(content.guide)
