"""Alerts on the desk's first page about email that isn't going out."""

from collections.abc import Iterator
from datetime import datetime
from typing import Any

from django.contrib import admin
from django.db.models import Count, Q, QuerySet
from django.http import HttpRequest
from django.urls import reverse
from django.utils import timezone
from django.utils.timesince import timesince

from assessments.desk.large_lists import moment
from assessments.hooks import Alert
from guides import selectors
from guides.models import Delivery
from guides.selectors import MailStatus, ProcessStatus
from guides.states import GAVE_UP

NOT_RUNNING = {
    "worker": ("The part that sends emails", "Emails may wait until it's back."),
    "deliver": (
        "The part that sends emails",
        "Emails wait until it's back, and so do the daily counts.",
    ),
    "beat": (
        "The scheduler",
        "Emails may go out late, and the daily counts stop.",
    ),
}
DAYS = selectors.FAILED_SHOWN.days


class AlertFilter(admin.SimpleListFilter):
    """Filters for the deliveries that the alerts link to."""

    title = "what needs you"
    parameter_name = "needs"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, str]]:
        return [
            ("due", "due now"),
            ("late", "waiting longer than five minutes"),
            ("failed", f"failed in the last {DAYS} days"),
        ]

    def queryset(self, request: HttpRequest, queryset: QuerySet[Delivery]) -> QuerySet[Delivery]:
        match self.value():
            case "due":
                return queryset & selectors.deliveries_due(timezone.now())
            case "late":
                return queryset & selectors.deliveries_late()
            case "failed":
                return queryset & selectors.deliveries_failed()
            case _:
                return queryset


def mail_alerts(request: HttpRequest) -> Iterator[Alert]:
    """Alerts about email, worst first."""
    if not request.user.has_perm("guides.view_delivery"):
        return
    yield from map(_not_running, (part for part in selectors.process_statuses() if part.silent))
    status = selectors.mail_status()
    if status.paused_since:
        yield _paused(status.paused_since, status.reason)
    elif status.late:
        yield _late(status)
    failed = selectors.deliveries_failed().aggregate(
        number=Count("pk"), given_up=Count("pk", filter=Q(reason__endswith=GAVE_UP))
    )
    if failed["number"]:
        yield _failed(**failed)


def _not_running(part: ProcessStatus) -> Alert:
    what, effect = NOT_RUNNING[part.name]
    last_run = f"last ran {timesince(part.seen_at)} ago" if part.seen_at else "hasn't run yet"
    return Alert(
        f"{what} isn't running",
        f"It {last_run}. {effect} Nothing is lost. "
        f"Ask whoever runs this site to start “{part.name}”.",
        _list_url("due"),
    )


def _paused(since: datetime, reason: str) -> Alert:
    waiting = selectors.deliveries_due(timezone.now()).count()
    return Alert(
        f"No email has gone out since {moment(since)}",
        f"{reason} {emails(waiting)} {'waits' if waiting == 1 else 'wait'}. We try every"
        " 15 seconds, and all go out by themselves once it works.",
        _list_url("due"),
    )


def _late(status: MailStatus) -> Alert:
    waiting = selectors.deliveries_late().count()
    return Alert(
        f"{emails(waiting)} waiting longer than five minutes",
        f"The oldest has waited {timesince(timezone.now() - status.oldest_due)}. If this goes on, "
        "ask whoever runs this site if its worker is running and if the mail server answers.",
        _list_url("late"),
    )


def _failed(number: int, given_up: int) -> Alert:
    after = f"{given_up:,} of them after 48 hours of tries. " if given_up else ""
    return Alert(
        f"{emails(number)} couldn't be sent in the last {DAYS} days",
        f"{after}See why, and resend what you can.",
        _list_url("failed"),
    )


def emails(number: int) -> str:
    return "1 email" if number == 1 else f"{number:,} emails"


def _list_url(need: str) -> str:
    return f"{reverse('admin:guides_delivery_changelist')}?needs={need}"
