"""A standby of the database (`REPLICA_URL`), for what's costly and may be seconds old: the desk's
numbers and its downloads. Everything else reads where it writes.

Without one, or while it's away or too far behind, these read from the primary, too.
"""

import logging
from collections.abc import Callable
from contextlib import closing
from contextvars import ContextVar
from dataclasses import dataclass
from datetime import datetime, timedelta
from math import inf
from typing import Any, TypeVar

from django.db import DEFAULT_DB_ALIAS, Error, connections, models
from django.db.backends.base.base import BaseDatabaseWrapper
from django.utils import timezone

from runfit.lib.caching import cached

ALIAS = "replica"
ALLOWED_LAG = 10.0
"""Seconds. Numbers are never older."""
ASKED_EVERY = 5.0
"""Seconds. While it's away, one page in this time waits for it."""
NO_STANDBY = "it isn't a standby, but takes writes of its own"
OTHERS = "it's a standby of another server, or another database there"
NOTHING_YET = "it has replayed nothing since it started"
ID = "(SELECT system_identifier FROM pg_control_system()), current_database()"
BEHIND = (
    "SELECT pg_is_in_recovery(), CASE WHEN pg_last_wal_replay_lsn() >= %s THEN 0"
    " ELSE extract(epoch FROM clock_timestamp() - pg_last_xact_replay_timestamp()) END"
)
READABLE = " FROM (SELECT count(*) FROM (SELECT FROM django_migrations LIMIT 1) one) tables"
"""An error if this role may not read there."""

T = TypeVar("T")

logger = logging.getLogger(__name__)
_chosen = ContextVar("chosen", default=DEFAULT_DB_ALIAS)


@dataclass(frozen=True, slots=True)
class Lag:
    """How far the replica is behind, at a moment. Infinite at a fault."""

    seconds: float
    at: datetime
    fault: str = ""

    @property
    def is_allowed(self) -> bool:
        return self.seconds <= ALLOWED_LAG

    @property
    def as_of(self) -> datetime:
        return self.at - timedelta(seconds=self.seconds)


class ReplicaRouter:
    """Nothing is written to the replica, whatever was read there. Which query reads from it is said
    where it's made."""

    def db_for_write(self, model: type[models.Model], **hints: Any) -> str:
        return DEFAULT_DB_ALIAS

    def allow_relation(self, one: models.Model, other: models.Model, **hints: Any) -> bool:
        return True

    def allow_migrate(self, db: str, app_label: str, **hints: Any) -> bool | None:
        return False if db == ALIAS else None


def is_set() -> bool:
    return ALIAS in connections.settings


def lag() -> Lag:
    """Asks both servers. A replica that has replayed all that's stored isn't behind, however long
    ago that was."""
    try:
        primary = connections[DEFAULT_DB_ALIAS]
        stored, *own = _row(primary, f"SELECT pg_current_wal_flush_lsn(), {ID}")
        follows, seconds, *others = _row(connections[ALIAS], f"{BEHIND}, {ID}{READABLE}", stored)
    except Error as error:
        return _fault(str(error).strip().partition("\n")[0])
    if not follows or own != others or seconds is None:
        return _fault(OTHERS if own != others else NOTHING_YET if follows else NO_STANDBY)
    return Lag(max(0.0, float(seconds)), timezone.now())


def _fault(fault: str) -> Lag:
    return Lag(inf, timezone.now(), fault)


def known_lag() -> Lag:
    """Of the last few seconds."""
    return cached(ALIAS, lag, ttl=ASKED_EVERY)


def read(build: Callable[[], T]) -> tuple[T, datetime | None]:
    """What `build` makes of queries with `using(chosen())`, and as of when, if that's the replica.
    If it fails there, it's built again."""
    if not is_set():
        return build(), None
    behind = known_lag()
    if behind.is_allowed:
        token = _chosen.set(ALIAS)
        try:
            return build(), behind.as_of
        except Error as error:
            note_failure(error)
        finally:
            _chosen.reset(token)
    return build(), None


def chosen() -> str:
    """The database that the numbers being built read from."""
    return _chosen.get()


def caught_up() -> str:
    """The database to download from: the replica, if it has all that's stored by now. A file must
    not hold whom the PT has just erased."""
    return ALIAS if is_set() and lag().seconds == 0 else DEFAULT_DB_ALIAS


def note_failure(error: Error) -> None:
    logger.warning("The replica failed, so the primary is read: %s", str(error).partition("\n")[0])


def _row(connection: BaseDatabaseWrapper, query: str, *values: str) -> tuple[Any, ...]:
    with closing(connection.cursor()) as cursor:
        cursor.execute(query, values or None)
        row: tuple[Any, ...] = cursor.fetchone()
        return row
