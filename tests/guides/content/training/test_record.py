import json
from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from guides.content.training import (
    Record,
    RecordError,
    Schedule,
    Session,
    Stage,
    WeeklyCheckIn,
    merged,
    parse_record,
    read_record,
    record_text,
)

DAYS = st.dates(date(2026, 12, 1), date(2026, 12, 9)).map(date.isoformat)
MOMENTS = st.integers(1, 5)
STAGES = st.builds(Stage, plan=st.just("p"), block=st.integers(1, 3), begins=DAYS)
SCHEDULES = st.builds(
    Schedule, days=st.sampled_from([(1,), (1, 4)]), stages=st.tuples(STAGES), at=MOMENTS
)
SESSIONS = st.builds(
    Session, on=DAYS, plan=st.just("p"), block=st.integers(1, 3), pain=st.integers(0, 10), at=MOMENTS,
    undone=st.booleans(),
)  # fmt: skip
CHECK_INS = st.builds(
    WeeklyCheckIn, on=DAYS, pain=st.integers(0, 10), feel=st.sampled_from(["same", "worse"]), at=MOMENTS
)  # fmt: skip
RECORDS = st.builds(
    lambda schedule, sessions, check_ins: merged(
        Record(schedule=schedule, sessions=sessions, check_ins=check_ins), Record()
    ),
    st.none() | SCHEDULES,
    st.lists(SESSIONS).map(tuple),
    st.lists(CHECK_INS).map(tuple),
)


@given(RECORDS, RECORDS, RECORDS)
def test_merging_loses_no_day_in_whatever_order(one, two, three):
    assert merged(one, two) == merged(two, one)
    assert merged(merged(one, two), three) == merged(one, merged(two, three))
    assert merged(one, one) == one

    both = merged(one, two)

    for rows in ("sessions", "check_ins"):
        days = {row.on for each in (one, two) for row in getattr(each, rows)}
        assert [row.on for row in getattr(both, rows)] == sorted(days)


@given(RECORDS)
def test_record_is_read_as_it_was_written(record):
    assert read_record(record_text(record)) == record
    assert parse_record(json.loads(record_text(record))) == record


def test_later_tap_for_the_same_day_wins():
    tap = Session(on="2026-12-01", plan="p", block=1, pain=8, at=1)
    correction = Session(on="2026-12-01", plan="p", block=1, pain=3, at=2)
    mistake = Session(on="2026-12-01", plan="p", block=1, pain=3, at=3, undone=True)

    record = merged(Record(sessions=(correction,)), Record(sessions=(tap,)))
    undone = record.with_session(mistake)

    assert record.sessions == (correction,)
    assert undone.done == ()
    assert undone.session_on(date(2026, 12, 1)) is None


def test_tap_is_later_than_all_that_was_known_whatever_the_clock_says():
    start = Stage(plan="p", block=1, begins="2026-12-01")
    ahead = Record().with_start(start, days=(1,), zone="", at=9_000)
    done = Session(on="2026-12-01", plan="p", block=1, pain=2, at=100)

    changed = ahead.with_days(days=(1, 4), zone="", at=200).with_session(done)

    assert merged(ahead, changed) == changed
    assert (changed.schedule.days, changed.schedule.at) == ((1, 4), 9_001)
    assert changed.done[0].at == 9_002


def test_going_on_forgets_what_was_planned_for_later():
    first, second = (Stage(plan="p", block=1, begins=day) for day in ("2026-12-01", "2026-12-15"))
    record = Record().with_start(first, days=(1,), zone="", at=1).with_stage(second, at=2)

    sooner = record.with_stage(Stage(plan="p", block=2, begins="2026-12-08"), at=3)

    assert sooner.schedule == Schedule(
        days=(1,), stages=(first, Stage(plan="p", block=2, begins="2026-12-08")), at=3
    )
    assert sooner.with_days(days=(1, 4), zone="Asia/Tokyo", at=4).schedule == Schedule(
        days=(1, 4), stages=sooner.schedule.stages, zone="Asia/Tokyo", at=4
    )
    assert Record().with_days(days=(1,), zone="", at=1) == Record()
    assert Record().with_stage(first, at=1) == Record()


def test_way_back_leads_to_where_the_plan_before_was():
    cake = [Stage(plan="cake", block=block, begins=f"2026-12-0{block}") for block in (1, 2)]
    start = Record().with_start(cake[0], days=(1,), zone="", at=1).with_stage(cake[1], at=2)
    session = Session(on="2026-12-08", plan="candle", block=1, pain=1, at=3)
    moved = start.with_stage(Stage(plan="candle", block=2, begins="2026-12-08"), at=3)
    moved = moved.with_stage(Stage(plan="candle", block=3, begins="2026-12-09"), at=4)

    back = moved.with_session(session).with_plan_before(at=5)

    assert (start.plan_before, moved.plan_before, Record().plan_before) == ("", "cake", "")
    assert back.schedule.stages == start.schedule.stages
    assert back.done == moved.with_session(session).done
    assert merged(back, moved).schedule == back.schedule
    assert start.with_plan_before(at=9) == start
    assert Record().with_plan_before(at=9) == Record()


@pytest.mark.parametrize(
    ("data", "fault"),
    [
        ([], "must be an object"),
        ({"x": 1}, "x"),
        ({"sessions": [{"on": "2026-12-01", "plan": "p", "block": 1, "pain": 11, "at": 1}]}, "pain"),
        ({"sessions": [{"on": "20261201", "plan": "p", "block": 1, "pain": 1, "at": 1}]}, "on"),
        ({"sessions": [{"on": "1999-12-01", "plan": "p", "block": 1, "pain": 1, "at": 1}]}, "on"),
        ({"sessions": [{"on": "2026-12-01", "plan": "<b>", "block": 1, "pain": 1, "at": 1}]}, "plan"),
        ({"sessions": [{"on": "2026-12-01", "plan": "p", "block": 1, "pain": 1, "at": 1}] * 201}, "200"),
        ({"check_ins": [{"on": "2026-12-01", "pain": 1, "feel": "great", "at": 1}]}, "feel"),
        ({"schedule": {"days": [0], "stages": [], "at": 1}}, "days"),
        ({"schedule": {"days": [3, 1], "stages": [], "at": 1}}, "stages"),
        ({"schedule": {"days": [], "stages": [], "at": 1}}, "days"),
        ({"schedule": {"days": [1], "zone": "../etc", "at": 1,
                       "stages": [{"plan": "p", "block": 1, "begins": "2026-12-01"}]}}, "zone"),
        ({"schedule": {"days": [1], "at": 1, "stages": [
            {"plan": "p", "block": 1, "begins": "2026-12-02"},
            {"plan": "p", "block": 2, "begins": "2026-12-01"}]}}, "stages"),
    ],
)  # fmt: skip
def test_what_no_page_of_ours_makes_is_refused(data, fault):
    with pytest.raises(RecordError) as refused:
        parse_record(data)

    assert fault in str(refused.value)
