"""What a runner did by a plan. Kept in the browser, and with the link once the runner says so.

The same JSON in both places:

    {"schedule": {"days": [1, 3, 5], "zone": "America/Denver", "at": 1796115600000,
                  "stages": [{"plan": "mobility_first", "block": 1, "week": 1,
                              "begins": "2026-12-01"}]},
     "sessions": [{"on": "2026-12-01", "plan": "mobility_first", "block": 1, "pain": 2,
                   "at": 1796119200000}],
     "check_ins": [{"on": "2026-12-07", "pain": 2, "feel": "better", "level": "",
                    "at": 1796637600000}]}

Days are the runner's own, by their clock. A stage puts them into one week of a block from a day on,
until the next stage begins: repeating a block, moving on, and the next plan are each one more
stage. `days` are ISO weekdays (1 is Monday), `at` is the moment of the tap in milliseconds.

A day has one session and one check-in at most. Two records merge without loss: every day that
either knows, the later tap for the same day, and the later schedule. Clocks differ, so a tap counts
as later than all that its record knew.
"""

import re
from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import date
from itertools import pairwise
from typing import Annotated, Literal, TypeVar

from runfit.lib.json_format import reading
from runfit.lib.json_format.checks import Key, Refused, matches, within
from runfit.lib.json_format.faults import FaultsError
from runfit.lib.json_format.writing import canonical

MOST_STAGES = 50
MOST_DAYS = 200
"""Of sessions, and of check-ins: more than twice the days of a link."""
MOST_BYTES = 65_536
"""More than a record of that size takes."""
LATEST = 10**14
LEVEL = re.compile(r"[a-z0-9_-]{0,64}")
ZONE = re.compile(r"([A-Za-z][A-Za-z0-9_+/-]{0,63})?")
FIRST_DAY, LAST_DAY = date(2020, 1, 1), date(2200, 1, 1)

NOTHING_CHECKED = "none"
"""In place of a safety level: nothing on the safety list."""

Feel = Literal["better", "same", "worse"]
Row = TypeVar("Row", "Session", "WeeklyCheckIn")


class RecordError(FaultsError):
    """A record that no page of ours makes."""


def is_day(value: str) -> str:
    try:
        day = date.fromisoformat(value)
    except ValueError:
        day = date.min
    if not FIRST_DAY <= day < LAST_DAY or value != day.isoformat():
        raise Refused("must be a day such as 2026-12-01.")
    return value


def are_weekdays(days: tuple[int, ...]) -> tuple[int, ...]:
    if not days or list(days) != sorted(set(days)):
        raise Refused("must be weekdays from 1 to 7, in order.")
    return days


def are_in_order(stages: tuple["Stage", ...]) -> tuple["Stage", ...]:
    if not 0 < len(stages) <= MOST_STAGES or any(
        later.begins < earlier.begins for earlier, later in pairwise(stages)
    ):
        raise Refused(f"must be 1 to {MOST_STAGES} stages, by day.")
    return stages


def are_few_days(rows: tuple[Row, ...]) -> tuple[Row, ...]:
    if len(rows) > MOST_DAYS:
        raise Refused(f"can't be more than {MOST_DAYS} days.")
    return rows


Day = Annotated[str, is_day]
Moment = Annotated[int, within(0, LATEST)]
Weekday = Annotated[int, within(1, 7)]
Pain = Annotated[int, within(0, 10)]
Number = Annotated[int, within(1, 99)]
LevelKey = Annotated[str, matches(LEVEL, "must be a safety level.")]


@dataclass(frozen=True, kw_only=True)
class Stage:
    """From `begins` on, the runner is in this week of a block, counted from 1, and goes on from
    there. `plan` is a result type, `block` its place in the plan, from 1."""

    plan: Key
    block: Number
    week: Number = 1
    begins: Day

    @property
    def name(self) -> str:
        """For forms: which stage a page was about."""
        return f"{self.plan} {self.block} {self.week} {self.begins}"


@dataclass(frozen=True, kw_only=True)
class Schedule:
    """The weekdays to train on, and the stages so far. A blank `zone` is the site's own."""

    days: Annotated[tuple[Weekday, ...], are_weekdays]
    stages: Annotated[tuple[Stage, ...], are_in_order]
    zone: Annotated[str, matches(ZONE, "must be a time zone such as America/Denver.")] = ""
    at: Moment


@dataclass(frozen=True, kw_only=True)
class Session:
    """A session that was done. `undone` says that its tap was a mistake."""

    on: Day
    plan: Key
    block: Number
    pain: Pain
    at: Moment
    undone: bool = False


@dataclass(frozen=True, kw_only=True)
class WeeklyCheckIn:
    """The worst pain of a week, and how it went. After a worse one, `level` is the safety level
    that the safety list led to, "none", or blank while the list is still to be gone through."""

    on: Day
    pain: Pain
    feel: Feel
    level: LevelKey = ""
    at: Moment

    @property
    def stops(self) -> bool:
        """Whether the safety list ended the training."""
        return self.level not in {"", NOTHING_CHECKED}


