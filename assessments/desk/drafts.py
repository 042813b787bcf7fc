"""Base admin of drafts: status, findings, publishing and export.

Shared by self-checks and guides, which implement the methods that call their services.
"""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, ClassVar, cast

from adminsortable2.admin import SortableAdminBase
from django import forms
from django.contrib import admin, messages
from django.contrib.admin.widgets import AdminTextareaWidget, AdminTextInputWidget
from django.contrib.auth.models import User
from django.core.exceptions import PermissionDenied
from django.db.models import Max, Model, QuerySet
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import get_object_or_404
from django.template.response import TemplateResponse
from django.urls import URLPattern, path
from django.utils.html import format_html
from django.utils.text import format_lazy
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from assessments import hooks
from assessments.checker import Finding
from assessments.desk.audit_log import HistoryAdmin
from assessments.desk.concurrent_edits.mixin import (
    changed_since_shown,
    shown_since,
    sign_shown,
)
from assessments.desk.findings import LocatedFinding
from assessments.desk.links import address_of
from assessments.desk.mixins import message_not_live
from assessments.desk.versions.signing import (
    FROM_FIRST_PAGE,
    HOW_IT_READS,
    LookAgainForm,
    usual_signature,
)
from assessments.hooks import Link
from assessments.publishing.drafts import NOT_CHECKED
from assessments.publishing.pipeline import DraftStatus, PublishRefused
from runfit.lib.csv_export import export_begin
from runfit.lib.database.content_version import cached_of_content
from runfit.lib.history import PUBLISHED
from runfit.lib.hooks import gather
from runfit.lib.messages import message
from runfit.lib.models import Snapshot

if TYPE_CHECKING:
    from django_stubs_ext import StrPromise


class PublishForm(LookAgainForm):
    note = forms.CharField(
        label=_("What changed"),
        required=False,
        max_length=300,
        widget=AdminTextareaWidget({"rows": 2}),
        help_text=_("A note for you in the list of versions. For example: shorter safety list"),
    )
    sign = forms.BooleanField(
        label=_("I've read this version, and I'm signing it as"), required=False
    )
    reviewed_by = forms.CharField(
        label=_("Reviewed by"),
        required=False,
        max_length=200,
        widget=AdminTextInputWidget({"aria-label": _("Reviewed by")}),
        help_text=format_lazy(
            "{} {}",
            HOW_IT_READS,
            _("Until a version is signed, its pages say it's a draft. You can sign it later, too."),
        ),
    )

    def clean(self) -> dict[str, Any]:
        """Drops the name and the day unless the box is checked."""
        data = super().clean() or self.cleaned_data
        if not data.pop("sign", False):
            data |= {"reviewed_by": "", "look_again_on": None}
            self.errors.pop("look_again_on", None)
        elif not data.get("reviewed_by"):
            self.add_error("reviewed_by", gettext("Say who's signing it."))
        return data


@dataclass(frozen=True, slots=True)
class DraftPanel:
    """A draft's status, for the first page."""

    draft: Model
    kind: str
    address: str
    publish_address: str
    status: DraftStatus
    faults: int
    links: list[Link]
    signed_before: bool  # the PT has published and signed a version before

    @property
    def sign_address(self) -> str:
        return address_of(self.status.live, "sign") + FROM_FIRST_PAGE


