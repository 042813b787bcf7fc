"""Backs up everything into one archive."""

from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError, CommandParser

from guides.backups.faults import BackupError
from guides.backups.services import backup_make


class Command(BaseCommand):
    help = "Back up the database and the files as of one moment, while RunFit goes on."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("place", metavar="PLACE", help="a folder, or s3://bucket/folder")
        parser.add_argument(
            "--keep", type=_count, default=0, metavar="N", help="then delete all but the newest N"
        )

    def handle(self, *args: Any, place: str, keep: int, **options: Any) -> None:
        try:
            made = backup_make(place=place, keep=keep)
        except BackupError as error:
            raise CommandError(str(error)) from error
        except OSError as error:
            raise CommandError(
                f"No backup was made in {place}: {error.strerror or error}."
            ) from error
        self.stdout.write(
            f"{made.name}: {made.rows:,} rows in {made.tables} tables, {made.files:,} files, "
            f"{made.size / 1e6:,.1f} MB, {made.seconds:.1f} s"
        )
        for name in made.pruned:
            self.stdout.write(f"Deleted {name}")
        if not settings.BACKUP_KEY:
            self.stdout.write("It isn't encrypted: BACKUP_KEY isn't set.")
        if not made.noted:
            self.stderr.write("The desk doesn't know of it until manage.py prepare has run.")


def _count(text: str) -> int:
    count = int(text)
    if count < 1:
        raise ValueError(text)
    return count
