"""Content in which parts are taken over: what comes, what goes, and what stays."""

from dataclasses import replace
from typing import Any

import pytest

from guides.default_content.parts import (
    SECTIONS,
    Content,
    PartId,
    Sources,
    all_parts,
    merged,
    replaced,
    taken,
    with_additions,
)
from tests.assessments.small import small
from tests.guides import samples


def content() -> Any:
    return Content(check=small(), library=samples.library(), guide=samples.guide())


@pytest.fixture
def sources() -> Sources:
    """Three equal editions, to be changed."""
    return Sources(mine=content(), base=content(), offered=content())


def check(content: Content) -> Any:
    return content.check


def library(content: Content) -> Any:
    return content.library


def ids(*texts: str) -> set[PartId]:
    return {PartId.read(text) for text in texts}


def keys(entries: Any) -> list[str]:
    return [entry.get("key") or entry["id"] for entry in entries]


def entry(key: str, **more: Any) -> dict[str, Any]:
    return {"key": key, **more}


@pytest.mark.parametrize(
    ("mine", "base", "offered", "result"),
    [
        ("a b", "a b", "a b c", "a b c"),
        ("a b", "a b", "b", "b"),
        ("a own b", "a b", "a b", "a own b"),
        ("own a", "a", "a", "own a"),
        ("a b own", "a b", "b a", "b a own"),
        ("a own other", "a", "a b", "a own other b"),
        ("b own", "a b", "a b", "a b own"),
        ("a own", "a", "own", "own"),
        ("a own", "", "b", "a own b"),
    ],
)
def test_additions_stay_after_what_they_stood_after(
    mine: str, base: str, offered: str, result: str
) -> None:
    lists = ([entry(key) for key in text.split()] for text in (mine, base, offered))

    assert keys(with_additions(*lists, "key")) == result.split()


@pytest.mark.parametrize("section", SECTIONS)
def test_one_section_is_taken_over_alone(sources: Sources, section: str) -> None:
    offered = check(sources.offered)
    offered["safety"]["intro"] = "Other"
    for key in ("questions", "dimensions", "profiles", "notices", "faq"):
        offered[key] = [*offered[key], entry("new", name="new")]
    offered |= {"why": {"title": "Why"}, "cases": [{"name": "Ana"}], "minutes": 9, "slug": "other"}
    own = {"texts": ("minutes",), **SECTIONS} | ({"texts": ("minutes",)})

    result = check(merged(sources, ids(section)))

    changed = {key for key in result if result[key] != small().get(key)}
    assert changed == {*own[section]} - {"confidence"}
    assert result["slug"] == "small"


def test_what_the_offered_edition_dropped_goes(sources: Sources) -> None:
    check(sources.offered)["notices"] = []
    del check(sources.offered)["disclaimers"]

    result = merged(sources, ids("advice", "texts"))

    assert check(result)["notices"] == []
    assert "disclaimers" not in check(result)


def test_own_safety_levels_stay(sources: Sources) -> None:
    check(sources.mine)["safety"]["levels"]["own"] = {"rank": 3}
    check(sources.offered)["safety"]["levels"]["new"] = {"rank": 4}

    levels = check(merged(sources, ids("safety")))["safety"]["levels"]

    assert [*levels] == ["stop", "wait", "new", "own"]


def test_one_exercise_keeps_the_order_of_the_others(sources: Sources) -> None:
    library(sources.mine)["exercises"].reverse()
    library(sources.offered)["exercises"].insert(1, samples.EXERCISE | {"id": "march"})
    library(sources.offered)["exercises"][0]["name"] = "Rock on"

    result = library(merged(sources, ids("exercise:march", "exercise:rock")))

    assert [each["name"] for each in result["exercises"]] == ["Bridge", "Rock on", "Bridge"]
    assert keys(result["exercises"]) == ["bridge", "rock", "march"]


def test_dropped_exercises_and_plans_go_if_taken_over(sources: Sources) -> None:
    library(sources.offered)["exercises"] = library(sources.offered)["exercises"][:1]
    library(sources.offered)["plans"] = {}

    assert all_parts(sources) >= ids("exercise:bridge", "plan:stiff")
    result = library(merged(sources, ids("exercise:bridge", "plan:stiff")))

    assert (keys(result["exercises"]), result["plans"]) == (["rock"], {})


def test_own_exercises_are_no_part_of_the_offer(sources: Sources) -> None:
    library(sources.mine)["exercises"].append(samples.EXERCISE | {"id": "own"})

    assert PartId("exercise", "own") not in all_parts(sources)
    everything = merged(sources, all_parts(sources))
    assert keys(library(everything)["exercises"]) == ["rock", "bridge", "own"]
    assert keys(library(replaced(sources))["exercises"]) == ["rock", "bridge"]


def test_guide_and_its_emails_are_taken_over_apart(sources: Sources) -> None:
    offered: Any = sources.offered.guide
    offered["title"], offered["slug"] = "Another guide", "other"
    offered["emails"] = {"guide": offered["emails"]["guide"] | {"button": "Go"}}

    texts: Any = merged(sources, ids("guide")).guide
    emails: Any = merged(sources, ids("emails")).guide

    assert (texts["title"], texts["slug"]) == ("Another guide", "small-guide")
    assert texts["emails"] == samples.GUIDE["emails"]
    assert (emails["title"], emails["emails"]["guide"]["button"]) == ("A small guide", "Go")
    assert [*emails["emails"]] == ["guide"]


def test_files_that_are_not_offered_stay(sources: Sources) -> None:
    nothing = replace(sources, offered=Content())

    assert all_parts(nothing) == frozenset()
    assert merged(nothing, ids("safety", "rules", "guide")) == sources.mine
    assert replaced(nothing) == sources.mine


def test_what_is_taken_is_noted_part_by_part(sources: Sources) -> None:
    check(sources.mine)["title"] = "Mine"
    check(sources.offered)["title"] = "Theirs"
    check(sources.offered)["faq"][0]["answer"] = "No."

    noted = check(taken(sources, ids("faq")))

    assert noted["title"] == "Small check"
    assert noted["faq"][0]["answer"] == "No."
    assert taken(replace(sources, base=Content()), ids("faq")) == Content()
