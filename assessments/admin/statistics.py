"""The statistics page: a funnel, results and answers over a range of days."""

from collections.abc import Iterator
from dataclasses import dataclass, replace
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
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, gettext_noop

from assessments import hooks, selectors
from assessments.analytics import reports
from assessments.analytics.aggregation import BOT, OTHER
from assessments.analytics.charts import Figure, format_number
from assessments.analytics.figures import (
    bar_figure,
    compare_figure,
    day_figure,
    funnel_figure,
    last_days,
    source_rows,
    span,
)
from assessments.analytics.reports import StepCount
from assessments.embed_sites import readable
from runfit.lib.database import replica
from runfit.lib.hooks import gather

PERIODS = (7, 30, 90)
MOST_DAYS = 366
MOST_SOURCES = 30
DAY = timedelta(days=1)
FILTERS = {
    "edition": gettext_noop("Version"),
    "source": gettext_noop("Source"),
    "profile": gettext_noop("Result type"),
}
ALL = gettext_noop("All runners")
HEADS = {
    "edition": gettext_noop("{number} finished"),
    "source": gettext_noop("{number} visits"),
    "profile": gettext_noop("{number} finished"),
}

Pick = tuple[str, str]
"""A filter's field and value."""
Values = list[tuple[str, str, int | None]]


class StatisticsForm(forms.Form):
    """Query parameters: the last N full days or a date range, an optional filter, and what to show
    beside it."""

    days = forms.TypedChoiceField(
        choices=[(days, days) for days in PERIODS],
        coerce=int,
        required=False,
        error_messages={
            "invalid_choice": gettext_lazy("Pick the last 7, 30 or 90 days, or give two days.")
        },
    )
    since = forms.DateField(
        required=False,
        error_messages={"invalid": gettext_lazy("“From” must be a day such as 2026-03-01.")},
    )
    until = forms.DateField(
        required=False,
        error_messages={"invalid": gettext_lazy("“To” must be a day such as 2026-03-31.")},
    )
    only = forms.CharField(required=False, max_length=200)
    beside = forms.CharField(required=False, max_length=200)

    def clean_only(self) -> Pick:
        return self._pick("only", _("Only"))

    def clean_beside(self) -> Pick:
        return self._pick("beside", _("Beside"))

    def _pick(self, name: str, label: str) -> Pick:
        by, _colon, value = self.cleaned_data[name].partition(":")
        if by and by not in FILTERS:
            raise ValidationError(_("Pick one of the choices under “{label}”.").format(label=label))
        return by, value

    def clean(self) -> dict[str, Any]:
        data = self.cleaned_data
        since, until = data.get("since"), data.get("until")
        if not self.errors and bool(since) != bool(until):
            raise ValidationError(_("Give both days: from and to."))
        if not self.errors and data["beside"][0] and data["beside"] == data["only"]:
            raise ValidationError(_("Pick two different ones to compare."))
        if since and until and since > until:
            raise ValidationError(_("The first day can't come after the last."))
        if since and until and until - since >= MOST_DAYS * DAY:
            raise ValidationError(_("Pick at most {days} days.").format(days=MOST_DAYS))
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

    def stops(self) -> list[tuple[str, int | None]]:
        return reports.stops(self.first_day, self.last_day, by=self.by, value=self.value)

    def values(self, by: str) -> Values:
        return reports.values(self.first_day, self.last_day, by)


def statistics_context(params: QueryDict) -> dict[str, Any]:
    """Template context. Invalid parameters show errors and fall back to the last seven days."""
    form = StatisticsForm(params)
    query = (
        _query(form.cleaned_data) if form.is_valid() else StatisticsQuery(*last_days(PERIODS[0]))
    )
    by, value = form.cleaned_data["beside"] if form.is_valid() else ("", "")
    beside = replace(query, by=by, value=value) if by else None
    values = {by: query.values(by) for by in FILTERS}
    return {
        "faults": [fault for faults in form.errors.values() for fault in faults],
        "asked": query,
        "periods": list(_periods(query, beside)),
        "selects": [
            ("only", _("Only"), _(ALL), _groups(query, values)),
            ("beside", _("Beside"), _("Nothing to compare"), _groups(beside, values)),
        ],
        "comparison": _comparison(query, beside, values) if beside else None,
        "figures": list(_figures(query, values["profile"])),
        **_answers(query, values["edition"]),
        "retests": [] if query.by else gather(hooks.retest_figures),
        "others": [] if query.by else gather(hooks.number_figures, query.first_day, query.last_day),
        "by_source": None if query.by else _by_source(query),
        "bots": [] if query.by else _bots(query),
    }


def _query(data: dict[str, Any]) -> StatisticsQuery:
    days = (
        (data["since"], data["until"]) if data["since"] else last_days(data["days"] or PERIODS[0])
    )
    return StatisticsQuery(*days, *data["only"])


