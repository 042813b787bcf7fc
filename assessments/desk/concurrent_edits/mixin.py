"""Two windows, two people: what others saved while a page was open is neither lost nor silent.

A field that only somebody else changed stays as they left it. Where both changed it, nothing is
saved yet: the page keeps what was typed, shows theirs beside it, and lets her choose.
"""

import re
from collections.abc import Iterable, Iterator
from typing import Any

from django.contrib import admin, messages
from django.contrib.contenttypes.models import ContentType
from django.db import connection
from django.db.models import ManyToOneRel
from django.http import HttpRequest, HttpResponse
from django.template.response import TemplateResponse
from django.utils import timezone
from django.utils.text import capfirst

from assessments.desk.concurrent_edits.authors import DELETE, Authors
from assessments.desk.concurrent_edits.conflicts import EditConflicts
from assessments.desk.concurrent_edits.forms import MergingForm, MergingFormSet, left_out
from assessments.desk.concurrent_edits.page_state import FIELD, Digests, PageState, digest, digests
from assessments.desk.forms import ask_again
from runfit.lib.models import columns

ROW = re.compile(r"(.+)-(?:\d+)-(.+)")


class RowDeletedError(Exception):
    """The row of the page was deleted."""


def desk_lock() -> None:
    """Until commit: whoever saves at the desk takes turns, so that nothing changes between what is
    compared and what is saved. The row is there always, and nobody else locks it."""
    kinds = ContentType.objects.select_for_update(no_key=True)
    kinds.get(app_label="assessments", model="assessment")


def as_seen(said: Iterable[object]) -> str:
    """For a page that only asks: what it says, as a hidden field carries it."""
    return PageState(timezone.now().timestamp(), {"said": digest([*map(str, said)])}, {}).signed()


def seen_otherwise(request: HttpRequest, said: Iterable[object]) -> str:
    """What to tell where the page that was posted said something else than it would now."""
    opened = PageState.read(request.POST.get(FIELD, ""))
    if opened is None or opened.form.get("said") == digest([*map(str, said)]):
        return ""
    author = Authors(opened.since, request.user).newest()
    return f"{author.did('changed this')} while you had the page open. Look at it as it is now."


class ConcurrentEditAdmin(admin.ModelAdmin):
    """Its change page, with its rows, is saved knowing what others saved meanwhile."""

    def changeform_view(
        self,
        request: HttpRequest,
        object_id: str | None = None,
        form_url: str = "",
        extra_context: dict[str, Any] | None = None,
    ) -> HttpResponse:
        if request.method != "POST" or object_id is None:
            return super().changeform_view(request, object_id, form_url, extra_context)
        meanwhile = request.meanwhile = EditConflicts(request)  # type: ignore[attr-defined]
        try:
            response = super().changeform_view(request, object_id, form_url, extra_context)
        except RowDeletedError:
            return self.gone_page(request, meanwhile, object_id)
        if isinstance(response, HttpResponse) and 300 <= response.status_code < 400:
            for line in meanwhile.lines:
                messages.warning(request, f"While you had the page open: {line}")
        return response

    def get_object(
        self, request: HttpRequest, object_id: str, from_field: str | None = None
    ) -> Any:
        if request.method == "POST" and connection.in_atomic_block:
            desk_lock()
        row = super().get_object(request, object_id, from_field)
        if row is None and _meanwhile(request) and self.has_change_permission(request):
            raise RowDeletedError
        return row

    def get_form(
        self, request: HttpRequest, obj: Any = None, change: bool = False, **kwargs: Any
    ) -> Any:
        form = super().get_form(request, obj, change=change, **kwargs)
        meanwhile = _meanwhile(request)
        if meanwhile is None or not obj:
            return form
        return type(form.__name__, (MergingForm, form), {"meanwhile": meanwhile})

    def get_formsets_with_inlines(self, request: HttpRequest, obj: Any = None) -> Any:
        meanwhile = _meanwhile(request)
        for formset, inline in super().get_formsets_with_inlines(request, obj):
            if meanwhile and obj and inline.has_change_permission(request, obj):
                merging = {"meanwhile": meanwhile}
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
            meanwhile = _meanwhile(request)
            context |= {
                "as_opened": as_opened(context).signed(),
                "meanwhile": meanwhile.lines if meanwhile else [],
            }
        return super().render_change_form(request, context, *args, **kwargs)

    def gone_page(
        self, request: HttpRequest, meanwhile: EditConflicts, object_id: str
    ) -> HttpResponse:
        """In the place of a page whose row was deleted: what was typed must not go with it."""
        author = meanwhile.authors.of(self.model, object_id, action=DELETE)
        name = f"The {self.opts.verbose_name}" + (f" “{author.name}”" if author.name else "")
        context = {
            **self.admin_site.each_context(request),
            "title": f"{name} is gone",
            "opts": self.opts,
            "said": author.did("deleted it"),
            "typed": [*self._typed(request)],
        }
        return TemplateResponse(request, "admin/desk/gone.html", context, status=410)

    def _typed(self, request: HttpRequest) -> Iterator[tuple[str, str]]:
        """The texts of the page and of its rows, each with the name of its field."""
        parts = [each for each in self.opts.get_fields() if isinstance(each, ManyToOneRel)]
        rows = {each.get_accessor_name(): each.related_model for each in parts}
        for key, text in request.POST.items():
            row = ROW.fullmatch(key)
            model = rows.get(row[1]) if row else self.model
            fields = {each.name: each for each in columns(model)} if model else {}
            field = fields.get(row[2] if row else key)
            if field and not field.is_relation and field.editable and str(text).strip():
                yield capfirst(str(field.verbose_name)), str(text)


def as_opened(context: dict[str, Any]) -> PageState:
    """What a page shows of its row and of its rows."""
    formsets = [inline.formset for inline in context["inline_admin_formsets"]]
    rows = {formset.prefix: _digests_of_rows(formset) for formset in formsets}
    form = context["adminform"].form
    return PageState(timezone.now().timestamp(), digests(form), rows)


def _digests_of_rows(formset: Any) -> dict[str, Digests]:
    forms = {each.instance.pk: each for each in formset.initial_forms}
    rows = [row.pk for row in formset.get_queryset() if row.pk in forms]
    return {str(pk): digests(forms[pk], *left_out(formset)) for pk in rows}


def _meanwhile(request: HttpRequest) -> EditConflicts | None:
    return getattr(request, "meanwhile", None)
