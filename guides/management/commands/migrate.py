"""Django's `migrate`, which goes on where it was killed.

Django commits a migration that leaves some of its SQL for the end, and records it afterwards. If
it's killed in between, the next run makes the same tables again, and fails. Here, each migration is
recorded in the transaction that makes it.
"""

from typing import Any

from django.core.management.commands import migrate
from django.db import transaction
from django.db.migrations import Migration
from django.db.migrations.executor import MigrationExecutor
from django.db.migrations.state import ProjectState


class RecordingExecutor(MigrationExecutor):
    def apply_migration(
        self, state: ProjectState, migration: Migration, *args: Any, **options: Any
    ) -> ProjectState:
        if not migration.atomic:
            return super().apply_migration(state, migration, *args, **options)
        # SQLite can switch these checks off, as its schema editor must, only outside a transaction.
        with (
            self.connection.constraint_checks_disabled(),
            transaction.atomic(using=self.connection.alias),
        ):
            return super().apply_migration(state, migration, *args, **options)


migrate.MigrationExecutor = RecordingExecutor  # type: ignore[attr-defined]
Command = migrate.Command
