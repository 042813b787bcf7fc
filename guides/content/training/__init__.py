"""Training by a plan: what a runner did, which day asks for what, and what comes next (pure)."""

from guides.content.training.ahead import SessionAhead, sessions_ahead
from guides.content.training.record import (
    MOST_BYTES,
    NOTHING_CHECKED,
    Feel,
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
from guides.content.training.reminders import check_in_day, reminder_day
from guides.content.training.timer import Timer, timer_of
from guides.content.training.today import (
    ENOUGH,
    SessionCount,
    Stop,
    Today,
    blocks_lived,
    planned_and_done,
    stopped_by,
    today,
    within,
)
from guides.content.training.weekdays import back_to_back, spread_days, training_days
from guides.content.training.zones import runner_zone

__all__ = [
    "ENOUGH",
    "MOST_BYTES",
    "NOTHING_CHECKED",
    "Feel",
    "Record",
    "RecordError",
    "Schedule",
    "Session",
    "SessionAhead",
    "SessionCount",
    "Stage",
    "Stop",
    "Timer",
    "Today",
    "WeeklyCheckIn",
    "back_to_back",
    "blocks_lived",
    "check_in_day",
    "merged",
    "parse_record",
    "planned_and_done",
    "read_record",
    "record_text",
    "reminder_day",
    "runner_zone",
    "sessions_ahead",
    "spread_days",
    "stopped_by",
    "timer_of",
    "today",
    "training_days",
    "within",
]
