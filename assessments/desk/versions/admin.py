"""Base admin of published versions: changes, signing and restoring."""

from collections.abc import Callable
from contextlib import nullcontext
from typing import Any, ClassVar

from django.contrib import admin, messages
from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.db.models import OuterRef, QuerySet, Subquery
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import get_object_or_404
from django.template.response import TemplateResponse
from django.urls import URLPattern, path
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from assessments.desk.audit_log import HistoryAdmin, ReadOnlyMixin
from assessments.desk.concurrent_edits.mixin import changed_since_shown, desk_lock, sign_shown
from assessments.desk.links import address_of
from assessments.desk.versions.recalling import RecallMixin
from assessments.desk.versions.signing import SigningMixin
from runfit.lib.diff import Change
from runfit.lib.history import RESTORED
from runfit.lib.messages import message


class VersionAdmin(ReadOnlyMixin, SigningMixin, RecallMixin, HistoryAdmin):
    """Admin of a published version, with its changes and a way to restore it."""

    change_form_template = "admin/desk/version.html"
    list_display = ("__str__", "is_live", "published_at", "publisher", "note", "reviewer")
    draft_field: ClassVar[str]
    changes: Callable[..., list[Change]]  # from the previous version
    restore_changes: Callable[..., list[Change]]  # from the current draft

    def restore_edition(self, edition: Any) -> list[str]:
        """Restores the version into the draft. Returns messages about what couldn't be restored."""
        raise NotImplementedError

    def get_urls(self) -> list[URLPattern]:
        urls = [
            path(
                f"<int:pk>/{name}/",
                self.admin_site.admin_view(view),
                name=f"{self.opts.app_label}_{self.opts.model_name}_{name}",
            )
            for name, view in [
                ("restore", self.restore_view),
                ("sign", self.sign_view),
                ("recall", self.recall_view),
            ]
        ]
        return [*urls, *super().get_urls()]

    def get_queryset(self, request: HttpRequest) -> QuerySet[Any]:
        newest = self.model._default_manager.filter(
            **{self.draft_field: OuterRef(self.draft_field)}
        )
        editions: QuerySet[Any] = super().get_queryset(request)
        annotated: QuerySet[Any] = editions.annotate(
            newest=Subquery(newest.order_by("-number").values("number")[:1])
        )
        return annotated

    @admin.display(description=_("published by"))
    def publisher(self, edition: Any) -> str:
        user = edition.published_by
        return (
            (user.get_full_name() or user.get_username())
            if user
            else gettext("RunFit (default content)")
        )

    @admin.display(description=_("reviewed by"), ordering="reviewed_by")
    def reviewer(self, edition: Any) -> str:
        return edition.reviewed_by or gettext("no one yet")

    @admin.display(description=_("live"))
    def is_live(self, edition: Any) -> str:
        states = {
            gettext("Live"): edition.number == edition.newest,
            gettext("Marked as wrong"): edition.recalled_at,
        }
        return ", ".join(words for words, holds in states.items() if holds)

    def render_change_form(
        self, request: HttpRequest, context: dict[str, Any], *args: Any, **kwargs: Any
    ) -> HttpResponse:
        edition = kwargs["obj"]
        context |= {
            "changes": self.changes(edition=edition),
            "restore_changes": self.restore_changes(edition=edition),
            "restore_address": address_of(edition, "restore"),
            "sign_address": address_of(edition, "sign"),
            "may_restore": self.has_restore_permission(request),
            "may_sign": self.has_sign_permission(request),
            "recall_address": address_of(edition, "recall"),
            "may_recall": self.has_recall_permission(request),
            "draft": getattr(edition, self.draft_field),
        }
        return super().render_change_form(request, context, *args, **kwargs)

    def has_restore_permission(self, request: HttpRequest) -> bool:
        draft = self.model._meta.get_field(self.draft_field).related_model._meta
        return request.user.has_perm(f"{draft.app_label}.change_{draft.model_name}")

    def restore_view(self, request: HttpRequest, pk: int) -> HttpResponse:
        """Asks for confirmation first: unpublished changes in the draft would be lost."""
        if not self.has_restore_permission(request):
            raise PermissionDenied
        edition = get_object_or_404(self.model, pk=pk)
        with transaction.atomic() if request.method == "POST" else nullcontext():
            return self._restore_view(request, edition)

    def _restore_view(self, request: HttpRequest, edition: Any) -> HttpResponse:
        if request.method == "POST":
            desk_lock()
        draft = getattr(edition, self.draft_field)
        changes = self.restore_changes(edition=edition)
        conflict = changed_since_shown(request, changes)
        if conflict:
            messages.error(request, gettext("Not restored. {reason}").format(reason=conflict))
        if request.method != "POST" or conflict:
            context = {
                **self.admin_site.each_context(request),
                "title": gettext("Restore version {number}?").format(number=edition.number),
                "step": gettext("Restore"),
                "opts": self.opts,
                "edition": edition,
                "edition_draft": draft,
                "draft": edition,
                "draft_address": address_of(edition),
                "changes": changes,
                "as_opened": sign_shown(changes),
            }
            return TemplateResponse(request, "admin/desk/restore.html", context)
        not_restored = self.restore_edition(edition)
        self.log_change(request, draft, message(RESTORED, number=edition.number))
        messages.success(
            request,
            gettext(
                "The draft matches version {number} again. Runners won't see a change until you "
                "publish."
            ).format(number=edition.number),
        )
        for text in not_restored:
            messages.warning(request, text)
        return HttpResponseRedirect(address_of(draft))
