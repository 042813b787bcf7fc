"""Base admin classes for the parts of a self-check."""

from typing import TYPE_CHECKING, Any, ClassVar

from adminsortable2.admin import SortableTabularInline
from django import forms
from django.contrib import admin, messages
from django.contrib.admin.options import InlineModelAdmin
from django.core.exceptions import ValidationError
from django.db.models import Prefetch
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.utils.html import format_html
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from assessments import hooks
from assessments.desk.audit_log import HistoryAdmin
from assessments.desk.findings import located
from assessments.desk.forms import reject_alt_without_file
from assessments.desk.large_lists import NUMBER
from assessments.desk.links import address_of
from assessments.desk.mixins import NOT_LIVE, ContinueEditingMixin, message_not_live
from assessments.desk.widgets import TextWidgetsMixin
from assessments.models import Assessment, Condition
from assessments.publishing.cases import cases_now
from assessments.publishing.drafts import AssessmentDraft
from assessments.publishing.services import assessment_check
from runfit.lib.hooks import gather
from runfit.lib.svg.cleaning import LONGEST_FILE, svg_clean
from runfit.lib.svg.validation import svg_fault
from runfit.lib.translation import translated

if TYPE_CHECKING:
    from django_stubs_ext import StrPromise

FILE_HELP = _(
    "A file from a drawing program, with a name that ends in .svg: just shapes, with no words, "
    "pictures, or gradients."
)


class ReadOnlyRowsInline(InlineModelAdmin):
    """A read-only list of rows that link to their own change pages."""

    template = "admin/desk/rows.html"
    extra = 0
    can_delete = False
    show_change_link = True

    def has_add_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False


class RowsInline(ReadOnlyRowsInline, SortableTabularInline):  # type: ignore[misc]
    """Rows that can be dragged into order, which is saved at once."""

    saves_order = True


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
        return {"cases": cases_now(draft)}

    def response_post_save_add(self, request: HttpRequest, obj: Any) -> HttpResponseRedirect:
        return _redirect_to_draft(request, obj)

    def response_post_save_change(self, request: HttpRequest, obj: Any) -> HttpResponseRedirect:
        return _redirect_to_draft(request, obj)

    def delete_model(self, request: HttpRequest, obj: Any) -> None:
        super().delete_model(request, obj)
        request.left_draft = _list_on_draft(obj)  # type: ignore[attr-defined]

    def response_delete(self, request: HttpRequest, obj_display: str, obj_id: int) -> HttpResponse:
        """Leads back to where the part was listed: the list of all parts isn't in the menu."""
        response = super().response_delete(request, obj_display, obj_id)
        messages.info(request, NOT_LIVE)
        back: str | None = getattr(request, "left_draft", None)
        if back and isinstance(response, HttpResponseRedirect):
            return HttpResponseRedirect(back)
        return response

    def get_readonly_fields(self, request: HttpRequest, obj: Any = None) -> tuple[str, ...]:
        return self.fixed if obj else ()

    def get_changeform_initial_data(self, request: HttpRequest) -> dict[str, Any]:
        """Preselects the self-check if it's known."""
        initial = {**super().get_changeform_initial_data(request)}
        return {**initial, "assessment": known_assessment(request)}

    def formfield_for_foreignkey(self, db_field: Any, request: HttpRequest, **kwargs: Any) -> Any:
        """A new part belongs to the self-check that it was opened from, which the page names."""
        known = known_assessment(request) if db_field.name == "assessment" else None
        if known:
            kwargs |= {
                "queryset": Assessment.objects.filter(pk=known),
                "widget": forms.HiddenInput,
            }
        return super().formfield_for_foreignkey(db_field, request, **kwargs)


class TwoStepAdmin(ContinueEditingMixin, PartAdmin):
    """Asks for texts on the add page. Inlines that refer to other parts follow once it's saved."""

    def get_inlines(self, request: HttpRequest, obj: Any) -> Any:
        return super().get_inlines(request, obj) if obj else []


def known_assessment(request: HttpRequest) -> int | None:
    """The self-check of a part that's being added: the one in the address, or the only one."""
    named = request.GET.get("assessment", "")
    if NUMBER.fullmatch(named):
        return Assessment.objects.filter(pk=named).values_list("pk", flat=True).first()
    only = list(Assessment.objects.values_list("pk", flat=True)[:2])
    return only[0] if len(only) == 1 else None


