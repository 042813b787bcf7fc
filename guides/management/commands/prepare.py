"""Prepares a site to serve: migrations, default content, static files, the first admin user."""

import secrets
from typing import Any

from django.conf import settings
from django.contrib.auth import get_user_model
from django.core.checks import run_checks
from django.core.management import call_command
from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.db import DEFAULT_DB_ALIAS

from guides.checks.hosts import site_is_local
from guides.management.locks import database_lock, folder_lock
from guides.management.preparation import work_left
from guides.management.static_files import static_files_collect
from guides.publishing.repair import files_repair
from runfit.lib.files import OWNER_FOLDER, create_private, take_permissions

PASSWORD_BYTES = 12
LOCK = "prepare.lock"


class Command(BaseCommand):
    help = "Migrates, loads the default content, makes the first admin user. Safe to repeat."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument(
            "--check", action="store_true", help="say what it would do, and change nothing"
        )

    def handle(self, *args: Any, check: bool, **options: Any) -> None:
        if check:
            return self._tell()
        _make_folder()
        with (
            folder_lock(settings.VAR_DIR / LOCK, waiting=self._wait),
            database_lock("prepare", waiting=self._wait),
        ):
            self._prepare()
        return None

    def _tell(self) -> None:
        left = list(work_left())
        for line in left or ["Everything is prepared."]:
            self._report(line)

    def _wait(self) -> None:
        self._report("Waiting for another prepare, which is still at work")

    def _prepare(self) -> None:
        self._report("Preparing the database")
        call_command("migrate", interactive=False, verbosity=0)
        self._report("Loading the default content")
        content = sorted(str(path) for path in settings.CONTENT_DIR.glob("*.json"))
        self._load(content)
        self._report("Looking after pictures and guides")
        for message in files_repair(folder=settings.CONTENT_DIR):
            self.stdout.write(f"  {message}")
        if not settings.STATIC_BUILT:
            self._report("Collecting static files")
            static_files_collect()
        take_permissions(settings.VAR_DIR)
        self._report_checks()
        self._make_admin()

    def _load(self, content: list[str]) -> None:
        """Loads each file once. Content that doesn't fit the database must not stop the site."""
        try:
            call_command(
                "content_load",
                *content,
                once=True,
                stdout=self.stdout,
                stderr=self.stderr,
                verbosity=0,
            )
        except CommandError as error:
            self.stderr.write(f"  {error} The site starts without them.")

    def _report_checks(self) -> None:
        """On a computer of one's own, nothing has to be ready for the public."""
        if site_is_local():
            return
        self._report("Checking the settings")
        for found in run_checks(include_deployment_checks=True, databases=[DEFAULT_DB_ALIAS]):
            if not found.is_silenced():
                self.stdout.write(f"  {' '.join(f'{found.id}: {found.msg} {found.hint}'.split())}")

    def _make_admin(self) -> None:
        users = get_user_model().objects
        if users.filter(is_superuser=True).exists():
            return
        password = secrets.token_urlsafe(PASSWORD_BYTES)
        users.create_superuser("admin", password=password)
        self.stdout.write(
            f"\n  Your sign-in, shown only now:  name admin  password {password}\n"
            "  (Change it behind Admin, Change password.)\n"
        )

    def _report(self, step: str) -> None:
        self.stdout.write(f"· {step}")
        self.stdout.flush()


def _make_folder() -> None:
    folder = settings.VAR_DIR
    try:
        folder.mkdir(mode=OWNER_FOLDER, parents=True, exist_ok=True)
        create_private(folder / LOCK)
    except OSError as error:
        raise CommandError(
            f"VAR_DIR is {folder}, where RunFit can't write: {error.strerror}. "
            "Give it to the account that runs RunFit, or name another folder."
        ) from error
