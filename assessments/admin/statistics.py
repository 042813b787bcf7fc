"""The statistics page: a funnel, results and answers over a range of days."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any
from urllib.parse import urlencode

from django import forms
from django.contrib import admin
from django.core.exceptions import PermissionDenied, ValidationError
from django.http import HttpRequest, HttpResponse, QueryDict
from django.template.response import TemplateResponse
from django.urls import URLPattern, path
from django.utils import timezone

from assessments import selectors
from assessments.analytics import reports
from assessments.analytics.aggregation import BOT
from assessments.analytics.charts import format_number
from assessments.analytics.figures import (
    Figure,
    bar_figure,
    day_figure,
    funnel_figure,
    last_days,
    span,
)
from assessments.analytics.reports import StepCount

PERIODS = (7, 30, 90)
MOST_DAYS = 366
DAY = timedelta(days=1)
FILTERS = {"edition": "Version", "source": "Source", "profile": "Result type"}
HEADS = {"edition": "finished", "source": "visits", "profile": "finished"}


class StatisticsForm(forms.Form):
    """Query parameters: the last N full days or a date range, and an optional filter."""

    days = forms.TypedChoiceField(
        choices=[(days, days) for days in PERIODS],
        coerce=int,
        required=False,
        error_messages={"invalid_choice": "Pick the last 7, 30 or 90 days, or give two days."},
    )
    since = forms.DateField(
        required=False, error_messages={"invalid": "“From” must be a day such as 2026-03-01."}
    )
    until = forms.DateField(
        required=False, error_messages={"invalid": "“To” must be a day such as 2026-03-31."}
    )
    only = forms.CharField(required=False, max_length=200)

    def clean_only(self) -> tuple[str, str]:
        """The filter's field and value."""
        by, _, value = self.cleaned_data["only"].partition(":")
        if by and by not in FILTERS:
            raise ValidationError("Pick one of the choices under “Only”.")
        return by, value

    def clean(self) -> dict[str, Any]:
        data = self.cleaned_data
        since, until = data.get("since"), data.get("until")
        if not self.errors and bool(since) != bool(until):
            raise ValidationError("Give both days: from and to.")
        if since and until and since > until:
            raise ValidationError("The first day can't come after the last.")
        if since and until and until - since >= MOST_DAYS * DAY:
            raise ValidationError(f"Pick at most {MOST_DAYS} days.")
        return data


@dataclass(frozen=True, slots=True)
class StatisticsQuery:
    """A date range and an optional filter, with the counts for them."""

    first_day: date
    last_day: date
    by: str = ""
    value: str = ""

    @property
    def days(self) -> str:
        return span(self.first_day, self.last_day)

    @property
    def only(self) -> str:
        return f"{self.by}:{self.value}" if self.by else ""

    def steps(self) -> list[StepCount]:
        steps = reports.funnel(self.first_day, self.last_day, by=self.by, value=self.value)
        if self.by != "profile":
            return steps
        keys = [step.step for step in steps]  # the result type is unknown before "finish"
        return [step for step in steps[keys.index("finish") :] if step.step != "stop"]

    def by_day(self, step: str) -> dict[date, int]:
        return reports.by_day(self.first_day, self.last_day, step, by=self.by, value=self.value)

    def stops(self) -> list[tuple[str, int]]:
        return reports.stops(self.first_day, self.last_day, by=self.by, value=self.value)

    def values(self, by: str) -> list[tuple[str, str, int]]:
        return reports.values(self.first_day, self.last_day, by)


def statistics_context(params: QueryDict) -> dict[str, Any]:
    """Template context. Invalid parameters show errors and fall back to the last seven days."""
    form = StatisticsForm(params)
    query = (
        _query(form.cleaned_data) if form.is_valid() else StatisticsQuery(*last_days(PERIODS[0]))
    )
    values = {by: query.values(by) for by in FILTERS}
    return {
        "faults": [fault for faults in form.errors.values() for fault in faults],
        "asked": query,
        "periods": list(_periods(query)),
        "groups": [(FILTERS[by], list(_options(query, by, values[by]))) for by in FILTERS],
        "figures": list(_figures(query, values["profile"])),
        **_answers(query, values["edition"]),
        "bots": [] if query.by else _bots(query),
    }


