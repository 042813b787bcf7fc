"""Lists that open as quickly with a million rows as with a few."""

import json
import logging
import re
from datetime import datetime
from typing import Any, ClassVar

from django.contrib import admin, messages
from django.contrib.admin.helpers import ACTION_CHECKBOX_NAME
from django.contrib.admin.options import IncorrectLookupParameters
from django.contrib.admin.views.main import ChangeList
from django.core.exceptions import BadRequest
from django.core.paginator import EmptyPage, Page, Paginator
from django.db import OperationalError, connections
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.functional import cached_property

logger = logging.getLogger(__name__)

NUMBER = re.compile(r"[0-9]{1,18}")
"""From outside: a key, or a place in an order. What is longer fits no column, and Python makes no
number of thousands of digits."""
COUNTED = {"postgresql": 10_000, "sqlite": 100_000}
"""Up to how many rows are counted one by one. SQLite cannot estimate those beyond."""
DIGITS = 2
"""Of an estimate, those that may be trusted."""
AT_ONCE = 1_000
"""Rows that one action may be for."""


class ApproximateCount(int):
    """A number of rows that were not counted to the end. It reads as such wherever it stands."""

    def __new__(cls, number: int, word: str) -> "ApproximateCount":
        roughly = super().__new__(cls, number)
        roughly.word = word
        return roughly

    word: str

    def __str__(self) -> str:
        return f"{self.word} {int(self):,}"


class DateFilter(admin.DateFieldListFilter):
    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.title = "date"


class LargeTablePaginator(Paginator):
    """Counts up to a bound, and estimates what is more. Reads a page from the end that is nearer.

    Where the number is an estimate, the first half of the pages begins at the first row and the
    other half ends at the last one: what is off shows in the middle, where nobody leafs.
    """

    object_list: QuerySet[Any]

    @cached_property
    def count(self) -> int:
        rows = self.object_list.order_by().values("pk")
        vendor = connections[rows.db].vendor
        bound = COUNTED[vendor]
        number = rows[: bound + 1].count()
        if number <= bound:
            return number
        if vendor != "postgresql":
            return ApproximateCount(bound, "more than")
        return ApproximateCount(max(bound, rounded(estimate(rows))), "about")

    def page(self, number: Any) -> Page:
        number = self.validate_number(number)
        top = (number - 1) * self.per_page
        bottom = min(top + self.per_page, self.count)
        below = self.count - bottom
        if top <= below:
            rows = self._rows(self.object_list, top, bottom)
        else:
            rows = self._rows(self.object_list.reverse(), below, below + bottom - top)[::-1]
        if not rows and number > 1:
            raise EmptyPage("Fewer rows than estimated.")
        return Page(rows, number, self)

    def _rows(self, rows: QuerySet[Any], start: int, stop: int) -> list[Any]:
        """Their keys by an index first, so that no row is read only to be skipped."""
        keys = list(rows.values_list("pk", flat=True)[start:stop])
        found = self.object_list.order_by().in_bulk(keys)
        return [found[key] for key in keys if key in found]


class SafeLookupChangeList(ChangeList):
    """Only the database can tell whether it can run a lookup from the list's address. If it can't,
    the list opens unfiltered, as it does for those that Django itself refuses, and the log says
    so."""

    def get_results(self, request: HttpRequest) -> None:
        try:
            super().get_results(request)
        except OperationalError:  # the database is not there
            raise
        except Exception as error:
            if not self.get_filters_params():
                raise
            # Django says of its own such place that there is no other way to check lookups.
            logger.warning("No list can be filtered like that: %s", type(error).__name__)
            raise IncorrectLookupParameters from error


class SafeLookupAdmin(admin.ModelAdmin):
    """Whatever the address of its list asks for, or its actions are told to be for."""

    def get_changelist(self, request: HttpRequest, **kwargs: Any) -> type[ChangeList]:
        return SafeLookupChangeList

    def lookup_allowed(self, lookup: str, value: str, request: HttpRequest) -> bool:
        """Accepts lookups from the address as Django does, except regular expressions: no list
        filters by one, and it could take forever."""
        pattern = lookup.rpartition("__")[2] in {"regex", "iregex"}
        return not pattern and super().lookup_allowed(lookup, value, request)

    def response_action(
        self, request: HttpRequest, queryset: QuerySet[Any], *args: Any, **kwargs: Any
    ) -> HttpResponse | None:
        if not all(map(NUMBER.fullmatch, request.POST.getlist(ACTION_CHECKBOX_NAME))):
            raise BadRequest("What was ticked is no row.")
        return super().response_action(request, queryset, *args, **kwargs)


class LargeTableChangeList(SafeLookupChangeList):
    """Leaves long texts that no column shows in the database."""

    model_admin: "LargeTableAdmin"

    def get_queryset(self, request: HttpRequest, *args: Any, **kwargs: Any) -> QuerySet[Any]:
        rows: QuerySet[Any] = super().get_queryset(request, *args, **kwargs)
        return rows.defer(*self.model_admin.list_defer)

    def get_results(self, request: HttpRequest) -> None:
        super().get_results(request)
        if not (self.query or self.has_active_filters):
            self.full_result_count = self.result_count  # there is no more to show

    @property
    def too_many(self) -> bool:
        """For one action."""
        return self.result_count > AT_ONCE


class LargeTableAdmin(SafeLookupAdmin):
    """For records that grow without end. Sort only by what an index holds in that order."""

    paginator = LargeTablePaginator
    show_full_result_count = False
    show_facets = admin.ShowFacets.NEVER
    list_defer: ClassVar[tuple[str, ...]] = ()

    def get_changelist(self, request: HttpRequest, **kwargs: Any) -> type[ChangeList]:
        return LargeTableChangeList

    def response_action(
        self, request: HttpRequest, queryset: QuerySet[Any], *args: Any, **kwargs: Any
    ) -> HttpResponse | None:
        """What is ticked, or all where they are few: nobody looks through a million first."""
        everything = request.POST.get("select_across") == "1"
        if everything and queryset.order_by().values("pk")[: AT_ONCE + 1].count() > AT_ONCE:
            told = f"That would be more than {AT_ONCE:,} at once. Narrow the list first."
            self.message_user(request, told, messages.WARNING)
            return None
        return super().response_action(request, queryset, *args, **kwargs)


def moment(at: datetime) -> str:
    return date_format(timezone.localtime(at), "DATETIME_FORMAT")


def estimate(rows: QuerySet[Any]) -> int:
    """How many rows the planner of PostgreSQL expects."""
    [whole] = json.loads(rows.explain(format="json"))
    return int(whole["Plan"]["Plan Rows"])


def rounded(number: int) -> int:
    return round(number, DIGITS - len(str(number)))
