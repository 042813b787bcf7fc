"""Places of changes, which tell whether two comparisons are about the same thing."""

from typing import Any

from runfit.lib.diff import Change, FieldNames, Kind, differences

WORDS = FieldNames({"questions": "question"}, {"text": "the words"})


def entry(key: str, text: str, **more: Any) -> dict[str, Any]:
    return {"key": key, "text": text, **more}


def compare(before: list[Any], after: list[Any]) -> list[Change]:
    return differences({"questions": before}, {"questions": after}, WORDS)


def test_each_change_says_what_it_is() -> None:
    before = [entry("a", "A"), entry("b", "B"), entry("c", "C")]
    after = [entry("c", "C"), entry("a", "A!"), entry("d", "D")]

    kinds: list[tuple[Kind, tuple[str, ...], str]] = [
        (change.kind, change.place.keys, change.where) for change in compare(before, after)
    ]

    assert kinds == [
        ("moved", ("questions", "c", "#order"), "questions[0]"),
        ("edited", ("questions", "a", "text"), "questions[1].text"),
        ("new", ("questions", "d"), "questions[2]"),
        ("removed", ("questions", "b"), ""),
    ]


def test_places_meet_whatever_the_order_and_the_words_were() -> None:
    [own] = compare([entry("a", "A"), entry("b", "B")], [entry("a", "Mine"), entry("b", "B")])
    edited, new = compare([entry("a", "Mine")], [entry("new", "N"), entry("a", "Theirs")])[::-1]
    removed = compare([entry("a", "Mine")], [])[0]
    other = compare([entry("a", "A", help="x")], [entry("a", "A", help="y")])[0]

    assert own.place.meets(edited.place)
    assert own.place.meets(removed.place)
    assert not own.place.meets(new.place)
    assert not own.place.meets(other.place)
