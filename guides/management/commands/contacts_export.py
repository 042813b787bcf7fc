"""Exports contacts as CSV: those with a confirmed consent, or all."""

from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from assessments.management.exporting import ExportCommand
from guides.consents.export import Which, contacts_count, contacts_export


class Command(ExportCommand):
    help = "Writes who confirmed the follow-up or news, as CSV; all contacts with --all."

    def add_arguments(self, parser: ArgumentParser) -> None:
        super().add_arguments(parser)
        parser.add_argument(
            "--all",
            dest="which",
            action="store_const",
            const="all",
            default="confirmed",
            help="with what each agreed to or took back, and who gets no mail",
        )

    def handle(self, *, which: Which, out: Path | None, **options: Any) -> None:
        count = contacts_count(which=which)
        self.export(out, lambda tell: contacts_export(which=which, tell=tell), count)
