"""Changelists for large tables: bounded counts, estimates and fast pagination."""

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
from django.utils.translation import gettext

logger = logging.getLogger(__name__)

NUMBER = re.compile(r"[0-9]{1,18}")
"""A key or position from user input. Longer ones overflow any column, and Python refuses to parse
thousands of digits."""
EXACT_UP_TO = {"postgresql": 10_000, "sqlite": 100_000}
"""Rows counted exactly, by database vendor. SQLite can't estimate beyond that."""
DIGITS = 2
"""Significant digits of an estimate."""
AT_ONCE = 1_000
"""Maximum rows per action."""


class ApproximateCount(int):
    """A row count that's estimated or cut off. Prints with a word such as "about"."""

    def __new__(cls, number: int, word: str) -> "ApproximateCount":
        count = super().__new__(cls, number)
        count.word = word
        return count

    word: str

    def __str__(self) -> str:
        return f"{self.word} {int(self):,}"


class DateFilter(admin.DateFieldListFilter):
    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.title = gettext("date")


class LargeTablePaginator(Paginator):
    """Counts up to a bound and estimates beyond. Reads each page from the nearer end.

    If the count is an estimate, the first half of the pages starts at the first row and the second
    half ends at the last one, so that any error is in the middle, which few people visit.
    """

    object_list: QuerySet[Any]

    @cached_property
    def count(self) -> int:
        rows = self.object_list.order_by().values("pk")
        vendor = connections[rows.db].vendor
        bound = EXACT_UP_TO[vendor]
        number = rows[: bound + 1].count()
        if number <= bound:
            return number
        if vendor != "postgresql":
            return ApproximateCount(bound, gettext("more than"))
        return ApproximateCount(max(bound, rounded(estimate(rows))), gettext("about"))

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
        """Fetches keys from the index first, so that skipped rows aren't read."""
        keys = list(rows.values_list("pk", flat=True)[start:stop])
        by_key = self.object_list.order_by().in_bulk(keys)
        return [by_key[key] for key in keys if key in by_key]


class SafeLookupChangeList(ChangeList):
    """Shows the list unfiltered, and logs it, if the database can't run a lookup from the URL.
    Django does the same for lookups that it rejects itself."""

    def get_results(self, request: HttpRequest) -> None:
        try:
            super().get_results(request)
        except OperationalError:  # the database is down
            raise
        except Exception as error:
            if not self.get_filters_params():
                raise
            # As in Django's ChangeList, trying the query is the only way to validate lookups.
            logger.warning(
                "Ignored list filters that the database rejected: %s", type(error).__name__
            )
            raise IncorrectLookupParameters from error


class SafeLookupAdmin(admin.ModelAdmin):
    """Handles any lookup in the list's URL, and any posted selection, without a server error."""

    def get_changelist(self, request: HttpRequest, **kwargs: Any) -> type[ChangeList]:
        return SafeLookupChangeList

    def lookup_allowed(self, lookup: str, value: str, request: HttpRequest) -> bool:
        """Like Django, but without regular expressions: no list filters by one, and they can run
        forever."""
        is_regex = lookup.rpartition("__")[2] in {"regex", "iregex"}
        return not is_regex and super().lookup_allowed(lookup, value, request)

    def response_action(
        self, request: HttpRequest, queryset: QuerySet[Any], *args: Any, **kwargs: Any
    ) -> HttpResponse | None:
        if not all(map(NUMBER.fullmatch, request.POST.getlist(ACTION_CHECKBOX_NAME))):
            raise BadRequest("A selected key isn't a number.")
        return super().response_action(request, queryset, *args, **kwargs)


class LargeTableChangeList(SafeLookupChangeList):
    """Defers long text columns that the list doesn't show."""

    model_admin: "LargeTableAdmin"

    def get_queryset(self, request: HttpRequest, *args: Any, **kwargs: Any) -> QuerySet[Any]:
        rows: QuerySet[Any] = super().get_queryset(request, *args, **kwargs)
        return rows.defer(*self.model_admin.list_defer)

    def get_results(self, request: HttpRequest) -> None:
        super().get_results(request)
        if not (self.query or self.has_active_filters):
            self.full_result_count = self.result_count

    @property
    def too_many(self) -> bool:
        """Whether there are too many rows for one action."""
        return self.result_count > AT_ONCE


class LargeTableAdmin(SafeLookupAdmin):
    """Admin for tables that grow without bound. Sort only by indexed columns."""

    paginator = LargeTablePaginator
    show_full_result_count = False
    show_facets = admin.ShowFacets.NEVER
    list_defer: ClassVar[tuple[str, ...]] = ()

    def get_changelist(self, request: HttpRequest, **kwargs: Any) -> type[ChangeList]:
        return LargeTableChangeList

    def response_action(
        self, request: HttpRequest, queryset: QuerySet[Any], *args: Any, **kwargs: Any
    ) -> HttpResponse | None:
        """Allows actions on all rows only up to a limit."""
        select_all = request.POST.get("select_across") == "1"
        if select_all and queryset.order_by().values("pk")[: AT_ONCE + 1].count() > AT_ONCE:
            message = gettext(
                "That would be more than {number:,} at once. Narrow the list first."
            ).format(number=AT_ONCE)
            self.message_user(request, message, messages.WARNING)
            return None
        return super().response_action(request, queryset, *args, **kwargs)


def moment(at: datetime) -> str:
    return date_format(timezone.localtime(at), "DATETIME_FORMAT")


def estimate(rows: QuerySet[Any]) -> int:
    """The row count that PostgreSQL's planner expects."""
    [explained] = json.loads(rows.explain(format="json"))
    return int(explained["Plan"]["Plan Rows"])


def rounded(number: int) -> int:
    return round(number, DIGITS - len(str(number)))
