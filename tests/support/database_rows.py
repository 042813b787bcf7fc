"""Creates, shifts in time and inspects database rows in bulk."""

import math
import uuid
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path

from django.db import connections
from django.db.models import Count, F, Max, QuerySet
from django.utils import timezone

from assessments.models import Submission
from guides.models import (
    Contact,
    Delivery,
    DownloadLink,
    GuideEdition,
    Heartbeat,
    MailServer,
    Suppression,
)
from guides.states import OPEN, State
from tests.support.processes import seconds_until, wait_for

MOMENTS = ("queued_at", "due_at", "lease_until", "sent_at")
MARGIN = timedelta(seconds=1)


class Rows:
    """The rows of one database. The first submission is the template for the rest."""

    def __init__(self, alias: str = "default") -> None:
        self.alias = alias

    @property
    def deliveries(self) -> QuerySet[Delivery]:
        return Delivery.objects.using(self.alias).order_by("pk")

    def clear(self) -> None:
        for model in (Delivery, DownloadLink, Contact, Suppression, MailServer, Heartbeat):
            model.objects.using(self.alias).all().delete()
        submissions = Submission.objects.using(self.alias)
        submissions.exclude(pk=submissions.earliest("pk").pk).delete()

    def submissions(self, count: int) -> list[Submission]:
        """Create submissions of runners who are about to ask for the guide."""
        pattern = Submission.objects.using(self.alias).earliest("pk")
        kept = [
            field.attname for field in Submission._meta.fields if field.name not in {"id", "token"}
        ]
        made = [
            Submission(token=uuid.uuid4().hex, **{name: getattr(pattern, name) for name in kept})
            for _ in range(count)
        ]
        return Submission.objects.using(self.alias).bulk_create(made)

    def tokens(self, count: int) -> list[str]:
        return [submission.token for submission in self.submissions(count)]

    def mails(self, count: int, *, domain: str = "example.org") -> list[Delivery]:
        """Create due deliveries to different recipients."""
        edition = GuideEdition.objects.using(self.alias).latest("pk")
        submissions = self.submissions(count)
        contacts = [f"r{number}@{domain}" for number in range(count)]
        made = Contact.objects.using(self.alias).bulk_create(
            Contact(email=email, email_key=email) for email in contacts
        )
        expires = timezone.now() + timedelta(days=30)
        links = DownloadLink.objects.using(self.alias).bulk_create(
            DownloadLink(
                contact=contact,
                submission=submission,
                edition=edition,
                profile=submission.profile,
                expires_at=expires,
            )
            for contact, submission in zip(made, submissions, strict=True)
        )
        return self.deliveries.bulk_create(
            Delivery(
                contact=link.contact,
                submission=link.submission,
                link=link,
                masked_email="r•••",
                dedupe_key=f"guide:{link.submission_id}:{edition.pk}:{link.contact_id}:0",
            )
            for link in links
        )

    def states(self) -> dict[str, int]:
        return dict(self.deliveries.order_by().values_list("state").annotate(Count("pk")))

    def count(self, *states: State) -> int:
        return self.deliveries.filter(state__in=states).count()

    def waiting(self) -> int:
        """The number of open deliveries."""
        return self.deliveries.filter(state__in=OPEN).count()

    def wait_for(self, state: State, count: int = 1, limit: float = 60.0) -> None:
        wait_for(lambda: self.count(state) >= count, f"{count} {state}", limit)

    def clock_moves(self, by: timedelta) -> None:
        """Simulate a clock jump by shifting all timestamps the other way."""
        for name in MOMENTS:
            rows = self.deliveries.order_by().filter(**{f"{name}__isnull": False})
            rows.update(**{name: F(name) - by})

    def clock_moves_to_the_next_try(self) -> None:
        """Far enough that all open deliveries are due and all leases have expired."""
        last = self.deliveries.filter(state__in=OPEN).aggregate(
            due=Max("due_at"), lease=Max("lease_until")
        )
        moments = [at for at in last.values() if at]
        if moments:
            self.clock_moves(max(max(moments) - timezone.now(), timedelta(0)) + MARGIN)

    def due_now(self) -> int:
        return self.deliveries.filter(
            state__in=[State.QUEUED, State.RETRY], due_at__lte=timezone.now()
        ).count()

    def drained(self, nudge: Callable[[], None], *, limit: float, moving: bool = True) -> float:
        """Seconds until no delivery is open. Advances the clock whenever nothing is due."""

        def look() -> bool:
            nudge()
            if moving and self._is_idle():
                self.clock_moves_to_the_next_try()
            return not self.waiting()

        return seconds_until(look, limit, pause=0.5)

    def _is_idle(self) -> bool:
        """Whether nothing is due, and no worker is sending."""

        def sight() -> list[tuple[object, ...]]:
            rows = self.deliveries.filter(state__in=OPEN)
            return list(rows.values_list("pk", "state", "attempts"))

        before = sight()
        return not self.due_now() and _stays(sight, before)

    def holding(self, words: str) -> list[str]:
        """The tables with a row that contains this text."""
        tables = []
        with connections[self.alias].cursor() as cursor:
            for table in connections[self.alias].introspection.table_names(cursor):
                cursor.execute(
                    f'SELECT count(*) FROM "{table}" t WHERE t::text ILIKE %s', [f"%{words}%"]
                )
                if cursor.fetchone()[0]:
                    tables.append(table)
        return tables

    def picture(self, *tables: str) -> str:
        """A text dump of these tables, for comparison."""
        lines = []
        with connections[self.alias].cursor() as cursor:
            for table in tables:
                cursor.execute(f'SELECT t::text FROM "{table}" t ORDER BY 1')
                lines += [f"{table}{row[0]}" for row in cursor.fetchall()]
        return "\n".join(lines)


def _stays(sight: Callable[[], object], before: object, seconds: float = 1.5) -> bool:
    return math.isinf(seconds_until(lambda: sight() != before, seconds, pause=0.3))


def files_holding(folder: Path, words: bytes) -> list[Path]:
    return [path for path in folder.rglob("*") if path.is_file() and words in path.read_bytes()]