def _query(data: dict[str, Any]) -> StatisticsQuery:
    days = (
        (data["since"], data["until"]) if data["since"] else last_days(data["days"] or PERIODS[0])
    )
    return StatisticsQuery(*days, *data["only"])


def _periods(query: StatisticsQuery) -> Iterator[tuple[str, str, bool]]:
    """URL, label, and whether it's the current period."""
    current = query.first_day, query.last_day
    today = timezone.localdate()
    only = {"only": query.only} if query.only else {}
    for days in PERIODS:
        yield (
            f"?{urlencode({'days': days, **only})}",
            f"Last {days} days",
            current == last_days(days),
        )
    yield (
        f"?{urlencode({'since': today, 'until': today, **only})}",
        "Today so far",
        current == (today, today),
    )


def _options(
    query: StatisticsQuery, by: str, values: Sequence[tuple[str, str, int]]
) -> Iterator[tuple[str, str, bool]]:
    """Value, label, and whether it's selected. A selected value stays listed at a count of zero."""
    picked = query.value if query.by == by else None
    for value, label, number in values:
        yield f"{by}:{value}", f"{label} ({format_number(number)} {HEADS[by]})", value == picked
    if picked is not None and picked not in {value for value, _, _ in values}:
        yield query.only, picked, True


def _figures(query: StatisticsQuery, profiles: Sequence[tuple[str, str, int]]) -> Iterator[Figure]:
    """The page's charts; none if nothing was counted."""
    steps = query.steps()
    counted = [step for step in steps if step.number]
    if not counted:
        return
    yield funnel_figure("funnel", "How far runners went", steps)
    if query.last_day > query.first_day:
        yield _by_day(query, next((step for step in counted if step.left is None), steps[0]))
    if stops := query.stops():
        yield bar_figure("stops", "Stopped for safety, and why", ("Why", "Runners"), stops)
    if not query.by and profiles:
        types = [(label, number) for _, label, number in profiles]
        yield bar_figure("types", "Result types", ("Result type", "Runners"), types)


def _by_day(query: StatisticsQuery, first: StepCount) -> Figure:
    """A chart by day: the first counted step, and how many of those runners finished."""
    filled = None if first.step == "finish" else ("Finished", query.by_day("finish"))
    return day_figure("days", first.label, query.by_day(first.step), filled)


def _answers(query: StatisticsQuery, editions: Sequence[tuple[str, str, int]]) -> dict[str, Any]:
    """Answer counts of the selected version, or of the one that most runners finished."""
    pk, label, _ = next(
        (row for row in editions if query.by != "edition" or row[0] == query.value), ("", "", 0)
    )
    edition = selectors.edition_get(int(pk)) if pk else None
    questions = reports.answers(query.first_day, query.last_day, edition) if edition else []
    figures = [
        bar_figure(
            f"answers-{index}",
            question.text,
            ("Answer", "Runners"),
            question.choices,
            key=f"{format_number(question.total)} answered.",
        )
        for index, question in enumerate(questions)
        if question.total
    ]
    return {"answers": figures, "answers_of": label}


def _bots(query: StatisticsQuery) -> list[tuple[str, str]]:
    steps = reports.funnel(query.first_day, query.last_day, by=BOT, value=BOT)
    return [(step.label, format_number(step.number)) for step in steps if step.number]


class StatisticsMixin(admin.ModelAdmin):
    """Adds the statistics page to the answers' admin. It needs the same view permission."""

    def get_urls(self) -> list[URLPattern]:
        view = self.admin_site.admin_view(self.numbers_view)
        own = [path("numbers/", view, name="assessments_submission_numbers")]
        return [*own, *super().get_urls()]

    def numbers_view(self, request: HttpRequest) -> HttpResponse:
        if not self.has_view_permission(request):
            raise PermissionDenied
        context = {
            **self.admin_site.each_context(request),
            "title": "The numbers",
            "opts": self.opts,
            **statistics_context(request.GET),
        }
        return TemplateResponse(request, "admin/assessments/statistics.html", context)
