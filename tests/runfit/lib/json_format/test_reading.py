"""Reading shapes of every kind from valid and invalid JSON."""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Annotated, Literal

import pytest

from runfit.lib.json_format.checks import Key, Language, Refused, within
from runfit.lib.json_format.faults import Fault, FaultsError, repeated
from runfit.lib.json_format.reading import parse, parse_stored
from runfit.lib.json_format.writing import canonical


def even(number: int) -> int:
    if number % 2:
        raise Refused("must be even.")
    return number


def lowered(text: str) -> str:
    return text.lower()


@dataclass(frozen=True, kw_only=True)
class Circle:
    radius: Annotated[int, within(1, 9), even]
    label: str = ""


@dataclass(frozen=True, kw_only=True)
class Box:
    width: int
    height: int
    label: str = ""


@dataclass(frozen=True, kw_only=True)
class Page:
    absent: frozenset[str] = frozenset()
    key: Key
    in_: Language = "en"
    drafted: bool = False
    color: Literal["red", "blue"]
    note: str | None
    spot: tuple[Annotated[int, within(0, 100)], Annotated[int, within(0, 100)]] | None = None
    forms: tuple[Box | Circle, ...]
    names: Mapping[Annotated[str, lowered], int | None]
    frame: Box | None = None


PAGE = {
    "key": "a-page",
    "in": "pt-BR",
    "color": "blue",
    "note": None,
    "spot": [1, 2],
    "forms": [{"width": 1, "height": 2}, {"radius": 4, "label": "Round"}],
    "names": {"A": 1, "b": None},
}


def faults(data, references=lambda _: ()):
    with pytest.raises(FaultsError) as caught:
        parse(Page, data, error=FaultsError, references=references)
    return [str(fault) for fault in caught.value.faults]


def test_shape_holds_the_data_of_the_file():
    page = parse(Page, PAGE, error=FaultsError)

    assert page == Page(
        absent=frozenset({"drafted", "frame"}),
        key="a-page",
        in_="pt-BR",
        color="blue",
        note=None,
        spot=(1, 2),
        forms=(Box(width=1, height=2), Circle(radius=4, label="Round")),
        names={"a": 1, "b": None},
    )


@pytest.mark.parametrize(
    ("change", "found"),
    [
        ({"key": "A page"}, ["key: must be 1 to 64 small letters, digits, “-” or “_”."]),
        ({"key": 5}, ["key: must be text."]),
        ({"in": "e n"}, ["in: must be a language code such as “en” or “pt-BR”."]),
        ({"drafted": 1}, ["drafted: must be true or false."]),
        ({"color": "green"}, ["color: must be one of: red, blue."]),
        ({"color": ["red"]}, ["color: must be one of: red, blue."]),
        ({"note": 1}, ["note: must be text."]),
        ({"spot": None}, ["spot: must be a list."]),
        ({"spot": [1]}, ["spot: must hold 2 values."]),
        ({"spot": [1, 101]}, ["spot: must be a whole number from 0 to 100."]),
        ({"frame": None}, ["frame: must be an object."]),
        ({"frame": {"width": 1}}, ["frame.height: is missing."]),
        ({"forms": {}}, ["forms: must be a list."]),
        ({"forms": [5]}, ["forms[0]: must be an object."]),
        ({"forms": [{}]}, ["forms[0].width: is missing.", "forms[0].height: is missing."]),
        (
            {"forms": [{"radius": True}]},
            ["forms[0].radius: must be a whole number from 1 to 9."],
        ),
        ({"forms": [{"radius": 10}]}, ["forms[0].radius: must be a whole number from 1 to 9."]),
        ({"forms": [{"radius": 3}]}, ["forms[0].radius: must be even."]),
        ({"forms": [{"width": "1", "height": 2}]}, ["forms[0].width: must be a whole number."]),
        ({"names": []}, ["names: must be an object."]),
        ({"names": {"a": 1.5}}, ["names.a: must be a whole number."]),
        ({"names": {"a": 1, "A": 2}}, ["names.A: is there twice."]),
        ({"absent": []}, ["absent: “absent” is not known here. Remove or correct it."]),
        ({"in_": "en"}, ["in_: “in_” is not known here. Remove or correct it."]),
        (
            {"wîde" * 30: 1},
            [
                f"{('w' + chr(92) + 'u00eede') * 7}w: “{('w' + chr(92) + 'u00eede') * 7}w” "
                "is not known here. Remove or correct it."
            ],
        ),
    ],
)
def test_invalid_value_is_refused_with_its_path(change, found):
    assert faults(PAGE | change) == found


