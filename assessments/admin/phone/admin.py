"""Shows the real page of the draft on a phone beside the form, as it's typed."""

from typing import Any

from csp.constants import SELF
from csp.decorators import csp_replace, csp_update
from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.http import Http404, HttpRequest, HttpResponse
from django.template.loader import render_to_string
from django.urls import URLPattern, path
from django.utils.text import capfirst

from assessments.admin.phone.pages import NothingToShowError, page_of
from assessments.definition import Definition, DefinitionError
from assessments.desk.audit_log import HistoryAdmin
from assessments.desk.links import address_of
from assessments.desk.previews import with_policy
from assessments.publishing.drafts import assessment_compile

UNFINISHED = "The self-check isn't complete yet. Its own page lists what's missing."


class TypedResponse(HttpResponse):
    """What was typed is valid, and saved until the end of the transaction."""


class PhoneAdmin(HistoryAdmin):
    """Admin whose change page shows the draft's page for it, on a phone beside the form.

    The script posts the form as it's typed. It's saved as "Save" would, the draft is read, and all
    of it is rolled back.
    """

    def get_urls(self) -> list[URLPattern]:
        name = f"{self.opts.app_label}_{self.opts.model_name}_phone"
        view = self.admin_site.admin_view(self.phone_view)
        return [path("<int:pk>/phone/", view, name=name), *super().get_urls()]

    def phone_view(self, request: HttpRequest, pk: int) -> HttpResponse:
        """The page of the draft as it's saved, or, posted with the form, as it's typed."""
        part = self.get_queryset(request).filter(pk=pk).first()
        if part is None:
            raise Http404
        if not self.has_view_permission(request, part):
            raise PermissionDenied
        try:
            definition = self._as_typed(request, part) if request.method == "POST" else _draft(part)
            if definition is None:
                return HttpResponse(status=422)
            page = page_of(request, definition, part)
        except DefinitionError:
            page = _note(request, UNFINISHED)
        except NothingToShowError as nothing:
            page = _note(request, str(nothing))
        return _in_a_frame(HttpResponse(page))

    def response_change(self, request: HttpRequest, obj: Any) -> HttpResponse:
        return TypedResponse() if _is_typed(request) else super().response_change(request, obj)

    def render_change_form(
        self, request: HttpRequest, context: dict[str, Any], *args: Any, **kwargs: Any
    ) -> HttpResponse:
        if _is_typed(request):
            return HttpResponse(status=422)  # the form has errors
        part = kwargs.get("obj")
        if part is None or context.get("is_popup"):
            return super().render_change_form(request, context, *args, **kwargs)
        context["phone_address"] = address_of(part, "phone")
        context["phone_title"] = capfirst(self.opts.verbose_name)
        response = super().render_change_form(request, context, *args, **kwargs)
        return with_policy(response, csp_update({"frame-src": [SELF]}))

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
    return assessment_compile(assessment=getattr(part, "assessment", part))


def _note(request: HttpRequest, text: str) -> str:
    return render_to_string("admin/phone/note.html", {"text": text}, request)


def _in_a_frame(response: HttpResponse) -> HttpResponse:
    """Allows the desk, and nobody else, to frame the page."""
    response["X-Frame-Options"] = "SAMEORIGIN"
    return with_policy(response, csp_replace({"frame-ancestors": [SELF]}))
