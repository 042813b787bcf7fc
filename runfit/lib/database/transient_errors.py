"""Tells transient errors of a database or a disk, which are worth a retry, from permanent ones."""

import errno
import sqlite3

from django.db import InterfaceError, OperationalError

FULL = {errno.ENOSPC, errno.EDQUOT}
READ_ONLY = "25006"
"""The SQLSTATE of a PostgreSQL that is a standby or set to read-only."""


def is_transient(error: BaseException | None) -> bool:
    """True for locks, restarts, network failures, full disks and failovers. SQLite's generic error
    means wrong SQL or a missing table, which is permanent."""
    if isinstance(error, OSError):
        return error.errno in FULL
    cause = error.__cause__ if error else None
    if isinstance(error, InterfaceError | OperationalError):
        return getattr(cause, "sqlite_errorcode", None) != sqlite3.SQLITE_ERROR
    return getattr(cause, "pgcode", None) == READ_ONLY
