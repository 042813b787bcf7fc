"""Admin of the audit log."""

import auditlog.admin  # noqa: F401 - registers the admin that is replaced below
from auditlog.models import LogEntry
from django.contrib import admin, messages
from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import get_object_or_404
from django.urls import URLPattern, path, reverse
from django.utils.html import format_html_join
from django.utils.safestring import SafeString
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from assessments.desk.audit_log import RecordAdmin, field_changes
from assessments.desk.concurrent_edits.mixin import desk_lock
from assessments.desk.deletions.rows import CannotPutBackError, rows_put_back
from assessments.desk.deletions.uses import page_of
from assessments.desk.menu import PRACTICE, MenuPlace
from runfit.lib.audit import EXPORT, name_in_english
from runfit.lib.history import download_line

admin.site.unregister(LogEntry)


@admin.register(LogEntry)
class LogAdmin(RecordAdmin):
    """Every logged change and every view of a runner's record, for site administrators."""

    menu = (MenuPlace(PRACTICE, 4, _("Who changed what"), more=True),)
    list_display = ("timestamp", "actor", "action", "what")
    list_filter = ("action", "timestamp")
    list_select_related = ("actor", "content_type")
    search_fields = ("object_repr",)
    fields = ("timestamp", "actor", "action", "what", "changed")

    def get_queryset(self, request: HttpRequest) -> QuerySet[LogEntry]:
        entries: QuerySet[LogEntry] = super().get_queryset(request)
        return entries.order_by("-timestamp", "-pk")

    def get_urls(self) -> list[URLPattern]:
        view = self.admin_site.admin_view(self.put_back_view)
        own = path("<int:pk>/put-back/", view, name="auditlog_logentry_put_back")
        return [own, *super().get_urls()]

    @transaction.atomic
    def put_back_view(self, request: HttpRequest, pk: int) -> HttpResponse:
        """Puts back what was deleted, for whoever may add such rows. The button posts; who comes
        from the sign-in page lands on the first page."""
        if request.method == "POST":
            desk_lock()
        entry = get_object_or_404(LogEntry, pk=pk)
        kind = entry.content_type
        if not request.user.has_perm(f"{kind.app_label}.add_{kind.model}"):
            raise PermissionDenied
        if request.method != "POST":
            return HttpResponseRedirect(reverse("admin:index"))
        name = f"{kind.name} “{entry.object_repr}”"
        try:
            back = rows_put_back(entry=entry)
        except CannotPutBackError as reason:
            text = gettext("The {name} isn't back. {reason}")
            messages.error(request, text.format(name=name, reason=reason))
            return HttpResponseRedirect(reverse("admin:index"))
        text = gettext("The {name} is back, with all that was deleted with it.")
        messages.success(request, text.format(name=name))
        return HttpResponseRedirect(page_of(back))

    @admin.display(description=_("what"))
    def what(self, entry: LogEntry) -> str:
        return f"{entry.content_type.name}: {_object_name(entry)}"

    @admin.display(description=_("what changed"))
    def changed(self, entry: LogEntry) -> SafeString:
        nothing = gettext("(nothing)")
        lines = (
            (each.name, each.before or nothing, each.after or nothing)
            for each in field_changes(entry)
        )
        return format_html_join("", "<p>{}: {} → {}</p>", lines)


def _object_name(entry: LogEntry) -> str:
    """A draft's name; of a runner's record, the number alone."""
    model = entry.content_type.model_class()
    if entry.object_pk == EXPORT:
        return download_line(entry.object_repr)
    if model and entry.object_repr == f"{name_in_english(model)} {entry.object_pk}":
        return str(entry.object_pk)
    return str(entry.object_repr)
