"""What a page's script may tell, and nothing else."""

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from assessments.analytics.beacon import MOST_STEPS, Beacon, BeaconError, beacon_fits, beacon_read
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


def test_a_beacon():
    assert read() == Beacon(7, "blog", "", (("start", ""), ("reached", "pain")))
    assert read(edition=None, steps=["opened"]) == Beacon(None, "blog", "", (("opened", ""),))


def test_a_source_that_is_none_is_dropped():
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
        {"steps": ["start\n"]}, {"steps": [f"reached:q{n}" for n in range(MOST_STEPS + 1)]},
        {"more": 1},
    ],
)  # fmt: skip
def test_what_is_no_beacon(changes):
    with pytest.raises(BeaconError):
        read(**changes)


@pytest.mark.parametrize(
    "content",
    [
        b"", b"{", b"null", b"[]", b"7", b'"start"', b"\xff\xfe", b"[" * 30_000,
        b'{"edition":' + b"9" * 5000 + b"}", b'{"edition": 7}',
    ],
)  # fmt: skip
def test_what_is_not_even_json(content):
    with pytest.raises(BeaconError):
        beacon_read(content)


@given(JSON | st.fixed_dictionaries(dict.fromkeys(GOOD, JSON)))
def test_whatever_it_is_it_is_read_or_refused(data):
    try:
        found = beacon_read(json.dumps(data).encode())
    except BeaconError:
        return
    assert found.steps


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
def test_only_what_can_be_met_in_this_version_fits(monkeypatch, changes, fits):
    monkeypatch.setattr("assessments.hooks.beacon_steps", {("opened", "")})

    assert beacon_fits(read(**changes), parse(SMALL)) == fits


def test_without_a_version_only_other_apps_steps_fit(monkeypatch):
    monkeypatch.setattr("assessments.hooks.beacon_steps", {("opened", "")})
    unknown = {"edition": None, "steps": ["opened"]}

    assert beacon_fits(read(**unknown), None)
    assert not beacon_fits(read(**unknown, profile="ready"), None)
    assert not beacon_fits(read(edition=None), None)
