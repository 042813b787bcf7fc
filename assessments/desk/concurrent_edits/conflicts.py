"""What others saved while a page was open, as it is found out when the page is saved."""

from collections.abc import Iterable
from datetime import timedelta
from typing import Any

from django.core.exceptions import ValidationError
from django.db.models import Model
from django.http import HttpRequest
from django.utils import timezone
from django.utils.html import format_html
from django.utils.text import Truncator, get_text_list

from assessments.desk.concurrent_edits.authors import DELETE, Author, Authors
from assessments.desk.concurrent_edits.page_state import (
    FIELD,
    Digests,
    PageState,
    compared,
    digest,
    is_file,
    label,
    posted,
    put,
    stored,
    touched,
    words,
)

SHORT = 80  # characters
TAKE_THEIRS = "take_theirs"
LONG = 300  # characters; a longer text folds
DAYS = timedelta(days=7)  # looked back for a page that does not say when it was made


class EditConflicts:
    """What is found out while one page is saved. `lines` say it."""

    def __init__(self, request: HttpRequest) -> None:
        self.opened = PageState.read(request.POST.get(FIELD, ""))
        self.theirs = {*request.POST.getlist(TAKE_THEIRS)}
        at = self.opened.since if self.opened else timezone.now() - DAYS
        self.authors = Authors(at, request.user)
        self.lines: list[str] = []

    def merge(
        self, form: Any, opened: Digests, about: str, *left_out: str
    ) -> dict[str, ValidationError]:
        """Put what somebody else changed into the form, where she did not; what both changed comes
        back, by field. `about` names the row within its page."""
        faults: dict[str, ValidationError] = {}
        kept: list[str] = []
        for name in [*compared(form, *left_out)]:
            theirs = stored(form, name)
            if name not in opened or f"{about}{name}" in self.theirs:
                put(form, name, theirs)  # it was not on her page, or she chose it
            elif digest(theirs) in {opened[name], digest(posted(form, name) or [])}:
                continue
            elif not touched(form, name, opened[name]):
                put(form, name, theirs)
                kept.append(name)
            else:
                faults[name] = ValidationError(
                    self._fault(form, name, theirs, f"{about}{name}"), code="meanwhile"
                )
        self._tell(form, kept, [*faults])
        return faults

    def changed(self, form: Any, opened: Digests, *left_out: str) -> bool:
        return any(
            name in opened and opened[name] != digest(stored(form, name))
            for name in compared(form, *left_out)
        )

    def author(self, row: Model, field: str = "") -> Author:
        return self.authors.of(type(row), row.pk, field=field)

    def _fault(self, form: Any, name: str, theirs: list[str], key: str) -> str:
        said = self.author(form.instance, name).did("changed this")
        if is_file(form, name):
            again = "Pick your file again to use yours, or save without one to keep theirs."
            return f"{said} while you had this page open. {again}"
        text = words(form, name, theirs)
        return format_html(
            "{} while you had this page open. {} Save again to keep yours. "
            '<label class="theirs"><input type="checkbox" name="{}" value="{}"> Take theirs'
            '<span class="visually-hidden">: {}</span></label>',
            said,
            _quoted(text),
            TAKE_THEIRS,
            key,
            label(form, name),
        )

    def _tell(self, form: Any, kept: list[str], both: list[str]) -> None:
        """One line for what stays as it is, one for what is to be decided."""
        for names, then in (
            (kept, "That change was kept."),
            (both, "You changed it here too. Choose below."),
        ):
            if names:
                author = self.author(form.instance, names[0])
                what = get_text_list([f"“{label(form, name)}”" for name in names], "and")
                of = f" of {named(form.instance)}" if form.prefix else ""
                self.lines.append(f"{author.did(f'changed {what}{of}')}. {then}")

    def added(self, rows: Iterable[Model]) -> None:
        for row in rows:
            self.lines.append(f"{self.author(row).did(f'added {named(row)}')}.")

    def deleted(self, model: type[Model], pk: object, typed: str, called: str) -> None:
        """A row that is gone, with what she had typed in it."""
        author = self.authors.of(model, pk, action=DELETE)
        called = Truncator(author.name or called).chars(SHORT)
        what = f"the {model._meta.verbose_name} “{called}”"
        lost = f" What you had typed there was not saved: {typed}" if typed else ""
        self.lines.append(f"{author.did(f'deleted {what}')}.{lost}")


def named(row: Model) -> str:
    return f"the {row._meta.verbose_name} “{Truncator(row).chars(SHORT)}”"


def _quoted(text: str) -> str:
    if not text:
        return "It's empty now."
    if len(text) <= LONG:
        return format_html('It now says: <q class="now">{}</q>', text)
    return format_html(
        '<details><summary>What it says now</summary><p class="now">{}</p></details>', text
    )
