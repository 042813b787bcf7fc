import json
from dataclasses import asdict
from datetime import date
from pathlib import Path

import pytest

from guides.content import BlockContent, PlanContent, StepContent
from guides.content.training import (
    Record,
    Session,
    SessionCount,
    Stage,
    parse_record,
    planned_and_done,
    spread_days,
    today,
    training_days,
)

VECTORS = json.loads(Path("tests/data/training.json").read_text())


def plan_of(blocks):
    steps = (StepContent(id="m1", dose="1 x 8"),)
    made = tuple(
        BlockContent(
            weeks=tuple(block["weeks"]), days_per_week=block["days_per_week"], minutes=10, goal="Go",
            exercises=steps, move_on_if="It's easy",
        )
        for block in blocks
    )  # fmt: skip
    last = made[-1].weeks[1]
    return PlanContent(weeks=last, title="Plan", start_phase=1, running="Run.", blocks=made)


PLANS = {key: plan_of(blocks) for key, blocks in VECTORS["plans"].items()}


@pytest.mark.parametrize("case", VECTORS["cases"], ids=lambda case: case["name"])
def test_day_of_a_runner(case):
    told = asdict(
        today(parse_record(case["record"]), PLANS, date.fromisoformat(case["day"]), stop_from=8)
    )

    assert {key: told[key] for key in case["expect"]} == case["expect"]


@pytest.mark.parametrize(
    ("number", "days"),
    [(1, (1,)), (2, (1, 4)), (3, (1, 3, 5)), (4, (1, 2, 4, 6)), (5, (1, 2, 3, 5, 6)),
     (6, (1, 2, 3, 4, 5, 6)), (7, (1, 2, 3, 4, 5, 6, 7))],
)  # fmt: skip
def test_days_are_spread_over_the_week(number, days):
    assert spread_days(number) == days
    assert training_days(days, number) == days


@pytest.mark.parametrize(
    ("picked", "number", "days"),
    [((1, 2, 3, 4, 5, 6), 3, (1, 3, 5)), ((6, 7, 1), 2, (1, 6)), ((5, 2), 3, (2, 5)),
     ((1, 2, 4, 6), 2, (1, 4))],
)  # fmt: skip
def test_of_too_many_days_those_with_most_rest_count(picked, number, days):
    assert training_days(picked, number) == days


@pytest.mark.parametrize(
    ("done", "planned", "enough"),
    [(8, 12, True), (7, 12, False), (3, 4, True), (2, 4, False), (6, 8, True), (5, 8, False),
     (4, 6, True), (3, 6, False), (7, 10, True), (0, 0, True)],
)  # fmt: skip
def test_seventy_percent_to_the_nearest_session_is_enough(done, planned, enough):
    assert SessionCount(done, planned).enough is enough


def test_planned_sessions_are_those_of_each_stage_in_its_weeks():
    first, second = (
        Stage(plan="mobility", block=block, begins=day)
        for block, day in ((1, "2026-12-01"), (2, "2027-01-05"))
    )
    record = Record().with_start(first, days=(1,), zone="", at=1).with_stage(second, at=2)
    for day in ("2026-11-20", "2026-12-02", "2026-12-04", "2027-01-06"):
        record = record.with_session(Session(on=day, plan="mobility", block=1, pain=1, at=1))

    def count(since, until):
        return planned_and_done(record, PLANS, date.fromisoformat(since), date.fromisoformat(until))

    assert count("2026-12-01", "2026-12-07") == (2, 3)
    assert count("2026-12-01", "2027-01-04") == (2, 6)  # two weeks; then there was no plan
    assert count("2026-12-01", "2027-01-11") == (3, 8)
    assert count("2026-12-08", "2026-12-14") == (0, 3)
    other = Session(on="2026-12-05", plan="strength", block=1, pain=1, at=1)
    record = record.with_session(other)
    assert count("2026-12-01", "2026-12-07") == (2, 3)  # they went back from that plan
    gone = record.with_stage(Stage(plan="gone", block=1, begins="2027-01-06"), at=3)
    assert planned_and_done(gone, PLANS, date(2026, 12, 1), date(2027, 1, 11)) == (3, 8)
    assert planned_and_done(Record(), PLANS, date.min, date(2027, 1, 1)) == (0, 0)
