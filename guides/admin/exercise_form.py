"""The form of an exercise."""

from typing import Any

from django import forms
from django.core.files.base import ContentFile
from django.utils.text import capfirst
from django.utils.translation import gettext_lazy as _

from assessments.selectors import safety_items_clearable
from guides.models import Exercise
from guides.pdf import render
from guides.publishing.row_mapping import lines

CANNOT_PRINT = _("This picture can't be printed in the guide. Save it as PNG and upload that.")
NOT_ON_A_LIST = _("{item} (no safety list has it now)")


class SafetyItemsField(forms.MultipleChoiceField):
    """Safety items that a runner can be cleared from, stored one key per line."""

    widget = forms.CheckboxSelectMultiple

    def prepare_value(self, value: Any) -> Any:
        return lines(value) if isinstance(value, str) else value

    def has_changed(self, initial: Any, data: Any) -> bool:
        return super().has_changed(self.prepare_value(initial), data)

    def clean(self, value: Any) -> str:
        return "\n".join(super().clean(value))


class ExerciseForm(forms.ModelForm):
    skip_for = SafetyItemsField(
        required=False,
        label=capfirst(Exercise._meta.get_field("skip_for").verbose_name),
        help_text=Exercise._meta.get_field("skip_for").help_text,
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if "skip_for" in self.fields:  # not on a page that only shows
            words = safety_items_clearable()
            gone = [key for key in lines(self.instance.skip_for) if key not in words]
            words |= {key: NOT_ON_A_LIST.format(item=key.replace("_", " ")) for key in gone}
            self.fields["skip_for"].choices = [*words.items()]  # type: ignore[attr-defined]


class PictureForm(forms.ModelForm):
    def clean_picture(self) -> Any:
        """Typesets a new picture once, to refuse one that can't be printed."""
        picture = self.cleaned_data["picture"]
        if isinstance(picture, ContentFile):
            try:
                render.picture_check(picture.read())
            except render.UnbuildableError as error:
                raise forms.ValidationError(CANNOT_PRINT) from error
            picture.seek(0)
        return picture
