"""What goes, of self-checks and of the desk itself. Other apps add theirs to
`hooks.retention_rules`.

Rows go in batches. Each is a short transaction that looks at its rows again, so what somebody began
to use meanwhile stays.
"""

from collections.abc import Callable
from datetime import datetime
from typing import Any

from auditlog.models import LogEntry
from auditlog.registry import auditlog
from django.contrib.contenttypes.models import ContentType
from django.contrib.sessions.models import Session
from django.db import transaction
from django.db.models import Exists, Model, OuterRef, QuerySet
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from assessments import hooks
from assessments.hooks import RetentionRule
from assessments.models import Sight, Submission
from assessments.models.published import SHEET_LINK_LIFE

BATCH = 500

Rows = Callable[[datetime], "QuerySet[Any]"]


def rules() -> list[RetentionRule]:
    return [*hooks.retention_rules, *OWN]


def rows_rule(period: str, label: Any, rows: Rows, *, counted: bool = True) -> RetentionRule:
    """A rule about rows of one table. What refers to them goes as its foreign key says."""

    def count(before: datetime, most: int) -> int:
        return len(rows(before).order_by().values_list("pk")[:most])

    def delete(before: datetime) -> int:
        return rows_delete(rows(before))

    return RetentionRule(period, label, count, delete, counted)


def rows_delete(rows: "QuerySet[Any]") -> int:
    """Deletes a batch; returns how many."""
    batch = list(rows.order_by("pk").values_list("pk", flat=True)[:BATCH])
    if not batch:
        return 0
    with transaction.atomic():
        # Locked, then looked at again: a request for one of them waits, and finds it gone.
        model: type[Model] = rows.model
        locked = model._default_manager.select_for_update().filter(pk__in=batch).order_by("pk")
        list(locked.values_list("pk"))
        rows.filter(pk__in=batch).order_by().delete()
    return len(batch)


def answers_old(before: datetime) -> "QuerySet[Submission]":
    """The very first answers of runners who gave their last ones before this, unless they're in
    use, or a sheet for a PT shows them."""
    of_runner = Submission.objects.filter(created_at__gte=before)
    old = Submission.objects.filter(created_at__lt=before, added_to=None, retest_of=None).exclude(
        Exists(of_runner.filter(added_to=OuterRef("pk")))
    )
    old = old.exclude(Exists(of_runner.filter(retest_of=OuterRef("pk"))))
    shown = {"sheet_link_made_at__gt": timezone.now() - SHEET_LINK_LIFE}
    of_visit = Submission.objects.filter(retest_of=OuterRef("pk"), **shown)
    old = old.exclude(**shown).exclude(Exists(of_visit))
    for leave_out in hooks.answers_in_use:
        old = leave_out(old)
    return old


def looks_old(before: datetime) -> "QuerySet[LogEntry]":
    """What the audit log says about runners' records. The history of content isn't about them."""
    content = ContentType.objects.get_for_models(*auditlog.get_models()).values()
    entries = LogEntry.objects.exclude(content_type__in=[kind.pk for kind in content])
    return entries.filter(timestamp__lt=before)


def _visits_old(before: datetime) -> "QuerySet[Sight]":
    return Sight.objects.filter(day__lt=timezone.localdate(before))


def _sessions_over(before: datetime) -> "QuerySet[Session]":
    return Session.objects.filter(expire_date__lt=before)


OWN = [
    rows_rule("answers", _("answers without an address"), answers_old),
    rows_rule("logs", _("notes of who looked at whose answers"), looks_old, counted=False),
    rows_rule("logs", _("notes of who signed in"), _sessions_over, counted=False),
    rows_rule("visits", _("visits and clicks"), _visits_old),
]
