"""A draft's way to runners: where it stands, what was found, publish, versions, restore.

Self-checks and guides go it alike; each says what its services are called.
"""

from collections.abc import Sequence
from typing import Any, ClassVar, cast

from adminsortable2.admin import SortableAdminBase
from django import forms
from django.contrib import admin, messages
from django.contrib.admin.helpers import ACTION_CHECKBOX_NAME
from django.contrib.admin.widgets import AdminTextInputWidget
from django.contrib.auth.models import User
from django.core.exceptions import PermissionDenied
from django.db.models import Max, QuerySet
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import get_object_or_404
from django.template.response import TemplateResponse
from django.urls import URLPattern, path
from django.utils.html import format_html

from assessments.admin.base import NOT_LIVE, Link, address_of
from assessments.admin.findings import Placed
from assessments.admin.history import ReadOnly, WithHistory
from assessments.admin.signing import Signing
from assessments.checker import Finding
from assessments.differences import Change
from assessments.services import PublishRefused, Standing
from assessments.snapshots import Snapshot


class PublishForm(forms.Form):
    note = forms.CharField(
        label="What changed",
        required=False,
        max_length=300,
        widget=AdminTextInputWidget,
        help_text="For you, in the list of versions. For example: shorter safety list",
    )
    reviewed_by = forms.CharField(
        label="Reviewed by",
        required=False,
        max_length=200,
        widget=AdminTextInputWidget,
        help_text="The clinician who has read all of it, with credentials. While this is empty, "
        "its pages say that it is a draft. You can sign it later too.",
    )


class DraftAdmin(SortableAdminBase, WithHistory):
    """A draft. Its own page says first where it stands."""

    change_form_template = "admin/desk/draft.html"
    actions: Any = ("publish",)
    edition_model: ClassVar[type[Snapshot]]

    def overview(self, draft: Any) -> tuple[Standing, list[Finding]]:
        """Where it stands, and what the checker says."""
        raise NotImplementedError

    def place(self, draft: Any, findings: Sequence[Finding]) -> list[Placed]:
        """Findings with what caused them, errors first."""
        raise NotImplementedError

    def publish_draft(self, draft: Any, **how: Any) -> Snapshot:
        """Raises PublishRefused."""
        raise NotImplementedError

    def desk_links(self, draft: Any) -> list[Link]:
        """What can be done with a draft, beside editing it."""
        return [Link(address_of(draft, "publish"), "Check and publish")]

    def get_urls(self) -> list[URLPattern]:
        return [self.desk_path("publish", self.publish_view), *super().get_urls()]

    def desk_path(self, name: str, view: Any, more: str = "") -> URLPattern:
        """A page of one draft."""
        named = f"{self.opts.app_label}_{self.opts.model_name}_{name}"
        made: URLPattern = path(
            f"<int:pk>/{name}/{more}", self.admin_site.admin_view(view), name=named
        )
        return made

    def render_change_form(
        self, request: HttpRequest, context: dict[str, Any], *args: Any, **kwargs: Any
    ) -> HttpResponse:
        draft = kwargs.get("obj")
        if draft is not None and request.method == "GET":
            context |= self.desk_context(draft)
        return super().render_change_form(request, context, *args, **kwargs)

    def desk_context(self, draft: Any) -> dict[str, Any]:
        standing, findings = self.overview(draft)
        return {
            "standing": standing,
            "findings": self.place(draft, findings),
            "desk_links": self.desk_links(draft),
        }

    def response_change(self, request: HttpRequest, obj: Any) -> HttpResponse:
        response = super().response_change(request, obj)
        messages.info(request, NOT_LIVE)
        return response

    def get_queryset(self, request: HttpRequest) -> QuerySet[Any]:
        drafts: QuerySet[Any] = super().get_queryset(request)
        annotated: QuerySet[Any] = drafts.annotate(live_number=Max("editions__number"))
        return annotated

    @admin.display(description="live", ordering="live_number")
    def live(self, draft: Any) -> str:
        return f"Version {draft.live_number}" if draft.live_number else "Not published"

    @admin.action(description="Check and publish", permissions=["publish"])
    def publish(self, request: HttpRequest, queryset: QuerySet[Any]) -> HttpResponse | None:
        if queryset.count() != 1:
            one = f"Pick one {self.opts.verbose_name} to publish."
            self.message_user(request, one, messages.WARNING)
            return None
        return HttpResponseRedirect(address_of(queryset.get(), "publish"))

    def has_publish_permission(self, request: HttpRequest) -> bool:
        edition = self.edition_model._meta
        return request.user.has_perm(f"{edition.app_label}.add_{edition.model_name}")

    def draft_of(self, request: HttpRequest, pk: int) -> Any:
        """The draft of a page that only looks."""
        draft = get_object_or_404(self.model, pk=pk)
        if not self.has_view_permission(request, draft):
            raise PermissionDenied
        return draft

    def desk_page(
        self, request: HttpRequest, template: str, draft: Any, title: str, **more: Any
    ) -> TemplateResponse:
        context = {
            **self.admin_site.each_context(request),
            "title": f"{title}: {draft}",
            "step": title,
            "opts": self.opts,
            "draft": draft,
            "draft_address": address_of(draft),
            "desk_links": self.desk_links(draft),
            **more,
        }
        return TemplateResponse(request, template, context)

    def publish_view(self, request: HttpRequest, pk: int) -> HttpResponse:
        """What changed, what was found, and a form where nothing blocks."""
        if not self.has_publish_permission(request):
            raise PermissionDenied
        draft = get_object_or_404(self.model, pk=pk)
        form = PublishForm(request.POST if request.method == "POST" else None)
        if form.is_valid():
            return self._publish(request, draft, form.cleaned_data)
        standing, findings = self.overview(draft)
        return self.desk_page(
            request,
            "admin/desk/publish.html",
            draft,
            "Check and publish",
            form=form,
            standing=standing,
            findings=self.place(draft, findings),
            blocked=any(finding.severity == "error" for finding in findings),
            live_address=address_of(standing.live) if standing.live else "",
        )

    def unfinished_page(self, request: HttpRequest, draft: Any, title: str) -> HttpResponse:
        """In the place of what only a whole draft can show."""
        findings = self.place(draft, self.overview(draft)[1])
        return self.desk_page(
            request, "admin/desk/unfinished.html", draft, title, findings=findings
        )

    def _publish(self, request: HttpRequest, draft: Any, data: dict[str, Any]) -> HttpResponse:
        try:
            edition = self.publish_draft(draft, user=cast(User, request.user), **data)
        except PublishRefused as refused:
            messages.error(request, "Not published.")
            for each in self.place(draft, refused.findings):
                level = messages.ERROR if each.finding.severity == "error" else messages.WARNING
                messages.add_message(request, level, str(each))
            return HttpResponseRedirect(address_of(draft, "publish"))
        self.log_change(request, draft, f"Published version {edition.number}.")
        messages.success(request, f"Version {edition.number} is live.")
        return HttpResponseRedirect(address_of(draft))


