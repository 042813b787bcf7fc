"""Makes a database ready to serve: tables, default content, the first admin user, static files."""

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
        self._say("Preparing the database")
        call_command("migrate", interactive=False, verbosity=0)
        self._say("Loading the default content")
        content = sorted(str(path) for path in (settings.BASE_DIR / "content").glob("*.json"))
        self._load(content)
        self._say("Looking after pictures and guides")
        for told in files_repair(folder=settings.BASE_DIR / "content"):
            self.stdout.write(f"  {told}")
        self._say("Collecting static files")
        call_command("collectstatic", interactive=False, verbosity=0)
        self._make_admin()

    def _load(self, content: list[str]) -> None:
        """Each file once. Content that does not fit what is there already keeps no site down."""
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

    def _say(self, step: str) -> None:
        self.stdout.write(f"· {step}")
        self.stdout.flush()
