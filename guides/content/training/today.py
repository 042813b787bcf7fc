"""Which session a day asks for, and what comes next.

`training.js` says the same in the browser: both are held to `tests/data/training.json`.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import date, timedelta
from typing import Literal, NamedTuple

from guides.content.library import BlockContent, PlanContent
from guides.content.training.record import Record, Stage, WeeklyCheckIn
from guides.content.training.weekdays import WEEK, training_days

ENOUGH = 7
"""Of ten sessions of a block: with fewer, its weeks are repeated."""

State = Literal["unpicked", "waiting", "train", "done", "rest", "over", "stopped"]


class SessionCount(NamedTuple):
    done: int
    planned: int

    @property
    def enough(self) -> bool:
        """At least 70%, to the nearest session."""
        return 10 * self.done >= ENOUGH * self.planned - 5


@dataclass(frozen=True, slots=True)
class CheckIn:
    """The weekly check-in on a day.

    `on`, `worst`, and `feel` are those of this week's. It's due a week after the one before, or
    after the start, and `next` is that day. `list_due` says that it got worse, and the safety list
    is still to be gone through.
    """

    on: str = ""
    worst: int | None = None
    feel: str = ""
    due: bool = False
    next: str = ""
    list_due: bool = False


@dataclass(frozen=True, slots=True)
class Today:
    """A day of a runner.

    `state`: no days are picked; the plan begins later; today's session is to come or done; a day
    off, as is the one before a later stage begins; the weeks of the block are over; pain or the
    safety list ended the training until the runner goes on, and `level` is what the list led to
    then. `week` counts within the block, as
    `done` of `of` sessions do within that week; `block_done` of `block_of` are those of all its
    weeks, `enough` of them to move on. `next` is the next session after today, none once the
    block's weeks are over: they end before `ends`. All these are sessions of the plan itself, as it
    is after going back from the next one. `missed` counts the weeks without any session up to this
    one, and the plan then goes on with week `back_week` of block `back_block`. Once the weeks are
    over, that counts only if it's a block before them: they're done again whole. `pain` is that of
    today's session or of what ended the training, `advised` that of today's check-in or of what
    ended it. `stage` names the stage that it's all about.
    """

    state: State = "unpicked"
    plan: str = ""
    block: int = 1
    week: int = 1
    done: int = 0
    of: int = 0
    block_done: int = 0
    block_of: int = 0
    enough: bool = False
    last: bool = False
    next: str = ""
    ends: str = ""
    missed: int = 0
    back_block: int = 1
    back_week: int = 1
    pain: int | None = None
    level: str = ""
    advised: int | None = None
    stage: str = ""
    check_in: CheckIn = CheckIn()


class Stop(NamedTuple):
    """What ended the training on a day: too much pain, a safety level, or both."""

    on: str
    at: int
    pain: int | None
    level: str = ""


def today(
    record: Record, plans: Mapping[str, PlanContent], day: date, *, stop_from: int | None = None
) -> Today:
    """A day of a runner who has these plans, by result type. Pain of `stop_from` or more ends the
    training until a later stage begins."""
    known = within(record, plans)
    stage = known.stage
    if stage is None:
        session = record.session_on(day)
        return Today(pain=session.pain if session else None)
    plan = plans[stage.plan]
    stop = stopped_by(record, stop_from)
    at = _Place(known, stage, plan.blocks[stage.block - 1], day)
    missed, back = at.missed()
    back_block = max(1, stage.block - 1) if missed > 1 else stage.block
    count = at.block_count()
    again_or_on = at.week > at.weeks and (count.enough or back_block == stage.block)
    ending = stop or record.session_on(day)
    checked_in = _last_check_in(record, day)
    today_in = checked_in if checked_in and checked_in.on == day.isoformat() else None
    advising = stop or today_in
    return Today(
        state="stopped" if stop else at.state(),
        plan=stage.plan,
        block=stage.block,
        week=min(at.week, at.weeks),
        done=at.week_count(),
        of=at.block.days_per_week,
        block_done=count.done,
        block_of=count.planned,
        enough=count.enough,
        last=stage.block == len(plan.blocks),
        next="" if stop else at.next(),
        ends=at.ends.isoformat(),
        missed=0 if stop or again_or_on else missed,
        back_block=back_block,
        back_week=back,
        pain=ending.pain if ending else None,
        level=stop.level if stop else "",
        advised=advising.pain if advising else None,
        stage=stage.name,
        check_in=_check_in(record, checked_in, day, is_on=not stop),
    )


def within(record: Record, plans: Mapping[str, PlanContent]) -> Record:
    """Without the stages that aren't in these plans any more: the one before them is on again.
    Without a schedule if none is left."""
    stages = record.schedule.stages if record.schedule else ()
    known = tuple(
        stage
        for stage in stages
        if stage.plan in plans and stage.block <= len(plans[stage.plan].blocks)
    )
    schedule = replace(record.schedule, stages=known) if record.schedule and known else None
    return replace(record, schedule=schedule)


def stopped_by(record: Record, stop_from: int | None) -> Stop | None:
    """What ended the training last, unless a stage began after it: the pain of the last session or
    check-in, or a safety list."""
    stages = record.schedule.stages if record.schedule else ()
    stops = [
        stop
        for stop in _stops(record, stop_from)
        if not any(stage.begins > stop.on for stage in stages)
    ]
    return max(stops, key=lambda stop: (stop.on, stop.at, bool(stop.level)), default=None)


def _stops(record: Record, stop_from: int | None) -> Iterator[Stop]:
    for rows in (record.done, record.check_ins):
        for last in rows[-1:]:
            if stop_from is not None and last.pain >= stop_from:
                yield Stop(last.on, last.at, last.pain)
    for each in record.check_ins:
        if each.stops:
            hurts = stop_from is not None and each.pain >= stop_from
            yield Stop(each.on, each.at, each.pain if hurts else None, each.level)


def _last_check_in(record: Record, day: date) -> WeeklyCheckIn | None:
    until = [each for each in record.check_ins if each.on <= day.isoformat()]
    return until[-1] if until else None


def _check_in(record: Record, last: WeeklyCheckIn | None, day: date, *, is_on: bool) -> CheckIn:
    stages = record.schedule.stages if record.schedule else ()
    if day.isoformat() < stages[0].begins:
        return CheckIn()
    since = date.fromisoformat(last.on if last else stages[0].begins)
    due = since + timedelta(days=WEEK)
    this_week = last if last and day < due else None
    return CheckIn(
        on=this_week.on if this_week else "",
        worst=this_week.pain if this_week else None,
        feel=this_week.feel if this_week else "",
        due=is_on and day >= due,
        next=due.isoformat(),
        list_due=bool(is_on and last and last.feel == "worse" and not last.level),
    )


def planned_and_done(
    record: Record, plans: Mapping[str, PlanContent], since: date, until: date
) -> SessionCount:
    """The sessions from one day to another, as far as there was a plan: a block's own weeks. Those
    of a plan that the runner went back from aren't among them."""
    known = within(record, plans).schedule
    followed = {stage.plan for stage in known.stages} if known else set()
    planned = sum(_planned(record, plans, since, until))
    days = [each.on for each in record.done if each.plan in followed]
    return SessionCount(sum(since.isoformat() <= on <= until.isoformat() for on in days), planned)


