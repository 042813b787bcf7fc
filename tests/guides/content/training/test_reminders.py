from datetime import date

import pytest

from guides.content.training import Record, Session, Stage, WeeklyCheckIn, reminder_day
from tests.guides.content.training.test_today import PLANS

MOBILITY = {"mobility": PLANS["mobility"]}
"""Four weeks."""


def stage(begins, block=1, week=1):
    return Stage(plan="mobility", block=block, week=week, begins=begins)


def trained(*days, start="2026-12-01"):
    record = Record().with_start(stage(start), days=(1, 3, 5), zone="", at=1)
    for day in days:
        session = Session(on=f"2026-12-{day:02}", plan="mobility", block=1, pain=1, at=2)
        record = record.with_session(session)
    return record


def checked_in(record, day):
    check_in = WeeklyCheckIn(on=f"2026-12-{day:02}", pain=1, feel="same", at=3)
    return record.with_check_in(check_in)


def on(record, day, sent=None):
    """The day of December, if any."""
    found = reminder_day(record, MOBILITY, date(2026, 12, day), sent=sent and date(2026, 12, sent))
    return found and found.day


@pytest.mark.parametrize(
    ("record", "day", "sent", "due"),
    [
        (trained(2), 2, None, 8),  # a week after the start
        (trained(2), 8, None, 8),
        (trained(2), 10, None, 10),  # late
        (trained(9), 9, 8, 15),  # one a week
        (trained(10), 10, 9, 16),
        (checked_in(trained(2), 6), 8, None, 13),  # a week after the last check-in
        (checked_in(trained(9), 9), 10, 8, 16),
        (trained(), 8, None, 15),  # never started
        (trained(2), 17, 9, 24),  # no longer training
        (trained(2), 16, 9, 16),
        (trained(28), 29, 22, 29),  # the last week's
        (trained(28), 30, 22, None),  # over
        (checked_in(trained(28), 24), 25, 22, None),
    ],
)
def test_day_of_the_next_email(record, day, sent, due):
    assert on(record, day, sent) == due


def test_plan_ends_later_if_weeks_are_repeated():
    record = trained(28).with_stage(stage("2026-12-08"), at=9)

    assert on(record, 30, 22) == 30


def test_no_email_without_a_start():
    assert on(Record(), 8) is None
