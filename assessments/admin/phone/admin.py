"""Shows the real page of the draft on a phone beside the form, as it's typed."""

from typing import Any

from django.db import transaction
from django.forms import all_valid
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _

from assessments.admin.phone.pages import page_of
from assessments.admin.phone.placeholders import as_if_it_applied, with_placeholders
from assessments.definition import Definition, DefinitionError, parse
from assessments.desk.concurrent_edits.conflicts import EditConflicts
from assessments.desk.concurrent_edits.mixin import desk_lock
from assessments.desk.phone import NothingToShowError, PhoneBesideAdmin
from assessments.models import Assessment, Question, SafetyItem
from assessments.publishing.serialize import serialize_draft
from runfit.lib.diff import Data

UNFINISHED = _("The self-check isn't complete yet. Its own page lists what's missing.")
BEGUN = (Assessment, Question, SafetyItem)
"""What a draft that's only begun can show: it needs nothing of the rest."""


class PhoneAdmin(PhoneBesideAdmin):
    """Admin of a self-check or a part of it, with the draft's page for it on the phone.

    What's typed is checked first. Only if "Save" would save it, it's saved, the draft's rows are
    read, and all of it is rolled back: on SQLite, other writers wait that long.
    """

    def phone_saved(self, request: HttpRequest, part: Any) -> str:
        return page_of(request, _definition(_rows(part), part), part)

    def phone_typed(self, request: HttpRequest, part: Any | None) -> str | None:
        typed = self._row_and_rows_as_typed(request, part)
        if typed is None:
            return None
        row, rows = typed
        shown = rows if part else as_if_it_applied(rows, row)
        return page_of(request, _definition(shown, row), row)

    def _row_and_rows_as_typed(
        self, request: HttpRequest, part: Any | None
    ) -> tuple[Any, Data] | None:
        """The part with what was typed, and the draft's rows with it. None if that has errors."""
        change = part is not None
        if change:  # what others saved meanwhile counts, as in "Save"
            request.edit_conflicts = EditConflicts(request)  # type: ignore[attr-defined]
        form = self.form_typed(request, part)
        if not form.is_valid():
            return None
        row = self.save_form(request, form, change=change)
        formsets = self._formsets_typed(request, row, part)
        if not all_valid(formsets):
            return None
        with transaction.atomic():
            desk_lock()
            try:
                self.save_model(request, row, form, change)
                self.save_related(request, form, formsets, change)
                return row, _rows(row)
            finally:
                transaction.set_rollback(True)

    def _formsets_typed(self, request: HttpRequest, row: Any, stored: Any) -> list[Any]:
        """The page's lists, without those that the account may only look at."""
        formsets = self.get_formsets_with_inlines(request, stored)
        prefixed = ((each, inline, each.get_default_prefix()) for each, inline in formsets)
        return [
            formset(**self.get_formset_kwargs(request, row, inline, prefix))
            for formset, inline, prefix in prefixed
            if inline.has_change_permission(request, stored)
        ]


def _rows(part: Any) -> Data:
    """The draft that the part belongs to, as file data."""
    return serialize_draft(getattr(part, "assessment", part))


def _definition(rows: Data, part: Any) -> Definition:
    """Raises NothingToShowError if the draft is incomplete."""
    try:
        return parse(with_placeholders(rows) if isinstance(part, BEGUN) else rows)
    except DefinitionError as error:
        raise NothingToShowError(UNFINISHED) from error