class DraftAdmin(SortableAdminBase, HistoryAdmin):
    """Admin of a draft. Its change page starts with the draft's status."""

    change_form_template = "admin/desk/draft.html"
    actions: Any = ("publish",)
    edition_model: ClassVar[type[Snapshot]]
    publishing_takes: ClassVar["str | StrPromise"] = ""
    """How long publishing takes, if that's more than a moment."""
    unfinished: ClassVar[type[Exception]]

    def file_text(self, draft: Any) -> str:
        """The draft as a content file. Raises `unfinished` if it's incomplete."""
        raise NotImplementedError

    def overview(self, draft: Any) -> tuple[DraftStatus, list[Finding]]:
        """The draft's status and the checker's findings."""
        raise NotImplementedError

    def place(self, draft: Any, findings: Sequence[Finding]) -> list[LocatedFinding]:
        """Findings with links to their causes, errors first."""
        raise NotImplementedError

    def publish_draft(self, draft: Any, **how: Any) -> Snapshot:
        """Publishes the draft. Raises PublishRefused."""
        raise NotImplementedError

    def publish_form(self, request: HttpRequest, draft: Any, **how: Any) -> PublishForm:
        return PublishForm(**how)

    def publish_all(self, draft: Any, **how: Any) -> list[tuple[Any, Snapshot]]:
        """Publishes the draft, and whatever else the form offered. Raises PublishRefused."""
        return [(draft, self.publish_draft(draft, **how))]

    def publish_context(self, draft: Any) -> dict[str, Any]:
        """What else the page before publishing shows of a draft that has changed."""
        return {}

    def desk_links(self, draft: Any) -> list[Link]:
        """Links to the other pages of a draft."""
        return [
            *gather(hooks.draft_links, draft),
            Link(address_of(draft, "export"), gettext("Download as a file"), more=True),
            Link(address_of(draft, "upload-words"), gettext("Upload a file"), more=True),
            Link(address_of(draft, "publish"), gettext("Check and publish")),
        ]

    def files_state(self, draft: Any) -> object:
        """What findings rest on besides the rows of content."""
        return ""

    def panel(self, draft: Any, version: str) -> DraftPanel:
        status, findings = cached_of_content(
            version,
            (self.opts.label, draft.pk),
            lambda: self.overview(draft),
            besides=self.files_state(draft),
            keep=lambda found: NOT_CHECKED not in found[1],
        )
        own = draft.editions.filter(published_by__isnull=False)
        return DraftPanel(
            draft=draft,
            kind=str(self.opts.verbose_name),
            address=address_of(draft),
            publish_address=address_of(draft, "publish"),
            status=status,
            faults=sum(finding.severity == "error" for finding in findings),
            links=self.desk_links(draft),
            signed_before=own.exclude(reviewed_by="").exists(),
        )

    def panels(self, drafts: Iterable[Any], version: str) -> Iterator[DraftPanel]:
        """Panels for the first page, built lazily, as of this version of all content."""
        return (self.panel(draft, version) for draft in drafts)

    def get_urls(self) -> list[URLPattern]:
        return [
            self.desk_path("publish", self.publish_view),
            self.desk_path("export", self.export_view),
            *super().get_urls(),
        ]

    def desk_path(self, name: str, view: Any, more: str = "") -> URLPattern:
        """The URL pattern of a page about one draft."""
        url_name = f"{self.opts.app_label}_{self.opts.model_name}_{name}"
        pattern: URLPattern = path(
            f"<int:pk>/{name}/{more}", self.admin_site.admin_view(view), name=url_name
        )
        return pattern

    def render_change_form(
        self, request: HttpRequest, context: dict[str, Any], *args: Any, **kwargs: Any
    ) -> HttpResponse:
        draft = kwargs.get("obj")
        if draft is not None and request.method == "GET":
            context |= self.desk_context(draft)
            live = context["status"].live
            if live and self.has_change_permission(request, draft):
                context["restore_address"] = address_of(live, "restore")
        return super().render_change_form(request, context, *args, **kwargs)

    def desk_context(self, draft: Any) -> dict[str, Any]:
        status, findings = self.overview(draft)
        return {
            "status": status,
            "findings": self.place(draft, findings),
            "desk_links": self.desk_links(draft),
        }

    def response_change(self, request: HttpRequest, obj: Any) -> HttpResponse:
        response = super().response_change(request, obj)
        message_not_live(request, obj, self.overview(obj)[1])
        return response

    def get_queryset(self, request: HttpRequest) -> QuerySet[Any]:
        drafts: QuerySet[Any] = super().get_queryset(request)
        annotated: QuerySet[Any] = drafts.annotate(live_number=Max("editions__number"))
        return annotated

    @admin.display(description=_("live"), ordering="live_number")
    def live(self, draft: Any) -> str:
        if not draft.live_number:
            return gettext("Not published")
        return gettext("Version {number}").format(number=draft.live_number)

    @admin.action(description=_("Check and publish"), permissions=["publish"])
    def publish(self, request: HttpRequest, queryset: QuerySet[Any]) -> HttpResponse | None:
        if queryset.count() != 1:
            text = gettext("Pick one {kind} to publish.").format(kind=self.opts.verbose_name)
            self.message_user(request, text, messages.WARNING)
            return None
        return HttpResponseRedirect(address_of(queryset.get(), "publish"))

    def has_publish_permission(self, request: HttpRequest) -> bool:
        edition = self.edition_model._meta
        return request.user.has_perm(f"{edition.app_label}.add_{edition.model_name}")

    def draft_of(self, request: HttpRequest, pk: int) -> Any:
        """The draft for a read-only page. Checks the view permission."""
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
        """Shows changes and findings, with a form to publish if there are no errors.

        Not in a transaction, since publishing a guide takes seconds. The publishing service rejects
        changes made after this comparison.
        """
        if not self.has_publish_permission(request):
            raise PermissionDenied
        draft = get_object_or_404(self.model, pk=pk)
        form = self.publish_form(
            request,
            draft,
            data=request.POST if request.method == "POST" else None,
            initial={"reviewed_by": usual_signature(request, self.edition_model)},
        )
        status, findings = self.overview(draft)
        shown = [status.live, *status.changes]
        if form.is_valid():
            if _is_second_click(request, status):
                return self._published(request, draft, [(draft, status.live)])
            conflict = changed_since_shown(request, shown)
            if not conflict:
                return self._publish(request, draft, seen=status, **form.cleaned_data)
            messages.error(request, gettext("Not published. {reason}").format(reason=conflict))
        located = self.place(draft, findings)
        return self.desk_page(
            request,
            "admin/desk/publish.html",
            draft,
            gettext("Check and publish"),
            form=form,
            as_opened=sign_shown(shown),
            status=status,
            findings=located,
            **(self.publish_context(draft) if status.changes else {}),
            publishing_takes=self.publishing_takes,
            to_fill_in=[item for item in located if item.finding.code.endswith("to_fill_in")],
            blocked=any(finding.severity == "error" for finding in findings),
            sign_address=address_of(status.live, "sign") if status.live else "",
        )

    def export_view(self, request: HttpRequest, pk: int) -> HttpResponse:
        """Downloads the draft as a content file."""
        draft = self.draft_of(request, pk)
        try:
            text = self.file_text(draft)
        except self.unfinished:
            return self.unfinished_page(request, draft, gettext("Download as a file"))
        return file_response(request, draft, text, draft.slug)

    def unfinished_page(self, request: HttpRequest, draft: Any, title: str) -> HttpResponse:
        """Shown instead of a page that needs a complete draft."""
        findings = self.place(draft, self.overview(draft)[1])
        return self.desk_page(
            request, "admin/desk/unfinished.html", draft, title, findings=findings
        )

    def _publish(self, request: HttpRequest, draft: Any, **how: Any) -> HttpResponse:
        try:
            published = self.publish_all(draft, user=cast(User, request.user), **how)
        except PublishRefused as refused:
            status, _ = self.overview(draft)
            if _is_second_click(request, status):
                return self._published(request, draft, [(draft, status.live)])
            messages.error(request, gettext("Not published."))
            for located in self.place(draft, refused.findings):
                level = messages.ERROR if located.finding.severity == "error" else messages.WARNING
                messages.add_message(request, level, str(located))
            return HttpResponseRedirect(address_of(draft, "publish"))
        for each, edition in published:
            self.log_change(request, each, message(PUBLISHED, number=edition.number))
        return self._published(request, draft, published)

    def _published(
        self, request: HttpRequest, draft: Any, published: Sequence[tuple[Any, Any]]
    ) -> HttpResponse:
        for each, edition in published:
            named = f"“{each}”: " if len(published) > 1 or each != draft else ""
            messages.add_message(request, *_published_message(edition, named))
        return HttpResponseRedirect(address_of(draft))


