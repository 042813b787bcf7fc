"""What forms of the desk share: rows of other models, and files that were chosen."""

from collections.abc import Callable
from typing import Any

from django import forms

from assessments.desk.concurrent_edits.page_state import is_file, label


class RelatedRowsForm(forms.ModelForm):
    """Saves `save_related` where Django saves many-to-many data: once its own row is stored."""

    save_m2m: Callable[[], None]

    def save_related(self) -> None:
        raise NotImplementedError

    def save(self, commit: bool = True) -> Any:
        """As Django documents it: without `commit`, the caller stores the row, then asks for
        `save_m2m`."""
        row = super().save(commit=False)
        self.save_m2m = self.save_related
        if commit:
            row.save()
            self.save_m2m()
        return row


def ask_again(context: dict[str, Any]) -> None:
    """In a change form that was refused, say beside each file that was chosen that it's needed
    again: otherwise the next save leaves it out, and nobody is told."""
    _ask_again(context["adminform"].form)
    for inline in context["inline_admin_formsets"]:
        for form in inline.formset.forms:
            _ask_again(form)


def _ask_again(form: Any) -> None:
    for name in form.fields:
        chosen = is_file(form, name) and form.files.get(form.add_prefix(name))
        if chosen and name not in form.errors:  # its own error says what to do
            message = f"Choose the file for “{label(form, name)}” again: browsers don't keep it "
            form.add_error(name, f"{message}after an error.")


def refuse_words_alone(form: forms.BaseForm, name: str) -> None:
    """Words in `name`_alt are for a picture. Those from before this save may stay."""
    words = f"{name}_alt"
    if form.cleaned_data.get(words) and words in form.changed_data:
        form.add_error(words, f"There's no {name} yet. Choose one, or clear these words.")
