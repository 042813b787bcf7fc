"""The sessions that are still to come, as a calendar file in the runner's time zone."""

import json
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

from django import forms
from django.conf import settings
from django.core.exceptions import ValidationError
from django.http import HttpRequest, HttpResponse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods

from guides import selectors
from guides.content import PlanContent
from guides.content.training import (
    Record,
    RecordError,
    Schedule,
    SessionAhead,
    merged,
    parse_record,
    runner_zone,
    sessions_ahead,
)
from guides.models import DownloadLink
from guides.runner.guide_views import has_no_plan, link_or_404
from guides.runner.training.page import training_context, training_name
from guides.runner.training.plans import (
    record_of,
    runner_today,
    session_path,
)
from runfit.lib.calendars import calendar_file
from runfit.lib.http import private_page, render_page, see_other
from runfit.lib.translation import use_language

LONGEST = 10_000
"""Characters of a schedule: more than one with all its stages takes."""


class CalendarForm(forms.Form):
    """What the entries say. `schedule` is the browser's own, if nothing is kept with the link."""

    at = forms.TimeField(
        required=False,
        error_messages={"invalid": gettext_lazy("Enter a time such as 18:30, or leave it empty.")},
    )
    named = forms.BooleanField(required=False)
    linked = forms.BooleanField(required=False)
    schedule = forms.CharField(required=False, max_length=LONGEST)

    def clean_schedule(self) -> Schedule | None:
        text = self.cleaned_data["schedule"]
        try:
            return parse_record({"schedule": json.loads(text)}).schedule if text else None
        except (RecordError, RecursionError, ValueError) as error:
            raise ValidationError(_("Pick your training days again.")) from error


@dataclass(frozen=True, kw_only=True)
class SessionCalendar:
    """Events keep their names, so that importing the file again moves them. `at` is blank for
    events that take no time of the day."""

    link: DownloadLink
    token: str
    plans: dict[str, PlanContent]
    record: Record
    at: Any
    named: bool
    linked: bool

    def file(self, *, day: date, now: datetime) -> bytes:
        sessions = sessions_ahead(self.record, self.plans, day)
        return calendar_file("Training", [dict(self._facts(each)) for each in sessions], now=now)

    def _facts(self, session: SessionAhead) -> Iterator[tuple[str, object]]:
        plan = self.plans[session.plan]
        name = f"{session.plan}-{session.block}-{session.week}-{session.number}"
        yield "uid", f"{name}-{training_name(self.link)}@runfit"
        yield "sequence", self._schedule.at // 60_000
        yield "summary", plan.name if self.named else _("Training")
        yield from self._when(session, plan.blocks[session.block - 1].minutes)
        if self.linked:
            path = session_path(self.link, self.token, session.plan, session.block)
            yield "url", f"{settings.SITE_URL}{path}"
            yield "description", f"{settings.SITE_URL}{path}"

    def _when(self, session: SessionAhead, minutes: int) -> Iterator[tuple[str, object]]:
        if self.at is None:
            yield "dtstart", session.on
            yield "transp", "TRANSPARENT"
            return
        zone = runner_zone(self._schedule.zone) or timezone.get_default_timezone()
        start = datetime.combine(session.on, self.at, tzinfo=zone)
        yield "dtstart", start
        yield "dtend", start + timedelta(minutes=minutes)

    @property
    def _schedule(self) -> Schedule:
        assert self.record.schedule  # noqa: S101 - without one, there's no file
        return self.record.schedule


@private_page
@require_http_methods(["GET", "HEAD", "POST"])
def calendar(request: HttpRequest, token: str) -> HttpResponse:
    """Asks what the entries may say, then sends the file. Nothing is stored. What the browser knows
    comes as a POST: an address stays in histories, and in logs of others."""
    link = link_or_404(token)
    if link.expired or has_no_plan(link):
        return see_other("guides:guide", token)
    content, _edition = selectors.guide_for_link(link)
    plans = selectors.plans_of(link, content)
    if not plans:
        return see_other("guides:guide", token)
    with use_language(content.language):
        form = CalendarForm(request.POST if request.method == "POST" else None)
        record = record_of(link)
        if form.is_valid():
            record = merged(record, Record(schedule=form.cleaned_data.pop("schedule")))
            if record.schedule:
                told = form.cleaned_data
                made = SessionCalendar(link=link, token=token, plans=plans, record=record, **told)
                return _sent(made.file(day=runner_today(record), now=timezone.now()))
        context = {
            "token": token,
            "content": content,
            "form": form,
            "picked": record.schedule is not None,
            **training_context(link, token, content),
        }
    template, status = "guides/training/calendar.html", 422 if form.errors else 200
    return render_page(request, template, context, language=content.language, status=status)


def _sent(file: bytes) -> HttpResponse:
    headers = {"Content-Disposition": 'attachment; filename="training.ics"'}
    return HttpResponse(file, content_type="text/calendar; charset=utf-8", headers=headers)