class DrawingForm(PartForm):
    """Accepts the drawing as an uploaded SVG file. It's stored in `column`, and its text
    alternative in the column of that name with `_alt`. `use` says where it's shown."""

    column: ClassVar[str] = "drawing"
    called: ClassVar["StrPromise"] = _("Drawing")
    remove: ClassVar["StrPromise"] = _("Remove the drawing")
    say_in_words: ClassVar["StrPromise"] = _("Say in words what the drawing shows.")
    use: ClassVar["StrPromise"] = _(
        "It goes above the answers, and each answer can have its own spot to tap on it."
    )

    drawing_file = forms.FileField(required=False, widget=forms.FileInput(attrs={"accept": ".svg"}))
    drawing_remove = forms.BooleanField(required=False)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for name, label in {"file": self.called, "remove": self.remove}.items():
            if field := self.fields.get(f"drawing_{name}"):
                field.label = label
        if field := self.fields.get("drawing_file"):
            field.help_text = f"{FILE_HELP} {self.use}"

    @property
    def stored_beside(self) -> dict[str, str]:
        """The stored value behind each upload field, for edit-conflict detection in
        `assessments.desk.concurrent_edits.page_state`."""
        return dict.fromkeys(("drawing_file", "drawing_remove"), self._stored())

    def clean_drawing_file(self) -> str:
        """The cleaned SVG text, or blank if no file was chosen."""
        file = self.cleaned_data["drawing_file"]
        if not file:
            return ""
        try:
            text = str(file.read(LONGEST_FILE * 4 + 1), encoding="utf-8")
        except UnicodeDecodeError:
            raise ValidationError(_("This isn't a drawing whose name ends in .svg.")) from None
        text = svg_clean(text)
        if fault := svg_fault(text):
            raise ValidationError(gettext("The drawing {fault}").format(fault=translated(fault)))
        return text

    def clean(self) -> dict[str, Any]:
        data = super().clean() or self.cleaned_data
        alt = f"{self.column}_alt"
        if self._drawing() and not data.get(alt):
            self.add_error(alt, self.say_in_words)
        elif "drawing_file" in data and not self._drawing():
            reject_alt_without_file(self, self.column)
        return data

    def save(self, commit: bool = True) -> Any:
        setattr(self.instance, self.column, self._drawing())
        return super().save(commit)

    def _stored(self) -> str:
        return str(getattr(self.instance, self.column))

    def _drawing(self) -> str:
        if self.cleaned_data.get("drawing_remove"):
            return ""
        return str(self.cleaned_data.get("drawing_file") or self._stored())


class DrawingAdmin(PartAdmin):
    """Shows the stored drawing next to the upload."""

    form: type[DrawingForm] = DrawingForm

    def drawing_fields(self, part: Any) -> list[str]:
        column = self.form.column
        stored = ["drawing_now"] if part is not None and getattr(part, column) else []
        remove = ["drawing_remove"] if stored else []
        return [*stored, "drawing_file", *remove, f"{column}_alt"]

    def get_readonly_fields(self, request: HttpRequest, obj: Any = None) -> tuple[str, ...]:
        return (*super().get_readonly_fields(request, obj), "drawing_now")

    @admin.display(description=_("now"))
    def drawing_now(self, part: Any) -> SafeString:
        """Marked safe: stored drawings have passed `svg_fault`."""
        drawing = mark_safe(getattr(part, self.form.column))
        return format_html('<div class="drawing">{}</div>', drawing)


def _redirect_to_draft(request: HttpRequest, part: Any) -> HttpResponseRedirect:
    """Redirects to the part's list on its self-check's page."""
    message_not_live(request, part.assessment, assessment_check(assessment=part.assessment))
    return HttpResponseRedirect(_list_on_draft(part))


def _list_on_draft(part: Any) -> str:
    """The address of the part's list on its self-check's page."""
    related = part._meta.get_field("assessment").remote_field.related_name
    return f"{address_of(part.assessment)}#{related}-group"


def with_rule(field: str) -> "Prefetch[Any]":
    """Prefetches each row's conditions with everything that their sentences name."""
    return Prefetch(field, Condition.objects.with_parts())
