"""Delivery states, the transitions between them, and the retry schedule. Pure."""

from datetime import datetime, timedelta
from enum import IntEnum, StrEnum

LEASE = timedelta(seconds=120)
"""How long a claim lasts: longer than a task may run, so that two workers never share a row."""

MAIL_DEADLINE = timedelta(seconds=60)
"""How long one hand-over may take in total."""

GIVE_UP_AFTER = timedelta(hours=48)
LATE_AFTER = timedelta(minutes=5)
"""How long an email may be due before an alert."""

FOLLOW_UP_AFTER = timedelta(weeks=4)
"""From the runner's consent to the email that invites them to measure again."""

LINK_LIFE = timedelta(days=90)
"""How long a link to a guide works: longer than any plan takes, with weeks that are repeated."""

ONE_MAIL_EVERY = timedelta(days=1)
"""The pace of emails that somebody said yes to. The guide, which they ask for, goes out at once."""

POISON_STRIKES = 5
RETRY_AFTER = tuple(timedelta(minutes=minutes) for minutes in (1, 5, 15, 60, 240))
JITTER = 0.2


def _(text: str) -> str:
    """Marks a text for makemessages without translating it (gettext_noop)."""
    return text


class State(StrEnum):
    QUEUED = "queued"
    SENDING = "sending"
    SENT = "sent"
    RETRY = "retry"
    FAILED = "failed"
    CANCELLED = "cancelled"


STATE_WORDS = {
    State.QUEUED: _("waiting"),
    State.SENDING: _("being sent"),
    State.SENT: _("sent"),
    State.RETRY: _("will be tried again"),
    State.FAILED: _("failed"),
    State.CANCELLED: _("cancelled"),
}


class Kind(IntEnum):
    """Kinds of deliveries, in the order in which they are sent."""

    GUIDE = 1
    FOLLOW_UP = 2
    NEWSLETTER = 3
    """Not an email: a consent posted to the PT's newsletter tool."""
    SERIES = 4
    NEWS = 5
    RECALL = 6
    """Says that a version was wrong. Not advertising, so it needs no yes."""
    WEBHOOK = 7
    """Not an email: an event posted to one of the PT's own tools."""
    CHECK_IN = 8
    """Reminds of the weekly check-in. Each queues the next one."""


KIND_WORDS = {
    Kind.GUIDE: _("guide"),
    Kind.FOLLOW_UP: _("follow-up"),
    Kind.NEWSLETTER: _("newsletter"),
    Kind.SERIES: _("series"),
    Kind.NEWS: _("news"),
    Kind.RECALL: _("correction"),
    Kind.WEBHOOK: _("webhook"),
    Kind.CHECK_IN: _("weekly check-in"),
}

POSTS = frozenset({Kind.NEWSLETTER, Kind.WEBHOOK})
"""Kinds that are posted to a tool of the PT's, and aren't emails."""

WITH_A_YES = frozenset({Kind.FOLLOW_UP, Kind.SERIES, Kind.NEWS, Kind.CHECK_IN})
"""Kinds of emails that are only sent to who said yes to them."""

MOVES = {
    State.QUEUED: frozenset({State.SENDING, State.CANCELLED}),
    State.SENDING: frozenset(  # to itself once its lease has expired
        {State.SENDING, State.SENT, State.RETRY, State.FAILED, State.CANCELLED}
    ),
    State.RETRY: frozenset({State.SENDING, State.CANCELLED}),
    State.FAILED: frozenset({State.QUEUED}),  # by hand
    State.SENT: frozenset[State](),
    State.CANCELLED: frozenset[State](),
}


def before(state: State) -> frozenset[State]:
    """The states from which this one can be reached."""
    return frozenset(before for before in State if state in MOVES[before])


OPEN = before(State.SENDING)
"""States of a delivery that may still be sent."""


def retry_at(
    *, attempts: int, queued_at: datetime, now: datetime, jitter: float
) -> datetime | None:
    """When to retry after `attempts` (1 or more); None once 48 hours are over.

    `jitter` in 0..1 spreads the retries of emails that failed together by up to a fifth.
    """
    wait = RETRY_AFTER[min(attempts, len(RETRY_AFTER)) - 1]
    due = now + wait * (1 + JITTER * jitter)
    return due if due <= queued_at + GIVE_UP_AFTER else None
