"""Lets mail go again after a restore."""

from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from guides import selectors
from guides.delivery.hold import mail_release


class Command(BaseCommand):
    help = "After a restore: let mail go again, and decide about what may have gone out before."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument(
            "--doubtful", choices=["send", "cancel"], help="emails that may have gone out before"
        )

    def handle(self, *args: Any, doubtful: str | None, **options: Any) -> None:
        number = selectors.deliveries_doubtful().count()
        if number and doubtful is None:
            raise CommandError(
                f"{number} emails may have gone out before the restore. Say what becomes of them: "
                "--doubtful send (again, with the same Message-ID), or --doubtful cancel."
            )
        if not mail_release(send_doubtful=doubtful != "cancel"):
            raise CommandError(
                "Mail isn't held, or the restore isn't complete: then run the restore again."
            )
        self.stdout.write("Mail goes out again.")
