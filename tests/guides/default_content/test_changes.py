"""What would change in the drafts, in words, and what of it the PT did herself."""

from dataclasses import replace
from typing import Any

import pytest

from guides.default_content.changes import Line, lines
from guides.default_content.parts import Content, Sources, all_parts, merged, replaced
from tests.assessments.small import small
from tests.guides import samples

CHANGED = "You changed this."


@pytest.fixture
def sources() -> Any:
    def content() -> Any:
        return Content(check=small(), library=samples.library(), guide=samples.guide())

    return Sources(mine=content(), base=content(), offered=content())


def coming(sources: Sources) -> list[tuple[str, str, str]]:
    return told(lines(sources, merged(sources, all_parts(sources)), drawn={}, offered={}))


def told(found: list[Line]) -> list[tuple[str, str, str]]:
    return [(str(line.part), str(line), line.own) for line in found]


def test_equal_content_has_no_changes(sources: Any) -> None:
    sources.mine.library["exercises"].reverse()

    assert coming(sources) == []


def test_each_change_belongs_to_its_part(sources: Any) -> None:
    offered = sources.offered
    check, library, guide = offered.check, offered.library, offered.guide
    check |= {"minutes": 9, "why": {"title": "Why", "text": "Because."}, "slug": "other"}
    check["confidence"]["low"] = 20
    library["meta"] = {"version": "2", "status": ""}
    library["exercises"][0]["easier"] = "Sit."
    library["plans"]["stiff"]["blocks"][0]["goal"] = "Start"
    guide["references"] = []
    guide["emails"]["follow_up"]["button"] = "Go"

    assert {(part, text) for part, text, _ in coming(sources)} == {
        ("texts", "Minutes: 2 becomes 9."),
        ("areas", "A rough guess from: 25 becomes 20."),
        ("why", "The why, title is now “Why”."),
        ("why", "The why, the words is now “Because.”."),
        ("rules", "Rules for all exercises, version is now “2”."),
        ("guide", "Source “Someone 2015” is removed."),
        ("exercise:rock", "Exercise “Rock”, easier version: “Lift halfway.” becomes “Sit.”."),
        ("emails", "Email, that invites them to retake the check, button: “Start” becomes “Go”."),
        (
            "plan:stiff",
            "Plan for “Reach first”, weeks “1 to 2”, goal: “Get going” becomes “Start”.",
        ),
    }


def test_what_the_pt_did_is_marked(sources: Any) -> None:
    mine, offered = sources.mine, sources.offered
    mine.check["questions"][0] |= {"text": "Mine?", "help": "Mine too."}
    offered.check["questions"][0]["text"] = "Theirs?"
    offered.check["questions"][1]["text"] = "How sore?"
    del mine.check["faq"][1]
    mine.check["notices"].append({"key": "own", "rule": [[]], "text": "Own advice."})
    mine.library["exercises"][0]["name"] = "My rock"

    assert told(lines(sources, replaced(sources), drawn={}, offered={})) == [
        ("questions", "Question “Mine?”, the words: “Mine?” becomes “Theirs?”.", CHANGED),
        (
            "questions",
            "Question “Mine?”, the help line: “Mine too.” becomes “Warm up first.”.",
            CHANGED,
        ),
        (
            "questions",
            "Question “How much does it hurt?”, the words: “How much does it hurt?” becomes “How sore?”.",
            "",
        ),
        ("advice", "Extra advice “Own advice.” is removed.", "You added this."),
        ("faq", "Question runners ask “How long will it take?” is new.", "You took this out."),
        ("exercise:rock", "Exercise “My rock”, name: “My rock” becomes “Rock”.", CHANGED),
    ]


def test_nothing_is_marked_where_it_is_not_known(sources: Any) -> None:
    sources.mine.check["title"] = "Mine"
    sources.mine.guide["title"] = "My guide"
    unknown = replace(sources, base=Content(guide=sources.base.guide))

    assert [(part, own) for part, _, own in coming(unknown)] == [("texts", ""), ("guide", CHANGED)]


def test_pictures_are_compared_by_what_they_show(sources: Any) -> None:
    for content, file in ((sources.mine, "a"), (sources.base, "a"), (sources.offered, "b")):
        content.library["exercises"][0]["picture"] = {"file": file, "alt": "A rock"}
    after = merged(sources, all_parts(sources))

    same = lines(sources, after, drawn={"a": "1"}, offered={"b": "1"})
    redrawn = lines(sources, after, drawn={"a": "1"}, offered={"b": "2"})

    assert told(same) == []
    assert told(redrawn) == [
        ("exercise:rock", "Exercise “Rock”, picture, the drawing: yours becomes the new one.", "")
    ]
