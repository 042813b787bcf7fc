"""What the pages of a draft share."""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from typing import Any, ClassVar

from django import forms
from django.contrib import messages
from django.contrib.admin.options import IS_POPUP_VAR, BaseModelAdmin, InlineModelAdmin
from django.contrib.admin.widgets import AdminTextareaWidget, AdminTextInputWidget
from django.db import models
from django.db.models import Field, Prefetch
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.utils.html import format_html

from assessments.checker import Finding
from assessments.desk.audit_log import WithHistory
from assessments.desk.findings import placed
from assessments.desk.large_lists import NUMBER
from assessments.models import Assessment, Condition
from assessments.publishing.services import assessment_check
from runfit.lib.hooks import gather

MARKDOWN = (
    "Two stars around words make them bold: **like this**; one star, slanted. A line that begins "
    "with a dash and a space is part of a list. [Words](https://example.org) become a link."
)
NOT_LIVE = "Saved in the draft. Runners see it once you publish."


@dataclass(frozen=True, slots=True)
class Link:
    address: str
    text: str


def address_of(row: models.Model, page: str = "change") -> str:
    options = row._meta
    return reverse(f"admin:{options.app_label}_{options.model_name}_{page}", args=[row.pk])


more_part_links: list[Callable[[models.Model], list[Link]]] = []
"""Where a part of a self-check leads in other apps. They add to this when they start."""


class LongText(AdminTextareaWidget):
    """Browsers end lines with CR LF. A draft keeps LF, so that saving a page unchanged does not
    change what it would publish."""

    def __init__(self, attrs: dict[str, Any] | None = None) -> None:
        super().__init__({"rows": 4, **(attrs or {})})

    def value_from_datadict(self, data: Mapping[str, Any], files: Any, name: str) -> Any:
        text = super().value_from_datadict(data, files, name)
        return text.replace("\r\n", "\n") if isinstance(text, str) else text


class TextWidgets(BaseModelAdmin):
    """Texts have no limit of length. Those in `one_line` are written on one line, and those in
    `prose` may hold a little Markdown."""

    one_line: ClassVar[tuple[str, ...]] = ()
    prose: ClassVar[tuple[str, ...]] = ()
    line_class: ClassVar[str] = "vLargeTextField"

    def formfield_for_dbfield(
        self, db_field: "Field[Any, Any]", request: HttpRequest, **kwargs: Any
    ) -> forms.Field | None:
        if isinstance(db_field, models.TextField):
            line = AdminTextInputWidget({"class": self.line_class})
            kwargs["widget"] = line if db_field.name in self.one_line else LongText()
        if db_field.name in self.prose:
            kwargs["help_text"] = f"{db_field.help_text} {MARKDOWN}".strip()
        return super().formfield_for_dbfield(db_field, request, **kwargs)


class LabelledFormSet:
    def add_fields(self, form: forms.Form, index: int | None) -> None:
        super().add_fields(form, index)  # type: ignore[misc]
        for field in form.fields.values():
            widget: Any = getattr(field.widget, "widget", field.widget)  # within a wrapper
            widget.attrs.setdefault("aria-label", field.label)


class TableRows(InlineModelAdmin):
    """A table has no label beside each field, so that each field says what it is."""

    def get_formset(self, request: HttpRequest, obj: Any = None, **kwargs: Any) -> Any:
        formset = super().get_formset(request, obj, **kwargs)
        return type(formset.__name__, (LabelledFormSet, formset), {})


