"""Admin of the audit log."""

import auditlog.admin  # noqa: F401 - registers the admin that is replaced below
from auditlog.models import LogEntry
from django.contrib import admin
from django.db.models import QuerySet
from django.http import HttpRequest

from assessments.desk.audit_log import RecordAdmin
from assessments.desk.menu import PRACTICE, MenuPlace

admin.site.unregister(LogEntry)


@admin.register(LogEntry)
class LogAdmin(RecordAdmin):
    """Every logged change and every view of a runner's record, for site administrators."""

    menu = (MenuPlace(PRACTICE, 4, "Who changed what", more=True),)
    list_display = ("timestamp", "actor", "action", "what")
    list_filter = ("action", "timestamp")
    list_select_related = ("actor", "content_type")
    search_fields = ("object_repr",)
    fields = ("timestamp", "actor", "action", "what", "changes")

    def get_queryset(self, request: HttpRequest) -> QuerySet[LogEntry]:
        entries: QuerySet[LogEntry] = super().get_queryset(request)
        return entries.order_by("-timestamp", "-pk")

    @admin.display(description="what")
    def what(self, entry: LogEntry) -> str:
        return f"{entry.content_type.name}: {entry.object_repr}"