def _comparison(
    query: StatisticsQuery, beside: StatisticsQuery, values: dict[str, Values]
) -> Figure | None:
    """The steps that both know, side by side. Questions are left out: versions differ in them."""
    others = {step.step: step for step in beside.steps()}
    pairs = [
        (step, others[step.step])
        for step in query.steps()
        if step.left is None and step.step in others
    ]
    if not any(step.number for pair in pairs for step in pair):
        return None
    names = _label(query, values), _label(beside, values)
    return compare_figure("beside", _("Side by side"), names, pairs)


def _label(query: StatisticsQuery, values: dict[str, Values]) -> str:
    if not query.by:
        return _(ALL)
    return {value: label for value, label, _number in values[query.by]}.get(
        query.value, query.value
    )


def _periods(
    query: StatisticsQuery, beside: StatisticsQuery | None
) -> Iterator[tuple[str, str, bool]]:
    """URL, label, and whether it's the current period."""
    current = query.first_day, query.last_day
    today = timezone.localdate()
    picks = {"only": query.only, "beside": beside.only if beside else ""}
    only = {name: pick for name, pick in picks.items() if pick}
    for days in PERIODS:
        yield (
            f"?{urlencode({'days': days, **only})}",
            _("Last {days} days").format(days=days),
            current == last_days(days),
        )
    yield (
        f"?{urlencode({'since': today, 'until': today, **only})}",
        _("Today so far"),
        current == (today, today),
    )


def _groups(
    query: StatisticsQuery | None, values: dict[str, Values]
) -> list[tuple[str, list[tuple[str, str, bool]]]]:
    """The options of a select by what they filter, with what the query picked."""
    return [
        (
            _(label),
            list(_options(by, query.value if query and query.by == by else None, values[by])),
        )
        for by, label in FILTERS.items()
    ]


def _options(by: str, picked: str | None, values: Values) -> Iterator[tuple[str, str, bool]]:
    """Value, label, and whether it's selected. A selected value stays listed at a count of zero."""
    for value, label, number in values:
        count = format_number(number)
        if number is not None:
            count = _(HEADS[by]).format(number=count)
        yield f"{by}:{value}", f"{label} ({count})", value == picked
    if picked is not None and picked not in {value for value, _label, _number in values}:
        yield f"{by}:{picked}", readable(picked), True


def _figures(query: StatisticsQuery, profiles: Values) -> Iterator[Figure]:
    """The page's charts; none if nothing was counted."""
    steps = query.steps()
    counted = [step for step in steps if step.number]
    if not counted:
        return
    yield funnel_figure("funnel", _("How far runners went"), steps, of_some=bool(query.by))
    if query.last_day > query.first_day:
        yield _by_day(query, next((step for step in counted if step.left is None), steps[0]))
    if stops := query.stops():
        yield bar_figure("stops", _("Stopped for safety, and why"), (_("Why"), _("Runners")), stops)
    if not query.by and profiles:
        types = [(label, number) for _value, label, number in profiles]
        yield bar_figure("types", _("Result types"), (_("Result type"), _("Runners")), types)


def _by_day(query: StatisticsQuery, first: StepCount) -> Figure:
    """A chart by day: the first counted step, and how many of those runners finished."""
    filled = None if first.step == "finish" else (_("Finished"), query.by_day("finish"))
    days = query.by_day(first.step)
    return day_figure("days", first.label, days, filled, of_some=bool(query.by))


def _answers(query: StatisticsQuery, editions: Values) -> dict[str, Any]:
    """Answer counts of the selected version, or of the one that most runners finished."""
    pk, label, _number = next(
        (row for row in editions if query.by != "edition" or row[0] == query.value), ("", "", 0)
    )
    edition = selectors.edition_get(int(pk)) if pk else None
    questions = reports.answers(query.first_day, query.last_day, edition) if edition else []
    figures = [
        bar_figure(
            f"answers-{index}",
            question.text,
            (_("Answer"), _("Runners")),
            question.choices,
            key=_("{number} answered.").format(number=format_number(question.total)),
        )
        for index, question in enumerate(questions)
        if question.total
    ]
    return {"answers": figures, "answers_of": label}


def _by_source(query: StatisticsQuery) -> dict[str, Any] | None:
    """A table of links and articles, each leading to its own numbers. None without any."""
    funnels = reports.funnel_by_source(query.first_day, query.last_day)
    if not funnels:
        return None
    heads = [step.label.partition(":")[0] for step in next(iter(funnels.values()))]
    days = {"since": query.first_day, "until": query.last_day}
    rows = [
        (
            _("Others") if source == OTHER else readable(source),
            f"?{urlencode({**days, 'only': f'source:{source}'})}",
            cells,
        )
        for source, cells in source_rows(funnels)[:MOST_SOURCES]
    ]
    return {
        "heads": heads,
        "rows": rows,
        "most": MOST_SOURCES,
        "is_cut": len(funnels) > MOST_SOURCES,
    }


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
        numbers, as_of = replica.read(lambda: statistics_context(request.GET))
        context = {
            **self.admin_site.each_context(request),
            "title": _("The numbers"),
            "opts": self.opts,
            "as_of": as_of,
            **numbers,
        }
        return TemplateResponse(request, "admin/assessments/statistics.html", context)
