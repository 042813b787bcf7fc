"""Prevents lost updates when two people, or two windows, edit the same page.

A field that only the other person changed keeps their value. If both changed it, nothing is saved
yet: the page keeps what was typed, shows the other value beside it, and asks which to keep.
"""

import re
from collections.abc import Iterable, Iterator
from datetime import datetime
from typing import Any

from django.contrib import admin, messages
from django.contrib.contenttypes.models import ContentType
from django.db import connection
from django.db.models import ManyToOneRel
from django.http import HttpRequest, HttpResponse
from django.template.response import TemplateResponse
from django.utils import timezone
from django.utils.text import capfirst
from django.utils.translation import gettext

from assessments.desk.concurrent_edits.authors import DELETE, Authors
from assessments.desk.concurrent_edits.conflicts import EditConflicts
from assessments.desk.concurrent_edits.forms import MergingForm, MergingFormSet, excluded_fields
from assessments.desk.concurrent_edits.page_state import FIELD, Digests, PageState, digest, digests
from assessments.desk.forms import ask_again
from runfit.lib.models import columns

ROW = re.compile(r"(.+)-(?:\d+)-(.+)")


class RowDeletedError(Exception):
    """The row was deleted while its page was open."""


def desk_lock() -> None:
    """Serializes saves in the admin until commit, so that nothing changes between comparing and
    saving. Locks a content type row, which always exists and nothing else locks."""
    content_types = ContentType.objects.select_for_update(no_key=True)
    content_types.get(app_label="assessments", model="assessment")


def sign_shown(values: Iterable[object]) -> str:
    """A signed digest of what a confirmation page shows, for its hidden field."""
    return PageState(timezone.now().timestamp(), {"said": digest([*map(str, values)])}, {}).signed()


def changed_since_shown(request: HttpRequest, values: Iterable[object]) -> str:
    """An error message if the posted page showed other values than these; blank otherwise."""
    opened = PageState.read(request.POST.get(FIELD, ""))
    if opened is None or opened.form.get("said") == digest([*map(str, values)]):
        return ""
    author = Authors(opened.since, request.user).newest()
    return gettext("{change} while you had the page open. Look at it as it is now.").format(
        change=author.did(gettext("{who} changed this"))
    )


def shown_since(request: HttpRequest) -> datetime | None:
    """When the posted page was opened, if it says so."""
    opened = PageState.read(request.POST.get(FIELD, ""))
    return opened.since if opened else None


def meanwhile(line: str) -> str:
    """A message about what others changed."""
    return gettext("While you had the page open: {line}").format(line=line)


class ConcurrentEditAdmin(admin.ModelAdmin):
    """Merges changes that others saved while a change page was open, inlines included."""

    def changeform_view(
        self,
        request: HttpRequest,
        object_id: str | None = None,
        form_url: str = "",
        extra_context: dict[str, Any] | None = None,
    ) -> HttpResponse:
        if request.method != "POST" or object_id is None:
            return super().changeform_view(request, object_id, form_url, extra_context)
        conflicts = request.edit_conflicts = EditConflicts(request)  # type: ignore[attr-defined]
        try:
            response = super().changeform_view(request, object_id, form_url, extra_context)
        except RowDeletedError:
            return self.gone_page(request, conflicts, object_id)
        if isinstance(response, HttpResponse) and 300 <= response.status_code < 400:
            for line in conflicts.lines:
                messages.warning(request, meanwhile(line))
        return response

    def get_object(
        self, request: HttpRequest, object_id: str, from_field: str | None = None
    ) -> Any:
        if request.method == "POST" and connection.in_atomic_block:
            desk_lock()
        row = super().get_object(request, object_id, from_field)
        if row is None and _conflicts(request) and self.has_change_permission(request):
            raise RowDeletedError
        return row

    def get_form(
        self, request: HttpRequest, obj: Any = None, change: bool = False, **kwargs: Any
    ) -> Any:
        form = super().get_form(request, obj, change=change, **kwargs)
        conflicts = _conflicts(request)
        if conflicts is None or not obj:
            return form
        return type(form.__name__, (MergingForm, form), {"conflicts": conflicts})

    def get_formsets_with_inlines(self, request: HttpRequest, obj: Any = None) -> Any:
        conflicts = _conflicts(request)
        for formset, inline in super().get_formsets_with_inlines(request, obj):
            if conflicts and obj and inline.has_change_permission(request, obj):
                merging = {"conflicts": conflicts}
                yield type(formset.__name__, (MergingFormSet, formset), merging), inline
            else:
                yield formset, inline

    def render_change_form(
        self, request: HttpRequest, context: dict[str, Any], *args: Any, **kwargs: Any
    ) -> HttpResponse:
        row = kwargs.get("obj")
        if request.method == "POST":
            ask_again(context)
        if row is not None and self.has_change_permission(request, row):
            conflicts = _conflicts(request)
            context |= {
                "as_opened": as_opened(context).signed(),
                "meanwhile": conflicts.lines if conflicts else [],
            }
        return super().render_change_form(request, context, *args, **kwargs)

    def gone_page(
        self, request: HttpRequest, conflicts: EditConflicts, object_id: str
    ) -> HttpResponse:
        """Shown if the row was deleted while its page was open, with the text that was typed."""
        author = conflicts.authors.of(self.model, object_id, action=DELETE)
        kind = self.opts.verbose_name
        title = gettext("The {kind} is gone").format(kind=kind)
        if author.name:
            title = gettext("The {kind} “{name}” is gone").format(kind=kind, name=author.name)
        context = {
            **self.admin_site.each_context(request),
            "title": title,
            "opts": self.opts,
            "said": author.did(gettext("{who} deleted it")),
            "typed": [*self._typed(request)],
        }
        return TemplateResponse(request, "admin/desk/gone.html", context, status=410)

    def _typed(self, request: HttpRequest) -> Iterator[tuple[str, str]]:
        """Labels and posted texts of the page and its inline rows."""
        models = {
            relation.get_accessor_name(): relation.related_model
            for relation in self.opts.get_fields()
            if isinstance(relation, ManyToOneRel)
        }
        for key, text in request.POST.items():
            row = ROW.fullmatch(key)
            model = models.get(row[1]) if row else self.model
            fields = {field.name: field for field in columns(model)} if model else {}
            field = fields.get(row[2] if row else key)
            if field and not field.is_relation and field.editable and str(text).strip():
                yield capfirst(str(field.verbose_name)), str(text)


def as_opened(context: dict[str, Any]) -> PageState:
    """The state of a change page: digests of its form and of its inline rows."""
    formsets = [inline.formset for inline in context["inline_admin_formsets"]]
    rows = {formset.prefix: _row_digests(formset) for formset in formsets}
    form = context["adminform"].form
    return PageState(timezone.now().timestamp(), digests(form), rows)


def _row_digests(formset: Any) -> dict[str, Digests]:
    forms = {form.instance.pk: form for form in formset.initial_forms}
    rows = [row.pk for row in formset.get_queryset() if row.pk in forms]
    return {str(pk): digests(forms[pk], *excluded_fields(formset)) for pk in rows}


def _conflicts(request: HttpRequest) -> EditConflicts | None:
    return getattr(request, "edit_conflicts", None)
