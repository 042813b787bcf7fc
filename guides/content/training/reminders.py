"""When an email for the weekly check-in is due."""

from collections.abc import Mapping
from datetime import date, timedelta

from guides.content.library import PlanContent
from guides.content.training.record import Record
from guides.content.training.today import block_weeks, within
from guides.content.training.weekdays import WEEK

WEEKS_OFF = 2
"""Whoever did nothing for that long isn't training: the plan's own words begin anew then, too."""


def check_in_day(record: Record) -> date | None:
    """A week after the last check-in, or after the start. None if no days are picked."""
    if record.schedule is None:
        return None
    since = record.check_ins[-1].on if record.check_ins else record.schedule.stages[0].begins
    return date.fromisoformat(since) + timedelta(days=WEEK)


def plan_ends(record: Record, plans: Mapping[str, PlanContent]) -> date | None:
    """The day after the last week of the plan that's on, if each block that's still to come is done
    once. None if none of these plans is on."""
    stage = within(record, plans).stage
    if stage is None:
        return None
    weeks = sum(block_weeks(block) for block in plans[stage.plan].blocks[stage.block - 1 :])
    return date.fromisoformat(stage.begins) + timedelta(weeks=weeks - stage.week + 1)


def is_training(record: Record, day: date) -> bool:
    """Whether a session or a check-in was lately."""
    days = [row.on for rows in (record.done, record.check_ins) for row in rows[-1:]]
    return any(on >= (day - timedelta(weeks=WEEKS_OFF)).isoformat() for on in days)


def reminder_day(
    record: Record, plans: Mapping[str, PlanContent], day: date, *, sent: date | None = None
) -> date | None:
    """From this day on, when the next email is due: with the check-in, at the earliest a week after
    the one before, and not while nobody trains. None once the plan is over by then."""
    due, ends = check_in_day(record), plan_ends(record, plans)
    if due is None or ends is None:
        return None
    week = timedelta(days=WEEK)
    at = max(due, day, sent + week if sent else day)
    if at == day and not is_training(record, day):
        at = day + week
    return at if at <= ends else None
