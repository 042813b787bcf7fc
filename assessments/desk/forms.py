"""Form helpers for the admin: saving related rows, and file fields after errors."""

from collections.abc import Callable
from typing import Any

from django import forms
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from assessments.desk.concurrent_edits.page_state import is_file, label

NO_FILE = {
    "photo": _("There's no photo yet. Choose one, or clear these words."),
    "logo": _("There's no logo yet. Choose one, or clear these words."),
    "drawing": _("There's no drawing yet. Choose one, or clear these words."),
    "picture": _("There's no picture yet. Choose one, or clear these words."),
}


class RelatedRowsForm(forms.ModelForm):
    """Calls `save_related` where Django would save many-to-many data: after the row is saved."""

    save_m2m: Callable[[], None]

    def save_related(self) -> None:
        raise NotImplementedError

    def save(self, commit: bool = True) -> Any:
        """Like Django's: without `commit`, the caller saves the row and then calls `save_m2m`."""
        row = super().save(commit=False)
        self.save_m2m = self.save_related
        if commit:
            row.save()
            self.save_m2m()
        return row


def ask_again(context: dict[str, Any]) -> None:
    """Adds an error to each file field of a rejected form: browsers drop chosen files, so the next
    save would silently leave them out."""
    _ask_again(context["adminform"].form)
    for inline in context["inline_admin_formsets"]:
        for form in inline.formset.forms:
            _ask_again(form)


def _ask_again(form: Any) -> None:
    for name in form.fields:
        chosen = is_file(form, name) and form.files.get(form.add_prefix(name))
        if chosen and name not in form.errors:
            again = gettext(
                "Choose the file for “{field}” again: browsers don't keep it after an error."
            )
            form.add_error(name, again.format(field=label(form, name)))


def reject_alt_without_file(form: forms.BaseForm, name: str) -> None:
    """Rejects a new alt text in `<name>_alt` if there's no picture. An unchanged one may stay."""
    alt = f"{name}_alt"
    if form.cleaned_data.get(alt) and alt in form.changed_data:
        form.add_error(alt, NO_FILE[name])
