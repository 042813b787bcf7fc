"""`manage.py answers_export --check SLUG`: export the answers to a self-check as CSV."""

from argparse import ArgumentParser
from datetime import date
from pathlib import Path
from typing import Any

from django.core.management.base import CommandError

from assessments import selectors
from assessments.management.exporting import ExportCommand
from assessments.submissions.export import AnswersExportRows, DayRange, Written, answers_export


class Command(ExportCommand):
    help = "Export the answers to a self-check as CSV, one row per result. This is health data."

    def add_arguments(self, parser: ArgumentParser) -> None:
        super().add_arguments(parser)
        parser.add_argument("--check", required=True, metavar="SLUG", help="such as tight-hips")
        for name, dest, which in [("--from", "first", "first"), ("--to", "last", "last")]:
            parser.add_argument(
                name,
                dest=dest,
                type=date.fromisoformat,
                metavar="DAY",
                help=f"the {which} day, such as 2026-03-31; default: all",
            )
        written = parser.add_mutually_exclusive_group()
        for style, text in [("labels", "texts, as runners see them"), ("keys", "short keys")]:
            written.add_argument(
                f"--{style}", dest="written", action="store_const", const=style, help=text
            )
        parser.set_defaults(written="labels")

    def handle(
        self,
        *,
        check: str,
        first: date | None,
        last: date | None,
        written: Written,
        out: Path | None,
        **options: Any,
    ) -> None:
        assessment = selectors.assessment_by_slug(check)
        if assessment is None:
            raise CommandError(f"There is no self-check “{check}”.")
        if first and last and last < first:
            raise CommandError("The last day is before the first.")
        answers = AnswersExportRows(assessment, DayRange(first, last), written)
        self.export(out, lambda tell: answers_export(answers=answers, tell=tell), len(answers))
