"""Puts back what was deleted at the desk: beside the message that it's gone, and in the history."""

from collections.abc import Iterable, Iterator
from typing import Any

from auditlog.models import LogEntry
from django.contrib import admin, messages
from django.db import models, transaction
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.template.loader import render_to_string
from django.utils.html import format_html
from django.utils.text import capfirst

from assessments.desk.concurrent_edits.mixin import ConcurrentEditAdmin, desk_lock
from assessments.desk.deletions.rows import deletion_kept
from assessments.desk.links import address_of
from runfit.lib.audit import Recorded

HOLD = {models.PROTECT, models.RESTRICT}


class PutBackAdmin(ConcurrentEditAdmin):
    """Keeps what's deleted on its pages, and offers it in the message that says so."""

    def get_deleted_objects(self, objs: Any, request: HttpRequest) -> Any:
        """Names what still uses the rows by the pages where it can be changed."""
        *others, protected = super().get_deleted_objects(objs, request)
        if protected:
            pages = {page_of(use): edited_on(use) for row in objs for use in _uses(row)}
            protected = [
                format_html(
                    '{} <a href="{}">{}</a>', capfirst(user._meta.verbose_name), address, user
                )
                for address, user in pages.items()
            ] or protected
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
    return address_of(edited_on(row))


def edited_on(row: models.Model) -> models.Model:
    """The row on whose page a row is edited: itself, or its parent."""
    if admin.site.is_registered(type(row)):
        return row
    parents = (
        getattr(row, field.name)
        for field in row._meta.concrete_fields
        if isinstance(field, models.ForeignKey) and field.remote_field.on_delete is models.CASCADE
    )
    return edited_on(next(parent for parent in parents if parent is not None))


def _uses(row: models.Model) -> Iterator[models.Model]:
    """What keeps a row from being deleted, directly or through what would go with it."""
    relations = row._meta.related_objects
    uses = [use for each in relations if each.on_delete in HOLD for use in _related(each, row)]
    if uses:
        yield from uses
        return
    for each in relations:
        if each.on_delete is models.CASCADE:
            for part in _related(each, row):
                for inner in part._meta.related_objects:
                    if inner.on_delete in HOLD:
                        yield from _related(inner, part)


def _related(relation: Any, row: models.Model) -> Iterable[models.Model]:
    found: Iterable[models.Model] = relation.related_model._default_manager.filter(
        **{relation.field.name: row}
    )
    return found


def _offer(request: HttpRequest, entries: list[LogEntry], words: str = "") -> None:
    offers = [*getattr(request, "put_back", ()), *((entry, words) for entry in entries)]
    request.put_back = offers  # type: ignore[attr-defined]
