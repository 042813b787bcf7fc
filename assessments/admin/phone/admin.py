"""Shows the real page of the draft on a phone beside the form, as it's typed."""

from typing import Any

from django.db import transaction
from django.http import HttpRequest, HttpResponse

from assessments.admin.phone.pages import page_of
from assessments.definition import Definition, DefinitionError
from assessments.desk.phone import NothingToShowError, PhoneBesideAdmin
from assessments.publishing.drafts import assessment_compile

UNFINISHED = "The self-check isn't complete yet. Its own page lists what's missing."


class TypedResponse(HttpResponse):
    """What was typed is valid, and saved until the end of the transaction."""


class PhoneAdmin(PhoneBesideAdmin):
    """Admin of a self-check or a part of it, with the draft's page for it on the phone.

    What's typed is saved as "Save" would, the draft is read, and all of it is rolled back.
    """

    def phone_saved(self, request: HttpRequest, part: Any) -> str:
        return page_of(request, _draft(part), part)

    def phone_typed(self, request: HttpRequest, part: Any) -> str | None:
        definition = self._as_typed(request, part)
        return page_of(request, definition, part) if definition else None

    def response_change(self, request: HttpRequest, obj: Any) -> HttpResponse:
        return TypedResponse() if _is_typed(request) else super().response_change(request, obj)

    def render_change_form(
        self, request: HttpRequest, context: dict[str, Any], *args: Any, **kwargs: Any
    ) -> HttpResponse:
        if _is_typed(request):
            return HttpResponse(status=422)  # the form has errors
        return super().render_change_form(request, context, *args, **kwargs)

    def _as_typed(self, request: HttpRequest, part: Any) -> Definition | None:
        """The draft with what was typed. None if that has errors."""
        request.is_typed = True  # type: ignore[attr-defined]
        with transaction.atomic():
            try:
                response = self.changeform_view(request, str(part.pk))
                return _draft(part) if isinstance(response, TypedResponse) else None
            finally:
                transaction.set_rollback(True)


def _is_typed(request: HttpRequest) -> bool:
    return getattr(request, "is_typed", False)


def _draft(part: Any) -> Definition:
    """The draft that the part belongs to. Raises NothingToShowError."""
    try:
        return assessment_compile(assessment=getattr(part, "assessment", part))
    except DefinitionError as error:
        raise NothingToShowError(UNFINISHED) from error
