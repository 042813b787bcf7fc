from datetime import date

from guides.content.training import Record, Session, Stage, sessions_ahead
from tests.guides.content.training.test_today import PLANS

TUESDAY = date(2026, 12, 1)


def begun(days=(1, 3, 5)):
    """Two weeks with three sessions, then two with two."""
    stage = Stage(plan="mobility", block=1, begins="2026-12-01")
    return Record().with_start(stage, days=days, zone="", at=1)


def told(record, day=TUESDAY):
    return [
        (each.on.isoformat()[5:], each.block, each.week, each.number)
        for each in sessions_ahead(record, PLANS, day)
    ]


def test_sessions_go_on_to_the_end_of_the_plan():
    assert told(begun()) == [
        ("12-02", 1, 1, 1), ("12-04", 1, 1, 2), ("12-07", 1, 1, 3),
        ("12-09", 1, 2, 1), ("12-11", 1, 2, 2), ("12-14", 1, 2, 3),
        ("12-18", 2, 1, 1), ("12-21", 2, 1, 2),
        ("12-25", 2, 2, 1), ("12-28", 2, 2, 2),
    ]  # fmt: skip


def test_past_and_done_sessions_are_left_out():
    session = Session(on="2026-12-11", plan="mobility", block=1, pain=1, at=2)

    ahead = told(begun().with_session(session), date(2026, 12, 9))

    assert ahead[:2] == [("12-09", 1, 2, 1), ("12-14", 1, 2, 3)]


def test_next_stage_ends_the_one_before():
    again = Stage(plan="mobility", block=1, week=2, begins="2026-12-08")

    repeated = told(begun().with_stage(again, at=2))
    moved_on = told(begun().with_stage(Stage(plan="mobility", block=2, begins="2026-12-08"), at=2))

    assert repeated == told(begun())[3:]
    assert moved_on[0] == ("12-11", 2, 1, 1)
    assert moved_on[-1] == ("12-21", 2, 2, 2)


def test_plan_that_is_gone_gives_way_to_the_one_before_it():
    gone = begun().with_stage(Stage(plan="gone", block=1, begins="2026-12-08"), at=2)

    assert told(gone) == told(begun())


def test_nothing_is_ahead_without_days_or_a_plan():
    other = Record().with_start(
        Stage(plan="gone", block=1, begins="2026-12-01"), days=(1,), zone="", at=1
    )

    assert (told(Record()), told(other)) == ([], [])
