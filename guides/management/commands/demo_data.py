"""Creates or removes demo data: submissions and guide requests."""

import time
from datetime import date
from random import Random
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.db import connection

from assessments.analytics.services import counts_rebuild, first_countable_day
from assessments.demo.submissions import demo_first_day, demo_submissions_create
from assessments.selectors import edition_default
from guides.demo import demo_data_delete, demo_requests_create, real_rows_exist
from guides.selectors import guide_live_for

MOST_DAYS = 365


class Command(BaseCommand):
    help = (
        "Makes answers up, spread over the last days, a third of them with a request for the "
        "guide. Only in a database without real answers. No email goes out."
    )

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--submissions", type=int, default=10_000, metavar="NUMBER")
        parser.add_argument("--days", type=int, default=100, metavar="NUMBER")
        parser.add_argument(
            "--remove", action="store_true", help="take away what this command made, nothing else"
        )

    def handle(self, *args: Any, submissions: int, days: int, remove: bool, **options: Any) -> None:
        start = time.perf_counter()
        summary = self._remove() if remove else self._make(submissions, days)
        # Refreshes the query planner's statistics.
        vacuum = connection.vendor == "postgresql" and not connection.in_atomic_block
        with connection.cursor() as cursor:
            cursor.execute("VACUUM ANALYZE" if vacuum else "ANALYZE")
        self.stdout.write(f"{summary}, in {time.perf_counter() - start:.0f} s.")

    def _make(self, number: int, days: int) -> str:
        if number < 1 or not 1 <= days <= MOST_DAYS:
            raise CommandError(f"Make 1 or more, on 1 to {MOST_DAYS} days.")
        if real_rows_exist():
            raise CommandError("There are real answers or contacts here. Use another database.")
        edition = edition_default()
        if edition is None:
            raise CommandError("Nothing is published yet. Load the content first: prepare.")
        guide = guide_live_for(edition.assessment.slug)
        rng = Random()  # noqa: S311 - nothing here is a secret
        done = asked = 0
        for batch in demo_submissions_create(edition=edition, number=number, days=days, rng=rng):
            done += len(batch)
            if guide:
                asked += demo_requests_create(submissions=batch, edition=guide, rng=rng)
            self.stderr.write(f"{done:,} of {number:,} answers")
        self._count(demo_first_day())
        return f"Made: {done:,} answers, {asked:,} requests for the guide"

    def _remove(self) -> str:
        first = demo_first_day()
        removed = demo_data_delete()
        self._count(first)
        summary = ", ".join(f"{number:,} {name}" for name, number in removed.items() if number)
        return f"Removed: {summary or 'nothing'}"

    def _count(self, first: date | None) -> None:
        """Recomputes the daily counts since `first`."""
        if first:
            since = max(first, first_countable_day())
            counts_rebuild(since=since, on_day=lambda day: self.stderr.write(f"Counted: {day}"))
