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
from django.utils.translation import gettext, ngettext
from django.utils.translation import gettext_lazy as _

from assessments.desk.large_lists import moment
from assessments.hooks import Alert
from guides import selectors
from guides.admin.backups.alerts import held_alert
from guides.models import Delivery
from guides.reasons import GAVE_UP, reason_line
from guides.selectors import MailStatus, ProcessStatus

NOT_RUNNING = {
    "worker": (
        _("The part that sends emails isn't running"),
        _("Emails may wait until it's back."),
    ),
    "deliver": (
        _("The part that sends emails isn't running"),
        _("Emails wait until it's back, and so do the daily counts."),
    ),
    "beat": (
        _("The scheduler isn't running"),
        _("Emails may go out late, and the daily counts stop."),
    ),
}
DAYS = selectors.FAILED_SHOWN.days


class AlertFilter(admin.SimpleListFilter):
    """Filters for the deliveries that the alerts link to."""

    title = _("what needs you")
    parameter_name = "needs"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, str]]:
        return [
            ("due", gettext("due now")),
            ("late", gettext("waiting longer than five minutes")),
            ("doubtful", gettext("may have gone out before the restore")),
            ("failed", gettext("failed in the last {days} days").format(days=DAYS)),
        ]

    def queryset(self, request: HttpRequest, queryset: QuerySet[Delivery]) -> QuerySet[Delivery]:
        match self.value():
            case "due":
                return queryset & selectors.deliveries_due(timezone.now())
            case "late":
                return queryset & selectors.deliveries_late()
            case "doubtful":
                return queryset & selectors.deliveries_doubtful()
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
    if status.held_since:
        yield held_alert(status.held_since)
    elif status.paused_since:
        yield _paused(status.paused_since, status.reason)
    elif status.late:
        yield _late(status)
    failed = selectors.deliveries_failed().aggregate(
        number=Count("pk"), given_up=Count("pk", filter=Q(reason__endswith=GAVE_UP))
    )
    if failed["number"]:
        yield _failed(**failed)


def _not_running(part: ProcessStatus) -> Alert:
    title, effect = NOT_RUNNING[part.name]
    last_run = (
        gettext("It last ran {time} ago.").format(time=timesince(part.seen_at))
        if part.seen_at
        else gettext("It hasn't run yet.")
    )
    ask = gettext("Nothing is lost. Ask whoever runs this site to start “{name}”.")
    return Alert(
        str(title),
        f"{last_run} {effect} {ask.format(name=part.name)}",
        _list_url("due"),
    )


def _paused(since: datetime, reason: str) -> Alert:
    waiting = selectors.deliveries_due(timezone.now()).count()
    return Alert(
        gettext("No email has gone out since {time}").format(time=moment(since)),
        f"{reason_line(reason)} {emails_wait(waiting)} "
        + gettext("We try every 15 seconds, and all go out by themselves once it works."),
        _list_url("due"),
    )


def _late(status: MailStatus) -> Alert:
    waiting = selectors.deliveries_late().count()
    return Alert(
        ngettext(
            "1 email waiting longer than five minutes",
            "{number} emails waiting longer than five minutes",
            waiting,
        ).format(number=f"{waiting:,}"),
        gettext(
            "The oldest has waited {time}. If this goes on, ask whoever runs this site if its "
            "worker is running and if the mail server answers."
        ).format(time=timesince(timezone.now() - status.oldest_due)),
        _list_url("late"),
    )


def _failed(number: int, given_up: int) -> Alert:
    after = gettext("{number} of them after 48 hours of tries.").format(number=f"{given_up:,}")
    what_to_do = gettext("See why, and resend what you can.")
    return Alert(
        ngettext(
            "1 email couldn't be sent in the last {days} days",
            "{number} emails couldn't be sent in the last {days} days",
            number,
        ).format(number=f"{number:,}", days=DAYS),
        f"{after} {what_to_do}" if given_up else what_to_do,
        _list_url("failed"),
    )


def emails_wait(number: int) -> str:
    words = ngettext("1 email waits.", "{number} emails wait.", number)
    return words.format(number=f"{number:,}")


def _list_url(need: str) -> str:
    return f"{reverse('admin:guides_delivery_changelist')}?needs={need}"
