"""Puts a backup back, or tries it."""

from contextlib import ExitStack
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError, CommandParser

from guides.backups.faults import BackupError
from guides.backups.restore import archive_check, archive_restore
from guides.management.commands.prepare import LOCK
from guides.management.locks import database_lock, folder_lock
from runfit.lib.files import OWNER_FOLDER


class Command(BaseCommand):
    help = "Put a backup into an empty place. Safe to repeat, also after it was killed."
    requires_system_checks = []

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("archive", metavar="ARCHIVE", help="a file, or s3://bucket/folder/file")
        parser.add_argument(
            "--check", action="store_true", help="only try it in a scratch place, and compare"
        )
        parser.add_argument(
            "--key", type=Path, metavar="FILE", help="the private key of age that decrypts it"
        )

    def handle(
        self, *args: Any, archive: str, check: bool, key: Path | None, **options: Any
    ) -> None:
        try:
            if check:
                self._check(archive, key)
            else:
                self._restore(archive, key)
        except BackupError as error:
            raise CommandError(str(error)) from error
        except OSError as error:
            raise CommandError(f"{archive}: {error.strerror or error}.") from error

    def _check(self, archive: str, key: Path | None) -> None:
        checked = archive_check(archive=archive, key_file=key)
        self.stdout.write(
            f"Whole, as of {checked.made_at:%Y-%m-%d %H:%M} UTC: {checked.rows:,} rows in "
            f"{checked.tables} tables and {checked.files:,} files, all as they were."
        )

    def _restore(self, archive: str, key: Path | None) -> None:
        settings.VAR_DIR.mkdir(mode=OWNER_FOLDER, parents=True, exist_ok=True)
        with ExitStack() as locks:
            locks.enter_context(folder_lock(settings.VAR_DIR / LOCK, waiting=self._wait))
            locks.enter_context(database_lock("prepare", waiting=self._wait))
            restored = archive_restore(archive=archive, key_file=key)
        self.stdout.write(f"Restored as of {restored.made_at:%Y-%m-%d %H:%M} UTC.")
        if restored.replayed:
            done = restored.replayed
            self.stdout.write(
                f"Erased again: {done.addresses} addresses, {done.answers} answers. "
                f"Said no again: {done.refusals}."
            )
        else:
            self.stderr.write(
                "There's no list of who was erased or unsubscribed since, neither beside the "
                f"archive nor at {settings.ERASURE_LIST} (ERASURE_LIST). If you find it, run "
                "manage.py replay_erasures before you release mail."
            )
        for name in restored.files_missing:
            self.stderr.write(f"The archive lacks {name}")
        self.stdout.write(
            f"Mail is held. {restored.doubtful} emails may have gone out before. Run "
            "manage.py prepare, start RunFit, look at it, then release mail: the desk's first "
            "page leads there, or manage.py mail_release."
        )

    def _wait(self) -> None:
        self.stdout.write("Waiting for another prepare or restore, which is still at work")
