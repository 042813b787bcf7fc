"""Prepares a site to serve: migrations, default content, static files, the first admin user."""

import secrets
from typing import Any

from django.conf import settings
from django.contrib.auth import get_user_model
from django.core.management import call_command
from django.core.management.base import BaseCommand, CommandError

from guides.publishing.repair import files_repair

PASSWORD_BYTES = 12


class Command(BaseCommand):
    help = "Migrates, loads the default content, makes the first admin user. Safe to repeat."

    def handle(self, *args: Any, **options: Any) -> None:
        self._report("Preparing the database")
        call_command("migrate", interactive=False, verbosity=0)
        self._report("Loading the default content")
        content = sorted(str(path) for path in settings.CONTENT_DIR.glob("*.json"))
        self._load(content)
        self._report("Looking after pictures and guides")
        for message in files_repair(folder=settings.CONTENT_DIR):
            self.stdout.write(f"  {message}")
        self._report("Collecting static files")
        call_command("collectstatic", interactive=False, verbosity=0)
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
