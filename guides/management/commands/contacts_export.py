"""Exports contacts as CSV: those who said yes to one purpose, or all."""

from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from assessments.management.exporting import ExportCommand
from guides.consents.export import Which, contacts_about, contacts_export


class Command(ExportCommand):
    help = "Writes who said yes to one purpose, as CSV; all contacts with --all."

    def add_arguments(self, parser: ArgumentParser) -> None:
        super().add_arguments(parser)
        which = parser.add_mutually_exclusive_group(required=True)
        which.add_argument(
            "--purpose",
            dest="which",
            choices=("secret", "follow_up"),
            help="one list per purpose: a yes to one email is no yes to another",
        )
        which.add_argument(
            "--all",
            dest="which",
            action="store_const",
            const="all",
            help="with what each agreed to or took back, and who gets no mail",
        )

    def handle(self, *, which: Which, out: Path | None, **options: Any) -> None:
        count = contacts_about(which=which).rows
        self.export(out, lambda tell: contacts_export(which=which, tell=tell), count)