def _planned(
    record: Record, plans: Mapping[str, PlanContent], since: date, until: date
) -> Iterator[int]:
    for begins, ends, block in blocks_lived(record, plans):
        days = (min(ends, until + timedelta(days=1)) - max(begins, since)).days
        yield max(days, 0) * block.days_per_week // WEEK


def blocks_lived(
    record: Record, plans: Mapping[str, PlanContent]
) -> Iterator[tuple[date, date, BlockContent]]:
    """Each stage's block from its first day up to the day after its last: its weeks are over then,
    or the next stage begins."""
    known = within(record, plans).schedule
    stages = known.stages if known else ()
    next_begins = (*(stage.begins for stage in stages[1:]), date.max.isoformat())
    for stage, next_one in zip(stages, next_begins, strict=False):
        block = plans[stage.plan].blocks[stage.block - 1]
        begins = date.fromisoformat(stage.begins)
        over = begins + timedelta(weeks=block_weeks(block) - stage.week + 1)
        yield begins, min(over, date.fromisoformat(next_one)), block


def block_weeks(block: BlockContent) -> int:
    first, last = block.weeks
    return last - first + 1


class _Place:
    """Where a day lies in a stage."""

    def __init__(self, record: Record, stage: Stage, block: BlockContent, day: date) -> None:
        self.record, self.stage, self.block, self.day = record, stage, block, day
        self.days_trained = [each.on for each in record.done]
        self.days_done = [each.on for each in record.done if each.plan == stage.plan]
        self.begins = date.fromisoformat(stage.begins)
        self.weeks = block_weeks(block)
        self.index = max((day - self.begins).days, 0) // WEEK
        """Weeks of the stage that are over."""
        self.week = stage.week + self.index
        self.ends = self.begins + timedelta(weeks=self.weeks - stage.week + 1)
        schedule = record.schedule
        self.days = training_days(schedule.days if schedule else (), block.days_per_week)

    def state(self) -> State:
        if self.record.session_on(self.day):
            return "done"
        if self.day < self.begins:
            return "waiting" if self._is_first else "rest"
        if self.week > self.weeks:
            return "over"
        return "train" if self._asks(self.day) else "rest"

    def next(self) -> str:
        day = max(self.day + timedelta(days=1), self.begins)
        while day < self.ends:
            if self._asks(day):
                return day.isoformat()
            day += timedelta(days=1)
        return ""

    def week_count(self) -> int:
        return self._in_week(self.index, self.days_done)

    def block_count(self) -> SessionCount:
        """Since the block began, or began anew."""
        begins = self._block_begins()
        done = sum(begins <= on <= self.day.isoformat() for on in self.days_done)
        return SessionCount(done, self.weeks * self.block.days_per_week)

    def missed(self) -> tuple[int, int]:
        """How many weeks without a session led up to this one, and the week to go back to."""
        missed = 0
        while missed < self.index and not self._in_week(self.index - 1 - missed, self.days_trained):
            missed += 1
        if not missed or self._in_week(self.index, self.days_trained):
            return 0, 1
        active = max(self.index - 1 - missed, 0)
        return missed, 1 if missed > 1 else min(self.stage.week + active, self.weeks)

    @property
    def _is_first(self) -> bool:
        return self.record.schedule is not None and self.record.schedule.stages[0] == self.stage

    def _asks(self, day: date) -> bool:
        """Whether a session falls on the day, with those done up to today."""
        index = (day - self.begins).days // WEEK
        is_full = self._in_week(index, self.days_done) >= self.block.days_per_week
        return day.isoweekday() in self.days and not is_full

    def _in_week(self, index: int, days: list[str]) -> int:
        first = self.begins + timedelta(weeks=index)
        last = min(first + timedelta(days=WEEK - 1), self.day)
        return sum(first.isoformat() <= on <= last.isoformat() for on in days)

    def _block_begins(self) -> str:
        stages = self.record.schedule.stages if self.record.schedule else ()
        begins = self.stage.begins
        for stage in reversed(stages):
            if (stage.plan, stage.block) != (self.stage.plan, self.stage.block):
                break
            begins = stage.begins
            if stage.week == 1:
                break
        return begins
