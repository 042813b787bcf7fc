"""CSV export for admin lists: a page to choose the rows, and the streamed file."""

from collections.abc import Iterator
from typing import TYPE_CHECKING, Any, ClassVar

from django import forms
from django.contrib import admin
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse, StreamingHttpResponse
from django.http.response import HttpResponseBase
from django.template.response import TemplateResponse
from django.urls import URLPattern, path
from django.utils import timezone

from assessments.desk.audit_log import downloads
from runfit.lib.csv_export import ExportSummary
from runfit.lib.sign_in.recent import recent_sign_in_check

if TYPE_CHECKING:
    from django_stubs_ext import StrPromise


def csv_response(pieces: Iterator[str], name: str) -> StreamingHttpResponse:
    """A streamed CSV download, without Content-Length since the size isn't known up front."""
    file = f"{name}-{timezone.localdate()}.csv"
    headers = {"Content-Disposition": f'attachment; filename="{file}"'}
    return StreamingHttpResponse(pieces, content_type="text/csv; charset=utf-8", headers=headers)


class ExportAdmin(admin.ModelAdmin):
    """Adds a CSV export page to a list.

    Exporting needs its own permission (export_contact, export_submission), and a POST, so that no
    other site can start one. A log entry is written before the first row is sent and completed at
    the end, so that the log never understates what was sent.

    The form shows the row count for a selection, or downloads it. Both buttons post the current
    field values, so that the download always matches what the page shows.
    """

    change_list_template = "admin/desk/exported_list.html"
    export_template: ClassVar[str]
    export_form: ClassVar[type[forms.Form]]
    export_title: ClassVar["str | StrPromise"]

    def export_initial(self) -> dict[str, Any]:
        """The selection when the page opens; empty if there's nothing to export."""
        raise NotImplementedError

    def export_of(self, picked: dict[str, Any]) -> Any:
        """The export for a selection."""
        raise NotImplementedError

    def export_about(self, export: Any) -> ExportSummary:
        """The export's size."""
        raise NotImplementedError

    def export_response(self, request: HttpRequest, export: Any) -> StreamingHttpResponse:
        """The streamed file."""
        raise NotImplementedError

    def has_export_permission(self, request: HttpRequest) -> bool:
        user, options = request.user, self.opts
        return user.is_active and user.has_perm(f"{options.app_label}.export_{options.model_name}")

    def get_urls(self) -> list[URLPattern]:
        view = self.admin_site.admin_view(self.export_view)
        name = f"{self.opts.app_label}_{self.opts.model_name}_export"
        return [path("export/", view, name=name), *super().get_urls()]

    def export_view(self, request: HttpRequest) -> HttpResponseBase:
        if not self.has_export_permission(request):
            raise PermissionDenied
        recent_sign_in_check(request)
        initial = self.export_initial()
        form = self.export_form(request.POST if request.method == "POST" else None, initial=initial)
        picked = form.cleaned_data if form.is_valid() else {} if form.is_bound else initial
        export = self.export_of(picked) if picked else None
        if export and "download" in request.POST:
            return self.export_response(request, export)
        context = {
            **self.admin_site.each_context(request),
            "title": self.export_title,
            "opts": self.opts,
            "form": form,
            "about": None if export is None else self.export_about(export),
            "downloads": downloads(self.model),
        }
        return TemplateResponse(request, self.export_template, context)

    def changelist_view(
        self, request: HttpRequest, extra_context: dict[str, Any] | None = None
    ) -> HttpResponse:
        may = {"may_export": self.has_export_permission(request), "export_title": self.export_title}
        return super().changelist_view(request, {**may, **(extra_context or {})})
