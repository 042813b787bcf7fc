"""The module for the database in use: `sqlite` or `postgresql`."""

from types import ModuleType

from django.db import connection

from guides.backups import postgresql, sqlite
from guides.backups.faults import BackupError

NAMES = {sqlite.VENDOR: "SQLite", postgresql.VENDOR: "PostgreSQL"}


def database() -> ModuleType:
    return postgresql if connection.vendor == postgresql.VENDOR else sqlite


def database_check(vendor: str) -> None:
    """A dump of one kind is nothing to the other."""
    if vendor != connection.vendor:
        here = "without DATABASE_URL" if vendor == sqlite.VENDOR else "with DATABASE_URL"
        raise BackupError(
            f"The archive holds a {NAMES.get(vendor, vendor)} database. Run this {here}."
        )
