"""Shows the real page of the draft on a phone beside the form, as it's typed."""

from typing import Any

from django.db import transaction
from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext_lazy as _

from assessments.admin.phone.pages import page_of
from assessments.definition import Definition, DefinitionError, parse
from assessments.desk.phone import NothingToShowError, PhoneBesideAdmin
from assessments.publishing.serialize import serialize_draft
from runfit.lib.diff import Data

UNFINISHED = _("The self-check isn't complete yet. Its own page lists what's missing.")


class TypedResponse(HttpResponse):
    """What was typed is valid, and saved until the end of the transaction."""


class PhoneAdmin(PhoneBesideAdmin):
    """Admin of a self-check or a part of it, with the draft's page for it on the phone.

    What's typed is saved as "Save" would, the draft's rows are read, and all of it is rolled back:
    on SQLite, other writers wait that long. Everything else is done after it.
    """

    def phone_saved(self, request: HttpRequest, part: Any) -> str:
        return page_of(request, _definition(_rows(part)), part)

    def phone_typed(self, request: HttpRequest, part: Any) -> str | None:
        rows = self._rows_as_typed(request, part)
        return page_of(request, _definition(rows), part) if rows else None

    def response_change(self, request: HttpRequest, obj: Any) -> HttpResponse:
        return TypedResponse() if _is_typed(request) else super().response_change(request, obj)

    def render_change_form(
        self, request: HttpRequest, context: dict[str, Any], *args: Any, **kwargs: Any
    ) -> HttpResponse:
        if _is_typed(request):
            return HttpResponse(status=422)  # the form has errors
        return super().render_change_form(request, context, *args, **kwargs)

    def _rows_as_typed(self, request: HttpRequest, part: Any) -> Data | None:
        """The draft's rows with what was typed. None if that has errors."""
        request.is_typed = True  # type: ignore[attr-defined]
        with transaction.atomic():
            try:
                response = self.changeform_view(request, str(part.pk))
                return _rows(part) if isinstance(response, TypedResponse) else None
            finally:
                transaction.set_rollback(True)


def _is_typed(request: HttpRequest) -> bool:
    return getattr(request, "is_typed", False)


def _rows(part: Any) -> Data:
    """The draft that the part belongs to, as file data."""
    return serialize_draft(getattr(part, "assessment", part))


def _definition(rows: Data) -> Definition:
    """Raises NothingToShowError if the draft is incomplete."""
    try:
        return parse(rows)
    except DefinitionError as error:
        raise NothingToShowError(UNFINISHED) from error
