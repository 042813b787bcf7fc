"""Change history from the audit log: base admins and history pages."""

import json
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from http import HTTPStatus
from typing import Any

from auditlog.models import LogEntry
from django.contrib.admin.models import LogEntry as AdminLogEntry
from django.contrib.contenttypes.models import ContentType
from django.db.models import JSONField, Model, Q
from django.http import HttpRequest, HttpResponse
from django.utils.text import capfirst
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from assessments.desk.deletions.admin import PutBackAdmin
from assessments.desk.deletions.rows import can_put_back
from assessments.desk.large_lists import LargeTableAdmin, SafeLookupAdmin
from runfit.lib.audit import EXPORT, look_log
from runfit.lib.history import change_words, download_line, history_line
from runfit.lib.models import columns

NEWEST = 200
DOWNLOADS = 10
COMMAND = _("a command on the server")
JSON = "["  # starts Django's own message for a saved form; the audit log has the details
DID = {
    LogEntry.Action.CREATE: _("Added: {kind} “{name}”"),
    LogEntry.Action.DELETE: _("Deleted: {kind} “{name}”"),
}
CHANGED = _("Changed: {kind} “{name}”")
NOTHING = {"", "None", "[]"}


@dataclass(frozen=True, slots=True)
class FieldChange:
    """The old and new value of one field."""

    name: str
    before: str
    after: str


@dataclass(frozen=True, slots=True)
class AuditEntry:
    at: datetime
    who: str
    what: str
    changed: tuple[FieldChange, ...] = ()
    deletion: LogEntry | None = None  # that can be put back


class ReadOnlyMixin:
    """Denies adding, changing and deleting."""

    def has_add_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False


class RecordAdmin(ReadOnlyMixin, SafeLookupAdmin):
    """A read-only list, titled with the model's plural name instead of "Select … to view"."""

    def changelist_view(
        self, request: HttpRequest, extra_context: dict[str, Any] | None = None
    ) -> HttpResponse:
        title = {"title": capfirst(self.opts.verbose_name_plural)}
        return super().changelist_view(request, {**title, **(extra_context or {})})


class PersonalDataAdmin(RecordAdmin, LargeTableAdmin):
    """Records about runners. Every view of one is logged."""

    def change_view(
        self,
        request: HttpRequest,
        object_id: str,
        form_url: str = "",
        extra_context: dict[str, Any] | None = None,
    ) -> HttpResponse:
        response = super().change_view(request, object_id, form_url, extra_context)
        if response.status_code == HTTPStatus.OK and (row := self.get_object(request, object_id)):
            look_log(row)
        return response


class HistoryAdmin(PutBackAdmin, SafeLookupAdmin):
    """The history page covers the row and all of its parts."""

    object_history_template = "admin/desk/history.html"

    def history_view(
        self, request: HttpRequest, object_id: str, extra_context: dict[str, Any] | None = None
    ) -> HttpResponse:
        row = self.get_object(request, object_id)
        lines = history(row, self.history_of(row)) if row else []
        context = {"lines": lines[:NEWEST], "newest": NEWEST, "more": len(lines) > NEWEST}
        return super().history_view(request, object_id, {**context, **(extra_context or {})})

    def history_of(self, row: Model) -> Q:
        """Selects the log entries about this row or its parts."""
        own = Q(content_type=ContentType.objects.get_for_model(row), object_id=row.pk)
        return own | Q(**{f"additional_data__{row._meta.model_name}": row.pk})


def history(row: Model, which: Q) -> list[AuditEntry]:
    """Newest first, at most one more than is shown. Includes downloads, but not page views."""
    views = Q(action=LogEntry.Action.ACCESS) & ~Q(object_pk=EXPORT)
    entries = LogEntry.objects.filter(which).exclude(views)
    entries = entries.select_related("actor", "content_type").order_by("-timestamp", "-pk")
    messages = AdminLogEntry.objects.filter(
        content_type=ContentType.objects.get_for_model(row), object_id=row.pk
    )
    messages = messages.exclude(change_message="").exclude(change_message__startswith=JSON)
    lines = [
        *map(_line, entries[: NEWEST + 1]),
        *(
            AuditEntry(entry.action_time, str(entry.user), history_line(entry.change_message))
            for entry in messages.select_related("user").order_by("-action_time")[: NEWEST + 1]
        ),
    ]
    return sorted(lines, key=lambda line: line.at, reverse=True)[: NEWEST + 1]


def downloads(model: type[Model]) -> list[AuditEntry]:
    """The latest downloads of this model's rows."""
    content_type = ContentType.objects.get_for_model(model)
    entries = LogEntry.objects.filter(object_pk=EXPORT, content_type=content_type)
    newest = entries.select_related("actor").order_by("-timestamp", "-pk")
    return [*map(_download, newest[:DOWNLOADS])]


def _download(entry: LogEntry) -> AuditEntry:
    return AuditEntry(
        entry.timestamp,
        str(entry.actor or COMMAND),
        gettext("Downloaded: {what}").format(what=download_line(entry.object_repr)),
    )


def _line(entry: LogEntry) -> AuditEntry:
    if entry.object_pk == EXPORT:
        return _download(entry)
    model = entry.content_type.model_class()
    name = model._meta.verbose_name if model else entry.content_type.model
    what = DID.get(entry.action, CHANGED).format(kind=name, name=entry.object_repr)
    changed = field_changes(entry) if entry.action == LogEntry.Action.UPDATE else ()
    deletion = entry if can_put_back(entry) else None
    return AuditEntry(entry.timestamp, str(entry.actor or ""), what, tuple(changed), deletion)


def field_changes(entry: LogEntry) -> Iterator[FieldChange]:
    """Changed fields with the labels that the form uses, and decisions in words."""
    model = entry.content_type.model_class()
    fields = {field.name: field for field in columns(model)} if model else {}
    for name, (before, after) in entry.changes_dict.items():
        if field := fields.get(name):
            yield FieldChange(str(field.verbose_name), _text(field, before), _text(field, after))
        elif model:
            yield FieldChange(*(change_words(str(each)) for each in (name, before, after)))


def _text(field: Any, value: str) -> str:
    if value in NOTHING:
        return gettext("(nothing)")
    if isinstance(field, JSONField):
        return _spoken(json.loads(value))
    labels = {str(key): str(label) for key, label in field.flatchoices or ()}
    return labels.get(value) or {"True": gettext("yes"), "False": gettext("no")}.get(value, value)


def _spoken(value: Any) -> str:
    """A list, or a list of pairs, as the models keep them."""
    if not isinstance(value, list):
        return str(value)
    if value and isinstance(value[0], list):
        return "; ".join(f"{key}: {_spoken(rest)}" for key, rest in value)
    return ", ".join(map(str, value))
