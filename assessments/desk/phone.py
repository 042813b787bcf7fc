"""A phone beside a form: what runners get of what's typed into it."""

from html import unescape
from typing import TYPE_CHECKING, Any

from csp.constants import SELF
from csp.decorators import csp_replace, csp_update
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse
from django.template.loader import render_to_string
from django.urls import URLPattern, path
from django.utils.text import capfirst
from django.utils.translation import gettext_lazy as _

from assessments.desk.audit_log import HistoryAdmin
from assessments.desk.links import address_of
from assessments.desk.previews import style_sources, with_policy, without_scripts

if TYPE_CHECKING:
    from django_stubs_ext import StrPromise

FAULTY = _("Not what you typed: something in the form needs fixing first.")


class NothingToShowError(Exception):
    """Runners get nothing of this part yet. Says why."""


class PhoneBesideAdmin(HistoryAdmin):
    """Admin whose change page shows a page of the draft on a phone beside the form, as it's typed.

    The script posts the form after a pause; without scripts, a button does.
    """

    phone_summary: "str | StrPromise" = _("See it as runners do")

    def phone_saved(self, request: HttpRequest, part: Any) -> str:
        """The page of the draft as it's saved. Raises NothingToShowError."""
        raise NotImplementedError

    def phone_typed(self, request: HttpRequest, part: Any) -> str | None:
        """The page of the draft as it's typed: None if that has errors. Saves nothing. Raises
        NothingToShowError."""
        raise NotImplementedError

    def phone_styles(self, part: Any) -> list[str]:
        """CSP sources of inline styles that the page may come to have, as it's typed."""
        return []

    def get_urls(self) -> list[URLPattern]:
        name = f"{self.opts.app_label}_{self.opts.model_name}_phone"
        view = self.admin_site.admin_view(self.phone_view)
        return [path("<int:pk>/phone/", view, name=name), *super().get_urls()]

    def phone_view(self, request: HttpRequest, pk: int) -> HttpResponse:
        """The page of the draft as it's saved, or, posted with the form, as it's typed."""
        part = self.get_queryset(request).filter(pk=pk).first()
        if part is None:
            raise Http404
        is_typed = request.method == "POST"
        may = self.has_change_permission if is_typed else self.has_view_permission
        if not may(request, part):
            raise PermissionDenied
        show = self.phone_typed if is_typed else self.phone_saved
        try:
            page = show(request, part)
        except NothingToShowError as nothing:
            page = _note(request, str(nothing))
        if page is None:
            return _in_a_frame(_note(request, str(FAULTY)), status=422)
        return _in_a_frame(page)

    def render_change_form(
        self, request: HttpRequest, context: dict[str, Any], *args: Any, **kwargs: Any
    ) -> HttpResponse:
        part = kwargs.get("obj")
        if part is None or context.get("is_popup"):
            return super().render_change_form(request, context, *args, **kwargs)
        context |= {
            "phone_address": address_of(part, "phone"),
            "phone_title": capfirst(self.opts.verbose_name),
            "phone_summary": self.phone_summary,
        }
        response = super().render_change_form(request, context, *args, **kwargs)
        # The script shows what's typed under the policy of this page.
        policy = {"frame-src": [SELF], "style-src": self.phone_styles(part)}
        return with_policy(response, csp_update(policy))


def _note(request: HttpRequest, text: str) -> str:
    return render_to_string("admin/phone/note.html", {"text": text}, request)


def _in_a_frame(page: str, status: int = 200) -> HttpResponse:
    """Allows the desk, and nobody else, to frame the page. It may hold pages of emails."""
    response = HttpResponse(without_scripts(page), status=status)
    response["X-Frame-Options"] = "SAMEORIGIN"
    framed = with_policy(response, csp_replace({"frame-ancestors": [SELF]}))
    return with_policy(framed, csp_update({"style-src": style_sources([unescape(page)])}))
