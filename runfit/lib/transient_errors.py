"""Which errors of a database or a disk pass by themselves, so that the same may work in a while."""

import errno
import sqlite3

from django.db import InterfaceError, OperationalError

FULL = {errno.ENOSPC, errno.EDQUOT}
READ_ONLY = "25006"
"""A PostgreSQL that stands by, or was told to take nothing."""


def is_transient(error: BaseException | None) -> bool:
    """A lock, a restart, a network, a disk that is full, a change of roles. SQLite's plain "error"
    is about a table or SQL that is wrong, and that lasts."""
    if isinstance(error, OSError):
        return error.errno in FULL
    cause = error.__cause__ if error else None
    if isinstance(error, InterfaceError | OperationalError):
        return getattr(cause, "sqlite_errorcode", None) != sqlite3.SQLITE_ERROR
    return getattr(cause, "pgcode", None) == READ_ONLY
