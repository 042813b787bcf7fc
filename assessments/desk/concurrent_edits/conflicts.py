"""Detects and merges changes that others saved while a change page was open."""

from collections.abc import Iterable
from datetime import timedelta
from typing import Any

from django.core.exceptions import ValidationError
from django.db.models import Model
from django.http import HttpRequest
from django.utils import timezone
from django.utils.html import format_html
from django.utils.text import Truncator, get_text_list
from django.utils.translation import gettext

from assessments.desk.concurrent_edits.authors import DELETE, Author, Authors
from assessments.desk.concurrent_edits.comparison import side_by_side
from assessments.desk.concurrent_edits.page_state import (
    FIELD,
    Digests,
    PageState,
    comparable_fields,
    digest,
    display_text,
    is_file,
    label,
    posted,
    set_posted,
    stored,
    was_edited,
)

NAME_LENGTH = 80
TAKE_THEIRS = "take_theirs"
DAYS = timedelta(days=7)  # how far to look back for a page that doesn't carry its time


class EditConflicts:
    """The conflicts found while saving one page. `lines` describe them to the user."""

    def __init__(self, request: HttpRequest) -> None:
        self.opened = PageState.read(request.POST.get(FIELD, ""))
        self.theirs = {*request.POST.getlist(TAKE_THEIRS)}
        at = self.opened.since if self.opened else timezone.now() - DAYS
        self.authors = Authors(at, request.user)
        self.lines: list[str] = []

    def merge(
        self, form: Any, opened: Digests, about: str, *excluded: str
    ) -> dict[str, ValidationError]:
        """Copies others' changes into fields that this user didn't edit. Returns errors by field
        name for fields that both edited. `about` is the row's key prefix on the page."""
        faults: dict[str, ValidationError] = {}
        merged: list[str] = []
        for name in [*comparable_fields(form, *excluded)]:
            theirs = stored(form, name)
            if name not in opened or f"{about}{name}" in self.theirs:
                set_posted(form, name, theirs)  # not on the page, or the user chose it
            elif digest(theirs) in {opened[name], digest(posted(form, name) or [])}:
                continue
            elif not was_edited(form, name, opened[name]):
                set_posted(form, name, theirs)
                merged.append(name)
            else:
                faults[name] = ValidationError(
                    self._fault(form, name, theirs, f"{about}{name}"), code="meanwhile"
                )
        self._add_lines(form, merged, [*faults])
        return faults

    def changed(self, form: Any, opened: Digests, *excluded: str) -> bool:
        return any(
            name in opened and opened[name] != digest(stored(form, name))
            for name in comparable_fields(form, *excluded)
        )

    def author(self, row: Model, field: str = "") -> Author:
        return self.authors.of(type(row), row.pk, field=field)

    def _fault(self, form: Any, name: str, theirs: list[str], key: str) -> str:
        author = self.author(form.instance, name)
        change = author.did(gettext("{who} changed this"))
        if is_file(form, name):
            return gettext(
                "{change} while you had this page open. Pick your file again to use yours, or save "
                "without one to keep theirs."
            ).format(change=change)
        ours = display_text(form, name, posted(form, name) or [])
        return format_html(
            "{} {}{} "
            '<label class="theirs"><input type="checkbox" name="{}" value="{}"> {}'
            '<span class="visually-hidden">: {}</span></label>',
            gettext("{change} while you had this page open.").format(change=change),
            side_by_side(ours, display_text(form, name, theirs), author),
            gettext("Save again to keep yours."),
            TAKE_THEIRS,
            key,
            gettext("Take theirs"),
            label(form, name),
        )

    def _add_lines(self, form: Any, merged: list[str], conflicting: list[str]) -> None:
        """Adds one line for merged fields and one for fields to decide on."""
        for names, outcome in (
            (merged, gettext("That change was kept.")),
            (conflicting, gettext("You changed it here too. Choose below.")),
        ):
            if names:
                author = self.author(form.instance, names[0])
                labels = get_text_list([f"“{label(form, name)}”" for name in names], gettext("and"))
                if form.prefix:
                    sentence = gettext("{who} changed {fields} of {row}")
                    change = author.did(sentence, fields=labels, row=named(form.instance))
                else:
                    change = author.did(gettext("{who} changed {fields}"), fields=labels)
                self.lines.append(f"{change}. {outcome}")

    def added(self, rows: Iterable[Model]) -> None:
        for row in rows:
            change = self.author(row).did(gettext("{who} added {row}"), row=named(row))
            self.lines.append(f"{change}.")

    def deleted(self, model: type[Model], pk: object, typed: str, name: str) -> None:
        """Reports a deleted row, with the text that the user had typed in it."""
        author = self.authors.of(model, pk, action=DELETE)
        name = Truncator(author.name or name).chars(NAME_LENGTH)
        change = author.did(gettext("{who} deleted {row}"), row=_named(model, name))
        lost = gettext("What you typed there wasn't saved: {typed}").format(typed=typed)
        self.lines.append(f"{change}. {lost}" if typed else f"{change}.")


def named(row: Model) -> str:
    return _named(type(row), Truncator(row).chars(NAME_LENGTH))


def _named(model: type[Model], name: str) -> str:
    return gettext("the {kind} “{name}”").format(kind=model._meta.verbose_name, name=name)
