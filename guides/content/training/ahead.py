"""The sessions that a schedule still has, up to the end of the plan."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import date, timedelta

from guides.content.library import PlanContent
from guides.content.training.record import Record, Stage
from guides.content.training.today import block_weeks, within
from guides.content.training.weekdays import WEEK, training_days


@dataclass(frozen=True, slots=True)
class SessionAhead:
    """One session on its day. `number` counts within the `week` of its block, from 1."""

    on: date
    plan: str
    block: int
    week: int
    number: int


def sessions_ahead(
    record: Record, plans: Mapping[str, PlanContent], day: date
) -> Iterator[SessionAhead]:
    """From this day on, as if every block were done once. Those done already are left out."""
    stage = within(record, plans).stage
    if stage is None:
        return
    for session in _of_stage(record, stage, plans[stage.plan]):
        if day <= session.on and record.session_on(session.on) is None:
            yield session


def _of_stage(record: Record, stage: Stage, plan: PlanContent) -> Iterator[SessionAhead]:
    """The rest of its block, and the blocks after it."""
    picked = record.schedule.days if record.schedule else ()
    for number, block in enumerate(plan.blocks[stage.block - 1 :], start=stage.block):
        days = training_days(picked, block.days_per_week)
        first = date.fromisoformat(stage.begins)
        weeks = range(stage.week, block_weeks(block) + 1)
        for index, week in enumerate(weeks):
            dates = (first + timedelta(days=WEEK * index + place) for place in range(WEEK))
            asked = [each for each in dates if each.isoweekday() in days]
            for count, each in enumerate(asked, start=1):
                yield SessionAhead(each, stage.plan, number, week, count)
        begins = first + timedelta(weeks=len(weeks))
        stage = replace(stage, block=number + 1, week=1, begins=begins.isoformat())
