"""Widgets and formsets of the admin's change pages."""

from collections.abc import Mapping
from typing import Any, ClassVar

from django import forms
from django.contrib.admin.options import BaseModelAdmin, InlineModelAdmin
from django.contrib.admin.widgets import AdminTextareaWidget, AdminTextInputWidget
from django.db import models
from django.db.models import Field
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _

FOLDED = ("collapse",)  # classes of a fieldset or an inline that is needed rarely
MARKDOWN = _(
    "Two stars around words make them bold: **like this**. One star makes them italic. A line that "
    "starts with a dash and a space is part of a list. [Words](https://example.org) becomes a "
    "link."
)


class LongTextarea(AdminTextareaWidget):
    """Converts the CR LF that browsers send to LF, so that saving a page unchanged doesn't change
    the draft."""

    def __init__(self, attrs: dict[str, Any] | None = None) -> None:
        super().__init__({"rows": 4, **(attrs or {})})

    def value_from_datadict(self, data: Mapping[str, Any], files: Any, name: str) -> Any:
        text = super().value_from_datadict(data, files, name)
        return text.replace("\r\n", "\n") if isinstance(text, str) else text


class MarksHelpMixin(BaseModelAdmin):
    """Fields in `prose` say in their help text which marks they take."""

    prose: ClassVar[tuple[str, ...]] = ()

    def formfield_for_dbfield(
        self, db_field: "Field[Any, Any]", request: HttpRequest, **kwargs: Any
    ) -> forms.Field | None:
        if db_field.name in self.prose:
            kwargs["help_text"] = f"{db_field.help_text} {MARKDOWN}".strip()
        return super().formfield_for_dbfield(db_field, request, **kwargs)


class TextWidgetsMixin(MarksHelpMixin):
    """Uses text areas, or single-line inputs for fields in `one_line`."""

    one_line: ClassVar[tuple[str, ...]] = ()
    line_class: ClassVar[str] = "vLargeTextField"

    def formfield_for_dbfield(
        self, db_field: "Field[Any, Any]", request: HttpRequest, **kwargs: Any
    ) -> forms.Field | None:
        if isinstance(db_field, models.TextField):
            line = AdminTextInputWidget({"class": self.line_class})
            kwargs["widget"] = line if db_field.name in self.one_line else LongTextarea()
        return super().formfield_for_dbfield(db_field, request, **kwargs)


class LabelledFormSet:
    def add_fields(self, form: forms.Form, index: int | None) -> None:
        super().add_fields(form, index)  # type: ignore[misc]
        for field in form.fields.values():
            widget: Any = getattr(field.widget, "widget", field.widget)  # within a wrapper
            widget.attrs.setdefault("aria-label", field.label)


class LabelledTableInline(InlineModelAdmin):
    """Adds an aria-label to every field, since table rows have no labels."""

    def get_formset(self, request: HttpRequest, obj: Any = None, **kwargs: Any) -> Any:
        formset = super().get_formset(request, obj, **kwargs)
        return type(formset.__name__, (LabelledFormSet, formset), {})


class DayInput(forms.DateInput):
    input_type = "date"

    def __init__(self) -> None:
        super().__init__(format="%Y-%m-%d")
