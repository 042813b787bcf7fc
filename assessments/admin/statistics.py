"""The page of the numbers: how far runners went in some days, and what they answered."""

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
from assessments.analytics.charts import number_said
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
    """What the address asks for: the last full days, or all days from one to another."""

    days = forms.TypedChoiceField(
        choices=[(each, each) for each in PERIODS],
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
        """What to filter by, and its value."""
        by, _, value = self.cleaned_data["only"].partition(":")
        if by and by not in FILTERS:
            raise ValidationError("Pick one of what “Only” offers.")
        return by, value

    def clean(self) -> dict[str, Any]:
        data = self.cleaned_data
        since, until = data.get("since"), data.get("until")
        if not self.errors and bool(since) != bool(until):
            raise ValidationError("Give both days: from and to.")
        if since and until and since > until:
            raise ValidationError("The first day must not come after the last.")
        if since and until and until - since >= MOST_DAYS * DAY:
            raise ValidationError(f"Pick at most {MOST_DAYS} days.")
        return data


@dataclass(frozen=True, slots=True)
class StatisticsQuery:
    """Which days, and which runners: all of them, or those that a filter lets through."""

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
        kinds = [step.step for step in steps]  # a result type is known from the result on
        return [step for step in steps[kinds.index("finish") :] if step.step != "stop"]

    def by_day(self, step: str) -> dict[date, int]:
        return reports.by_day(self.first_day, self.last_day, step, by=self.by, value=self.value)

    def stops(self) -> list[tuple[str, int]]:
        return reports.stops(self.first_day, self.last_day, by=self.by, value=self.value)

    def values(self, by: str) -> list[tuple[str, str, int]]:
        return reports.values(self.first_day, self.last_day, by)


def statistics_context(query: QueryDict) -> dict[str, Any]:
    """For the page. Where the address cannot be read it says so, beside the last seven days."""
    form = StatisticsForm(query)
    asked = (
        _asked(form.cleaned_data) if form.is_valid() else StatisticsQuery(*last_days(PERIODS[0]))
    )
    found = {by: asked.values(by) for by in FILTERS}
    return {
        "faults": [fault for faults in form.errors.values() for fault in faults],
        "asked": asked,
        "periods": list(_periods(asked)),
        "groups": [(FILTERS[by], list(_options(asked, by, found[by]))) for by in FILTERS],
        "figures": list(_figures(asked, found["profile"])),
        **_answers(asked, found["edition"]),
        "bots": [] if asked.by else _bots(asked),
    }


def _asked(data: dict[str, Any]) -> StatisticsQuery:
    days = (
        (data["since"], data["until"]) if data["since"] else last_days(data["days"] or PERIODS[0])
    )
    return StatisticsQuery(*days, *data["only"])


def _periods(asked: StatisticsQuery) -> Iterator[tuple[str, str, bool]]:
    """Address, words, and whether it is what is shown."""
    now = asked.first_day, asked.last_day
    today = timezone.localdate()
    only = {"only": asked.only} if asked.only else {}
    for days in PERIODS:
        yield f"?{urlencode({'days': days, **only})}", f"Last {days} days", now == last_days(days)
    yield (
        f"?{urlencode({'since': today, 'until': today, **only})}",
        "Today so far",
        now == (today, today),
    )


def _options(
    asked: StatisticsQuery, by: str, found: Sequence[tuple[str, str, int]]
) -> Iterator[tuple[str, str, bool]]:
    """Value, words, and whether it is picked: then it stays so, also where it counts nothing."""
    picked = asked.value if asked.by == by else None
    for value, label, number in found:
        yield f"{by}:{value}", f"{label} ({number_said(number)} {HEADS[by]})", value == picked
    if picked is not None and picked not in {value for value, _, _ in found}:
        yield asked.only, picked, True


def _figures(asked: StatisticsQuery, profiles: Sequence[tuple[str, str, int]]) -> Iterator[Figure]:
    """Nothing at all where nothing was counted."""
    steps = asked.steps()
    met = [step for step in steps if step.number]
    if not met:
        return
    yield funnel_figure("funnel", "How far runners went", steps)
    if asked.last_day > asked.first_day:
        yield _by_day(asked, next((step for step in met if step.left is None), steps[0]))
    if stops := asked.stops():
        yield bar_figure("stops", "Stopped for safety, and why", ("Why", "Runners"), stops)
    if not asked.by and profiles:
        types = [(label, number) for _, label, number in profiles]
        yield bar_figure("types", "Result types", ("Result type", "Runners"), types)


def _by_day(asked: StatisticsQuery, whole: StepCount) -> Figure:
    """The first that was counted, and how many of it finished."""
    filled = None if whole.step == "finish" else ("Finished", asked.by_day("finish"))
    return day_figure("days", whole.label, asked.by_day(whole.step), filled)


def _answers(asked: StatisticsQuery, editions: Sequence[tuple[str, str, int]]) -> dict[str, Any]:
    """Of the version that is picked, or that most runners finished."""
    number, label, _ = next(
        (each for each in editions if asked.by != "edition" or each[0] == asked.value), ("", "", 0)
    )
    edition = selectors.edition_get(int(number)) if number else None
    told = reports.answers(asked.first_day, asked.last_day, edition) if edition else []
    figures = [
        bar_figure(
            f"answers-{at}",
            question.text,
            ("Answer", "Runners"),
            question.choices,
            key=f"{number_said(question.total)} answered.",
        )
        for at, question in enumerate(told)
        if question.total
    ]
    return {"answers": figures, "answers_of": label}


def _bots(asked: StatisticsQuery) -> list[tuple[str, str]]:
    seen = reports.funnel(asked.first_day, asked.last_day, by=BOT, value=BOT)
    return [(step.label, number_said(step.number)) for step in seen if step.number]


class StatisticsMixin(admin.ModelAdmin):
    """For the admin of answers: whoever may see these may see how many there are."""

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
