"""The last way in where someone has lost every second factor."""

from typing import Any

from django.contrib.auth.models import User
from django.core.management.base import BaseCommand, CommandError, CommandParser

from runfit.accounts.factors.recovery import account_recover


class Command(BaseCommand):
    help = "Takes an account's second factors away, ends its sessions, and lifts its lock."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("name", help="what they type to sign in")

    def handle(self, *args: Any, **options: Any) -> None:
        user = User.objects.filter(username=options["name"]).first()
        if user is None:
            raise CommandError(f"There's no account named {options['name']}.")
        account_recover(user=user)
        self.stdout.write("Done. They sign in with their password, and set up a new one.")
