"""The PT's private note about a contact."""

from typing import Any

from django import forms
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from guides.models import Contact

LONGEST_NOTE = 5000


class NoteField(forms.CharField):
    """Browsers send each line break as two characters. The note keeps one, and counts one."""

    def to_python(self, value: Any) -> str:
        return str(super().to_python(value) or "").replace("\r\n", "\n")


class NoteForm(forms.Form):
    note = NoteField(
        label=_("Private note"),
        required=False,
        max_length=LONGEST_NOTE,
        help_text=Contact._meta.get_field("note").help_text,
        widget=forms.Textarea(attrs={"rows": 5}),
    )
    before = NoteField(required=False, widget=forms.HiddenInput)
    """The note as the page showed it, so that nobody overwrites what someone else saved."""

    @classmethod
    def of(cls, contact: Contact) -> "NoteForm":
        return cls(initial={"note": contact.note, "before": contact.note})

    def show_conflict(self, stored: str) -> None:
        """Keeps what was typed, and shows the note that was saved meanwhile."""
        self.data = {"note": self.data.get("note", ""), "before": stored}
        shown = (
            gettext("It now says: “{note}”").format(note=stored)
            if stored
            else gettext("It's empty now.")
        )
        self.add_error(
            "note",
            gettext(
                "Someone else changed this note while you typed. {shown} Yours isn't saved yet, "
                "but it's still here. Save again to put yours in its place."
            ).format(shown=shown),
        )
