"""Base admin classes for the parts of a self-check."""

from typing import Any, ClassVar

from adminsortable2.admin import SortableTabularInline
from django import forms
from django.contrib import messages
from django.contrib.admin.options import InlineModelAdmin
from django.db.models import Prefetch
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect

from assessments import hooks
from assessments.desk.audit_log import HistoryAdmin
from assessments.desk.findings import located
from assessments.desk.large_lists import NUMBER
from assessments.desk.links import address_of
from assessments.desk.mixins import NOT_LIVE, ContinueEditingMixin, message_not_live
from assessments.desk.widgets import TextWidgetsMixin
from assessments.models import Assessment, Condition
from assessments.publishing.drafts import AssessmentDraft
from assessments.publishing.services import assessment_check
from runfit.lib.hooks import gather


class ReadOnlyRowsInline(InlineModelAdmin):
    """A read-only list of rows that link to their own change pages."""

    template = "admin/desk/rows.html"
    extra = 0
    can_delete = False
    show_change_link = True

    def has_add_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False


class RowsInline(ReadOnlyRowsInline, SortableTabularInline):  # type: ignore[misc]
    """Rows that can be dragged into order."""


class PartForm(forms.ModelForm):
    """Limits related choices to the part's self-check, once that is known."""

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


class PartAdmin(TextWidgetsMixin, HistoryAdmin):
    """Admin of a part of a self-check. A part can't move to another self-check."""

    form = PartForm
    change_form_template = "admin/desk/part.html"
    list_filter: ClassVar[Any] = ("assessment",)
    list_select_related: ClassVar[Any] = ("assessment",)
    list_per_page = 50
    ordering: ClassVar[Any] = ("assessment", "position")
    fixed: ClassVar[tuple[str, ...]] = ("assessment",)

    def has_module_permission(self, request: HttpRequest) -> bool:
        """Hidden from the admin index: parts are linked from their self-check's page."""
        return False

    def render_change_form(
        self, request: HttpRequest, context: dict[str, Any], *args: Any, **kwargs: Any
    ) -> HttpResponse:
        """Adds the part's findings and a link back to its self-check."""
        part = kwargs.get("obj")
        if part is None:
            pk = request.GET.get("assessment", "")
            context["draft"] = (
                Assessment.objects.filter(pk=pk).first() if NUMBER.fullmatch(pk) else None
            )
        else:
            context["draft"] = part.assessment
            address, draft = address_of(part), AssessmentDraft(part.assessment)
            findings = located(part.assessment, draft.findings)
            context["findings"] = [finding for finding in findings if finding.address == address]
            context |= self.part_context(part, draft)
            context["desk_links"] = gather(hooks.part_links, part)
        return super().render_change_form(request, context, *args, **kwargs)

    def part_context(self, part: Any, draft: AssessmentDraft) -> dict[str, Any]:
        """What else the part's page shows of the draft."""
        return {}

    def response_post_save_add(self, request: HttpRequest, obj: Any) -> HttpResponseRedirect:
        return _redirect_to_draft(request, obj)

    def response_post_save_change(self, request: HttpRequest, obj: Any) -> HttpResponseRedirect:
        return _redirect_to_draft(request, obj)

    def response_delete(self, request: HttpRequest, obj_display: str, obj_id: int) -> HttpResponse:
        response = super().response_delete(request, obj_display, obj_id)
        messages.info(request, NOT_LIVE)
        return response

    def get_readonly_fields(self, request: HttpRequest, obj: Any = None) -> tuple[str, ...]:
        return self.fixed if obj else ()

    def get_changeform_initial_data(self, request: HttpRequest) -> dict[str, Any]:
        """Preselects the self-check if there is only one."""
        initial: dict[str, Any] = {**super().get_changeform_initial_data(request)}
        if not NUMBER.fullmatch(initial.get("assessment", "")):
            only = list(Assessment.objects.values_list("pk", flat=True)[:2])
            initial["assessment"] = only[0] if len(only) == 1 else None
        return initial


class TwoStepAdmin(ContinueEditingMixin, PartAdmin):
    """Asks for texts on the add page. Inlines that refer to other parts follow once it's saved."""

    def get_inlines(self, request: HttpRequest, obj: Any) -> Any:
        return super().get_inlines(request, obj) if obj else []


def _redirect_to_draft(request: HttpRequest, part: Any) -> HttpResponseRedirect:
    """Redirects to the part's list on its self-check's page."""
    message_not_live(request, part.assessment, assessment_check(assessment=part.assessment))
    draft = address_of(part.assessment)
    related = part._meta.get_field("assessment").remote_field.related_name
    return HttpResponseRedirect(f"{draft}#{related}-group")


def with_rule(field: str) -> "Prefetch[Any]":
    """Prefetches each row's conditions with everything that their sentences name."""
    return Prefetch(field, Condition.objects.with_parts())