class PartForm(forms.ModelForm):
    """Offers only what belongs to the same self-check, as soon as it is known which one."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        assessment = self.instance.assessment_id or self.initial.get("assessment")
        for name in ("level", "faq"):
            field = self.fields.get(name)
            if (
                assessment
                and isinstance(field, forms.ModelChoiceField)
                and field.queryset is not None
            ):
                field.queryset = field.queryset.filter(assessment=assessment)


class PartAdmin(TextWidgets, WithHistory):
    """A part of a self-check. It stays with the self-check for which it was made."""

    form = PartForm
    change_form_template = "admin/desk/part.html"
    list_filter: ClassVar[Any] = ("assessment",)
    list_select_related: ClassVar[Any] = ("assessment",)
    list_per_page = 50
    ordering: ClassVar[Any] = ("assessment", "position")
    fixed: ClassVar[tuple[str, ...]] = ("assessment",)

    def has_module_permission(self, request: HttpRequest) -> bool:
        """It is found on the page of its self-check, not on the first page."""
        return False

    def render_change_form(
        self, request: HttpRequest, context: dict[str, Any], *args: Any, **kwargs: Any
    ) -> HttpResponse:
        """With what was found about this part, and the way back to its self-check."""
        part = kwargs.get("obj")
        if part is None:
            named = request.GET.get("assessment", "")
            context["draft"] = (
                Assessment.objects.filter(pk=named).first() if NUMBER.fullmatch(named) else None
            )
        else:
            context["draft"] = part.assessment
            address = address_of(part)
            found = placed(part.assessment, assessment_check(assessment=part.assessment))
            context["findings"] = [each for each in found if each.address == address]
            context["desk_links"] = gather(more_part_links, part)
        return super().render_change_form(request, context, *args, **kwargs)

    def response_post_save_add(self, request: HttpRequest, obj: Any) -> HttpResponseRedirect:
        return _to_the_draft(request, obj)

    def response_post_save_change(self, request: HttpRequest, obj: Any) -> HttpResponseRedirect:
        return _to_the_draft(request, obj)

    def response_delete(self, request: HttpRequest, obj_display: str, obj_id: int) -> HttpResponse:
        response = super().response_delete(request, obj_display, obj_id)
        messages.info(request, NOT_LIVE)
        return response

    def get_readonly_fields(self, request: HttpRequest, obj: Any = None) -> tuple[str, ...]:
        return self.fixed if obj else ()

    def get_changeform_initial_data(self, request: HttpRequest) -> dict[str, Any]:
        """While there is only one self-check, a new part belongs to it."""
        initial: dict[str, Any] = {**super().get_changeform_initial_data(request)}
        if not NUMBER.fullmatch(initial.get("assessment", "")):
            only = list(Assessment.objects.values_list("pk", flat=True)[:2])
            initial["assessment"] = only[0] if len(only) == 1 else None
        return initial


class GoOn(WithHistory):
    """Once added, its own page follows, with what could not be picked before."""

    def response_add(
        self, request: HttpRequest, obj: Any, post_url_continue: str | None = None
    ) -> HttpResponse:
        if "_addanother" not in request.POST and IS_POPUP_VAR not in request.POST:
            data = request.POST.copy()
            data["_continue"] = "1"
            request.POST = data  # type: ignore[assignment]
        return super().response_add(request, obj, post_url_continue)


class TwoStepAdmin(GoOn, PartAdmin):
    """Its words are saved first. What refers to other parts comes on the page that follows."""

    def get_inlines(self, request: HttpRequest, obj: Any) -> Any:
        return super().get_inlines(request, obj) if obj else []


def tell_not_live(request: HttpRequest, draft: models.Model, findings: Iterable[Finding]) -> None:
    """What was saved waits in the draft, and what keeps it there. The link leads to what was found,
    which stands at the top of the draft's page, far from where a list of its parts opens."""
    faults = sum(finding.severity == "error" for finding in findings)
    if not faults:
        messages.info(request, NOT_LIVE)
        return
    messages.warning(
        request,
        format_html(
            'Saved in the draft. Before you can publish it: <a href="{}#standing">{} to mend</a>.',
            address_of(draft),
            faults,
        ),
    )


def _to_the_draft(request: HttpRequest, part: Any) -> HttpResponseRedirect:
    """Back to the self-check, at the list that this is part of."""
    tell_not_live(request, part.assessment, assessment_check(assessment=part.assessment))
    draft = address_of(part.assessment)
    related = part._meta.get_field("assessment").remote_field.related_name
    return HttpResponseRedirect(f"{draft}#{related}-group")


def with_rule(field: str) -> "Prefetch[Any]":
    """The conditions of each row with all that their sentences name."""
    return Prefetch(field, Condition.objects.whole())
