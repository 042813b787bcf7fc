"""Puts back what was deleted at the desk: beside the message that it's gone, and in the history."""

from typing import Any

from auditlog.models import LogEntry
from django.contrib import messages
from django.db import transaction
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.template.loader import render_to_string
from django.utils.html import format_html
from django.utils.translation import gettext

from assessments.desk.concurrent_edits.mixin import ConcurrentEditAdmin, desk_lock
from assessments.desk.deletions.rows import deletion_kept
from assessments.desk.deletions.uses import uses
from runfit.lib.audit import Recorded


class PutBackAdmin(ConcurrentEditAdmin):
    """Keeps what's deleted on its pages, and offers it in the message that says so."""

    def get_deleted_objects(self, objs: Any, request: HttpRequest) -> Any:
        """Names what still uses the rows by the pages where it can be changed."""
        *others, protected = super().get_deleted_objects(objs, request)
        if protected:
            protected = uses(objs) or protected
        return *others, protected

    def delete_view(
        self, request: HttpRequest, object_id: str, extra_context: dict[str, Any] | None = None
    ) -> HttpResponse:
        kept = {"can_put_back": issubclass(self.model, Recorded)}
        return super().delete_view(request, object_id, {**(extra_context or {}), **kept})

    def delete_model(self, request: HttpRequest, obj: Any) -> None:
        with deletion_kept([obj]) as entries:
            super().delete_model(request, obj)
        _offer(request, entries)

    @transaction.atomic
    def delete_queryset(self, request: HttpRequest, queryset: "QuerySet[Any]") -> None:
        desk_lock()
        with deletion_kept(queryset) as entries:
            super().delete_queryset(request, queryset)
        _offer(request, entries)

    def save_formset(self, request: HttpRequest, form: Any, formset: Any, change: bool) -> None:
        deleted = [row.instance for row in formset.deleted_forms if row.instance.pk]
        names = ", ".join(f"“{row}”" for row in deleted)
        with deletion_kept(deleted) as entries:
            super().save_formset(request, form, formset, change)
        _offer(request, entries, gettext("You deleted {names}.").format(names=names))

    def message_user(
        self,
        request: HttpRequest,
        message: Any,
        level: Any = messages.INFO,
        *rest: Any,
        **more: Any,
    ) -> None:
        """Adds a button for each deletion to the message that the page did what was asked."""
        if level == messages.SUCCESS:
            for entry, words in getattr(request, "put_back", ()):
                context = {"entry": entry}
                button = render_to_string("admin/desk/put_back_button.html", context, request)
                message = format_html("{} {} {}", message, words, button)
        super().message_user(request, message, level, *rest, **more)


def _offer(request: HttpRequest, entries: list[LogEntry], words: str = "") -> None:
    offers = [*getattr(request, "put_back", ()), *((entry, words) for entry in entries)]
    request.put_back = offers  # type: ignore[attr-defined]