@dataclass(frozen=True, kw_only=True)
class Record:
    """All of it, sessions and check-ins by day."""

    schedule: Schedule | None = None
    sessions: Annotated[tuple[Session, ...], are_few_days] = ()
    check_ins: Annotated[tuple[WeeklyCheckIn, ...], are_few_days] = ()

    @property
    def done(self) -> tuple[Session, ...]:
        return tuple(session for session in self.sessions if not session.undone)

    def session_on(self, day: date) -> Session | None:
        return next((each for each in self.done if each.on == day.isoformat()), None)

    @property
    def stage(self) -> Stage | None:
        """The stage that's on: the latest, from its tap on, even if it begins tomorrow."""
        return self.schedule.stages[-1] if self.schedule else None

    def moment(self, at: int) -> int:
        """`at` by this clock, or right after the last tap, if another device's clock is ahead."""
        taps = [session.at for session in self.sessions]
        taps += [check_in.at for check_in in self.check_ins]
        taps += [self.schedule.at] if self.schedule else []
        return min(max(at, max(taps, default=-1) + 1), LATEST)

    def with_session(self, session: Session) -> "Record":
        tap = replace(session, at=self.moment(session.at))
        return merged(self, Record(sessions=(tap,)))

    def with_check_in(self, check_in: WeeklyCheckIn) -> "Record":
        """What the safety list led to on that day stays, whatever is said anew."""
        before = next((each.level for each in self.check_ins if each.on == check_in.on), "")
        level = check_in.level or before
        tap = replace(check_in, level=level, at=self.moment(check_in.at))
        return merged(self, Record(check_ins=(tap,)))

    def with_level(self, level: str, *, at: int) -> "Record":
        """What the safety list led to after the last check-in."""
        if not self.check_ins:
            return self
        last = self.check_ins[-1]
        return self.with_check_in(replace(last, level=level, at=at))

    def without_session(self, day: str, *, at: int) -> "Record":
        """The last session wasn't done after all, if it's this day's: otherwise it was taken back
        already."""
        if not self.done or self.done[-1].on != day:
            return self
        return self.with_session(replace(self.done[-1], at=at, undone=True))

    def with_start(self, stage: Stage, *, days: tuple[int, ...], zone: str, at: int) -> "Record":
        """Begins with this stage, and forgets those that were planned before."""
        made = Schedule(days=days, stages=(stage,), zone=zone, at=self.moment(at))
        return replace(self, schedule=made)

    def with_days(self, *, days: tuple[int, ...], zone: str, at: int) -> "Record":
        """Other weekdays from now on."""
        if self.schedule is None:
            return self
        changed = replace(self.schedule, days=days, zone=zone, at=self.moment(at))
        return replace(self, schedule=changed)

    def with_stage(self, stage: Stage, *, at: int) -> "Record":
        """Goes on with this stage. Those that would have begun later are forgotten, and of the same
        plan, one of the same day."""
        if self.schedule is None:
            return self
        earlier = (
            each
            for each in self.schedule.stages
            if each.begins < stage.begins
            or (each.begins == stage.begins and each.plan != stage.plan)
        )
        stages = (*earlier, stage)[-MOST_STAGES:]
        changed = replace(self.schedule, stages=stages, at=self.moment(at))
        return replace(self, schedule=changed)

    @property
    def plan_before(self) -> str:
        """The plan before the latest stage's one. Blank if there was no other."""
        stages = self.schedule.stages if self.schedule else ()
        others = [stage.plan for stage in stages if stage.plan != stages[-1].plan]
        return others[-1] if others else ""

    def with_plan_before(self, *, at: int) -> "Record":
        """Back to the plan before this one, where it was. What was done stays."""
        if self.schedule is None or not self.plan_before:
            return self
        stages = self.schedule.stages
        while stages[-1].plan != self.plan_before:
            stages = stages[:-1]
        changed = replace(self.schedule, stages=stages, at=self.moment(at))
        return replace(self, schedule=changed)


def parse_record(data: object) -> Record:
    """A record from a browser. Raises RecordError with every fault."""
    record = reading.parse(Record, data, error=RecordError)
    return merged(record, Record())


def read_record(text: str) -> Record:
    """A stored record: it was checked when it was stored."""
    return reading.parse_stored(Record, text)


def record_text(record: Record) -> str:
    """A record to store, or for the browser."""
    return canonical(record)


def merged(one: Record, other: Record) -> Record:
    """What either knows; of the same thing, the later tap. It doesn't matter which comes first."""
    schedules = [each.schedule for each in (one, other) if each.schedule]
    return Record(
        schedule=max(schedules, key=lambda each: (each.at, canonical(each)), default=None),
        sessions=_by_day((*one.sessions, *other.sessions)),
        check_ins=_by_day((*one.check_ins, *other.check_ins)),
    )


def _by_day(rows: Iterable[Row]) -> tuple[Row, ...]:
    newest: dict[str, Row] = {}
    for row in sorted(rows, key=lambda row: (row.on, row.at, canonical(row))):
        newest[row.on] = row
    return tuple(newest.values())