def _is_second_click(request: HttpRequest, status: DraftStatus) -> bool:
    """Whether this user published the draft as it is since the posted page was opened."""
    opened, live = shown_since(request), status.live
    return (
        opened is not None
        and live is not None
        and not status.changes
        and bool(live.published_by_id == request.user.pk and live.published_at > opened)
    )


def file_response(request: HttpRequest, draft: Model, text: str, name: str) -> HttpResponse:
    """A content file to download. The download is logged in the draft's history."""
    of = {str(draft._meta.model_name): draft.pk}
    export_begin(type(draft), f"{name}.json, the words of “{draft}”", actor=request.user, of=of)
    headers = {"Content-Disposition": f'attachment; filename="{name}.json"'}
    return HttpResponse(text, content_type="application/json", headers=headers)


def _published_message(edition: Any, named: str) -> tuple[int, str]:
    if edition.reviewed_by:
        live = gettext("Version {number} is live, signed as reviewed by {name}.")
        words = live.format(number=edition.number, name=edition.reviewed_by)
        return messages.SUCCESS, f"{named}{words}"
    live = gettext(
        "Version {number} is live. It's not signed, so its pages say “Draft, not reviewed by a PT "
        "or doctor yet.”"
    )
    return messages.WARNING, format_html(
        "{named}" + live + ' <a href="{sign}">{words}</a>',
        named=named,
        number=edition.number,
        sign=address_of(edition, "sign"),
        words=gettext("Sign it."),
    )
