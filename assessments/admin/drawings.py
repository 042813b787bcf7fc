"""Parts with a drawing, which the PT uploads as an SVG file."""

from typing import Any, ClassVar

from django import forms
from django.contrib import admin
from django.core.exceptions import ValidationError
from django.http import HttpRequest
from django.utils.html import format_html
from django.utils.safestring import SafeString, mark_safe

from assessments.admin.base import PartAdmin, PartForm
from assessments.desk.forms import reject_alt_without_file
from runfit.lib.svg import svg_fault
from runfit.lib.svg_cleaning import LONGEST_FILE, svg_clean

FILE_HELP = (
    "A file from a drawing program, with a name that ends in .svg: just shapes, with no words, "
    "pictures, or gradients."
)


class DrawingForm(PartForm):
    """Accepts the drawing as an uploaded SVG file. It's stored in `column`, and its text
    alternative in the column of that name with `_alt`."""

    column: ClassVar[str] = "drawing"

    drawing_file = forms.FileField(
        label="Drawing",
        required=False,
        widget=forms.FileInput(attrs={"accept": ".svg"}),
        help_text=f"{FILE_HELP} It goes above the answers, and each answer can have its own spot "
        "to tap on it.",
    )
    drawing_remove = forms.BooleanField(label="Remove the drawing", required=False)

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
            raise ValidationError("This isn't a drawing whose name ends in .svg.") from None
        text = svg_clean(text)
        if fault := svg_fault(text):
            raise ValidationError(f"The drawing {fault}")
        return text

    def clean(self) -> dict[str, Any]:
        data = super().clean() or self.cleaned_data
        alt = f"{self.column}_alt"
        if self._drawing() and not data.get(alt):
            self.add_error(alt, f"Say in words what the {self.column} shows.")
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

    @admin.display(description="now")
    def drawing_now(self, part: Any) -> SafeString:
        """Marked safe: stored drawings have passed `svg_fault`."""
        drawing = mark_safe(getattr(part, self.form.column))
        return format_html('<div class="drawing">{}</div>', drawing)
