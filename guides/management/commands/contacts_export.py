"""Writes the confirmed contacts to standard output."""

from typing import Any

from django.core.management.base import BaseCommand

from guides.services import contacts_export


class Command(BaseCommand):
    help = "Writes who confirmed the follow-up or news, as CSV."

    def handle(self, *args: Any, **options: Any) -> None:
        for line in contacts_export():
            self.stdout.write(line, ending="")