@pytest.mark.parametrize("data", [None, [], "text", 3])
def test_file_must_be_an_object(data):
    assert faults(data) == ["file: must be an object."]


def test_all_faults_are_reported_in_the_order_of_the_shape():
    data = PAGE | {"forms": [{"radius": 0}, 5], "color": "", "size": 3}
    del data["key"]

    assert [each.partition(":")[0] for each in faults(data)] == [
        "size",
        "key",
        "color",
        "forms[0].radius",
        "forms[1]",
    ]


@pytest.mark.parametrize("char", ["\0", "\x0b", "\x1f", "\x7f", "\x85", "\u2028", "\ud800", "\r"])
def test_unprintable_characters_are_refused_in_texts_and_keys(char):
    said = "has a character that cannot be printed. Type this text again."
    escaped = json.dumps(char)[1:-1]

    assert faults(PAGE | {"note": f"a{char}b"}) == [f"note: {said}"]
    assert faults(PAGE | {"names": {char: 1}}) == [f"names.{escaped}: {said}"]


@pytest.mark.parametrize("text", ["", " a\tb\n", "a\r\nb", "Dehnen für Läufer 🏃", "שלום"])
def test_other_text_is_unchanged(text):
    assert parse(Page, PAGE | {"note": text}, error=FaultsError).note == text


def references(page):
    """Every name must be both a form's label and a page's key."""
    for name in page.names:
        yield Fault(f"names.{name}", "is not the key.")
    for index in range(len(page.forms)):
        yield Fault(f"forms[{index}]", "does not fit.")
        yield Fault(f"forms[{index}].label", "has another label.")
    yield Fault("form", "is something else.")


def test_reference_faults_are_reported_with_the_others():
    assert faults(PAGE | {"color": ""}, references) == [
        "color: must be one of: red, blue.",
        "names.a: is not the key.",
        "names.b: is not the key.",
        "forms[0]: does not fit.",
        "forms[0].label: has another label.",
        "forms[1]: does not fit.",
        "forms[1].label: has another label.",
        "form: is something else.",
    ]


def test_consequences_of_a_refused_part_are_not_reported():
    data = PAGE | {"forms": [5, {"radius": 0}], "names": {}}

    assert faults(data, references) == [
        "forms[0]: must be an object.",
        "forms[1].radius: must be a whole number from 1 to 9.",
        "forms[1].label: has another label.",
        "form: is something else.",
    ]


def test_refused_values_become_blanks_but_malformed_keys_remain():
    seen = []

    faults(
        {"key": "A page", "forms": [5], "spot": "x", "in": 5}, lambda page: seen.append(page) or ()
    )

    assert seen == [
        Page(
            absent=frozenset({"drafted", "frame", "color", "note", "names"}),
            key="A page",
            in_="",
            color="red",
            note="",
            spot=(0, 0),
            forms=(Box(width=0, height=0),),
            names={},
        )
    ]


def test_stored_data_is_read_without_checks():
    stored = PAGE | {"key": "A page", "in": "e n", "note": "a\u2028b", "forms": [{"radius": 11}]}

    page = parse_stored(Page, json.dumps(stored | {"names": {}}))

    assert (page.key, page.in_, page.note) == ("A page", "e n", "a\u2028b")
    assert json.loads(canonical(page)) == stored | {
        "names": {},
        "forms": [{"radius": 11, "label": ""}],
    }


def test_stored_data_must_fit_the_shape():
    with pytest.raises(FaultsError, match=r"^color: must be one of: red, blue\.$"):
        parse_stored(Page, json.dumps(PAGE | {"color": "green"}))


def test_repeated_key_is_reported_at_its_second_place():
    boxes = [Box(width=0, height=0, label=label) for label in ("a", "b", "a", "a")]

    assert [str(each) for each in repeated("forms", boxes, "label")] == [
        "forms[2].label: “a” is used twice.",
        "forms[3].label: “a” is used twice.",
    ]
