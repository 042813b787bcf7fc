"""`manage.py counts_rebuild`: recount days from the raw rows."""

from argparse import ArgumentParser
from datetime import date
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from assessments.analytics.services import counts_rebuild


class Command(BaseCommand):
    help = (
        "Recount days from sightings, submissions, and emails. Data erased since then is no longer "
        "counted."
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        for name, text in (
            ("--since", "the first day; default: the first with data"),
            ("--until", "the last day; default: today"),
        ):
            parser.add_argument(name, type=date.fromisoformat, metavar="YYYY-MM-DD", help=text)

    def handle(self, *, since: date | None, until: date | None, **options: Any) -> None:
        def print_day(day: date) -> None:
            self.stdout.write(f"{day}")

        try:
            number = counts_rebuild(since=since, until=until, on_day=print_day)
        except ValueError as error:
            raise CommandError(str(error)) from error
        self.stderr.write(f"Days recounted: {number}")
