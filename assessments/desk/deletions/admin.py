"""Puts back what was deleted at the desk: beside the message that it's gone, and in the history."""

from typing import Any

from auditlog.models import LogEntry
from django.contrib import admin, messages
from django.db import models, transaction
from django.db.models import QuerySet
from django.http import HttpRequest
from django.template.loader import render_to_string
from django.utils.html import format_html

from assessments.desk.concurrent_edits.mixin import ConcurrentEditAdmin, desk_lock
from assessments.desk.deletions.rows import deletion_kept
from assessments.desk.links import address_of


class PutBackAdmin(ConcurrentEditAdmin):
    """Keeps what's deleted on its pages, and offers it in the message that says so."""

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
        _offer(request, entries, f"You deleted {names}.")

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


def page_of(row: models.Model) -> str:
    """The page where a row is edited: its own, or its parent's."""
    if admin.site.is_registered(type(row)):
        return address_of(row)
    parents = (
        getattr(row, field.name)
        for field in row._meta.concrete_fields
        if isinstance(field, models.ForeignKey) and field.remote_field.on_delete is models.CASCADE
    )
    return page_of(next(parent for parent in parents if parent is not None))


def _offer(request: HttpRequest, entries: list[LogEntry], words: str = "") -> None:
    offers = [*getattr(request, "put_back", ()), *((entry, words) for entry in entries)]
    request.put_back = offers  # type: ignore[attr-defined]
