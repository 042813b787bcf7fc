"""Beacons: what is parsed, and what is rejected."""

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from assessments.analytics.beacon import MAX_STEPS, Beacon, BeaconError, beacon_fits, beacon_read
from assessments.definition import parse
from tests.assessments.small import SMALL

GOOD = {"edition": 7, "source": "Blog", "profile": "", "steps": ["start", "reached:pain"]}
JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(), inner, max_size=4),
    max_leaves=8,
)


def read(**changes):
    return beacon_read(json.dumps(GOOD | changes).encode())


def test_beacon_is_parsed():
    assert read() == Beacon(7, "blog", "", (("start", ""), ("reached", "pain")))
    assert read(edition=None, steps=["opened"]) == Beacon(None, "blog", "", (("opened", ""),))


def test_invalid_source_is_dropped():
    assert read(source="<b>").source == read(source="x" * 65).source == ""


@pytest.mark.parametrize(
    "changes",
    [
        {"edition": "7"}, {"edition": 7.0}, {"edition": True}, {"edition": 0}, {"edition": -1},
        {"edition": 2**31}, {"edition": [7]},
        {"source": None}, {"source": 3}, {"profile": None}, {"profile": []},
        {"steps": None}, {"steps": "start"}, {"steps": []}, {"steps": {}}, {"steps": [3]},
        {"steps": [["start"]]}, {"steps": ["start", "start"]}, {"steps": ["Start"]},
        {"steps": ["reached:"]}, {"steps": ["reached:a:b"]}, {"steps": ["reached:" + "a" * 65]},
        {"steps": ["start\n"]}, {"steps": [f"reached:q{n}" for n in range(MAX_STEPS + 1)]},
        {"more": 1},
    ],
)  # fmt: skip
def test_malformed_beacon_is_rejected(changes):
    with pytest.raises(BeaconError):
        read(**changes)


@pytest.mark.parametrize(
    "content",
    [
        b"", b"{", b"null", b"[]", b"7", b'"start"', b"\xff\xfe", b"[" * 30_000,
        b'{"edition":' + b"9" * 5000 + b"}", b'{"edition": 7}',
    ],
)  # fmt: skip
def test_invalid_json_is_rejected(content):
    with pytest.raises(BeaconError):
        beacon_read(content)


@given(JSON | st.fixed_dictionaries(dict.fromkeys(GOOD, JSON)))
def test_any_json_is_parsed_or_rejected(data):
    try:
        beacon = beacon_read(json.dumps(data).encode())
    except BeaconError:
        return
    assert beacon.steps


@pytest.mark.parametrize(
    ("changes", "fits"),
    [
        ({}, True),
        ({"steps": ["left:pain", "reached:lifts"]}, True),
        ({"profile": "ready", "steps": ["opened"]}, True),
        ({"profile": "dragon"}, False),
        ({"steps": ["reached:dragon"]}, False),
        ({"steps": ["start", "left:dragon"]}, False),
        ({"steps": ["reached"]}, False),
        ({"steps": ["start:pain"]}, False),
        ({"steps": ["finish"]}, False),
        ({"steps": ["kept"]}, False),
        ({"steps": ["answer:pain"]}, False),
        ({"steps": ["opened:often"]}, False),
    ],
)
def test_only_steps_of_this_edition_fit(monkeypatch, changes, fits):
    monkeypatch.setattr("assessments.hooks.beacon_steps", {("opened", "")})

    assert beacon_fits(read(**changes), parse(SMALL)) == fits


def test_without_an_edition_only_steps_of_other_apps_fit(monkeypatch):
    monkeypatch.setattr("assessments.hooks.beacon_steps", {("opened", "")})
    unknown = {"edition": None, "steps": ["opened"]}

    assert beacon_fits(read(**unknown), None)
    assert not beacon_fits(read(**unknown, profile="ready"), None)
    assert not beacon_fits(read(edition=None), None)