class VersionAdmin(ReadOnly, Signing, WithHistory):
    """A version: what it changed, and the way back to it."""

    change_form_template = "admin/desk/version.html"
    list_display = ("__str__", "published_at", "published_by", "note", "reviewed_by")
    draft_field: ClassVar[str]

    def changes(self, edition: Any) -> list[Change]:
        """What it changed, next to the version before it."""
        raise NotImplementedError

    def restore_changes(self, edition: Any) -> list[Change]:
        """What restoring it would change in the draft."""
        raise NotImplementedError

    def restore_edition(self, edition: Any) -> list[str]:
        """Make the draft what it is; returns what could not be put back."""
        raise NotImplementedError

    def get_urls(self) -> list[URLPattern]:
        restore = path(
            "<int:pk>/restore/",
            self.admin_site.admin_view(self.restore_view),
            name=f"{self.opts.app_label}_{self.opts.model_name}_restore",
        )
        return [restore, *super().get_urls()]

    def render_change_form(
        self, request: HttpRequest, context: dict[str, Any], *args: Any, **kwargs: Any
    ) -> HttpResponse:
        edition = kwargs["obj"]
        context |= {
            "changes": self.changes(edition),
            "restore_changes": self.restore_changes(edition),
            "restore_name": f"admin:{self.opts.app_label}_{self.opts.model_name}_restore",
            "may_restore": self.has_restore_permission(request),
            "may_sign": self.has_sign_permission(request),
            "action_checkbox_name": ACTION_CHECKBOX_NAME,
            "draft": getattr(edition, self.draft_field),
        }
        return super().render_change_form(request, context, *args, **kwargs)

    def has_restore_permission(self, request: HttpRequest) -> bool:
        draft = self.model._meta.get_field(self.draft_field).related_model._meta
        return request.user.has_perm(f"{draft.app_label}.change_{draft.model_name}")

    def restore_view(self, request: HttpRequest, pk: int) -> HttpResponse:
        """Asks first: what is in the draft and was never published is lost by it."""
        if not self.has_restore_permission(request):
            raise PermissionDenied
        edition = get_object_or_404(self.model, pk=pk)
        draft = getattr(edition, self.draft_field)
        if request.method != "POST":
            context = {
                **self.admin_site.each_context(request),
                "title": f"Restore version {edition.number}?",
                "opts": self.opts,
                "edition": edition,
                "draft": draft,
                "changes": self.restore_changes(edition),
            }
            return TemplateResponse(request, "admin/desk/restore.html", context)
        left = self.restore_edition(edition)
        self.log_change(request, draft, f"Restored version {edition.number} into the draft.")
        messages.success(
            request,
            format_html(
                "The draft is version {} again. Runners see no change until you publish.",
                edition.number,
            ),
        )
        for each in left:
            messages.warning(request, each)
        return HttpResponseRedirect(address_of(draft))
