"""A phone beside a form: what runners get of what's typed into it."""

from collections.abc import Callable
from html import unescape
from typing import TYPE_CHECKING, Any, ClassVar

from csp.constants import SELF
from csp.decorators import csp_replace, csp_update
from django import forms
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse
from django.template.loader import render_to_string
from django.urls import URLPattern, path, reverse
from django.utils.text import capfirst
from django.utils.translation import gettext_lazy as _

from assessments.desk.audit_log import HistoryAdmin
from assessments.desk.links import address_of
from assessments.desk.previews import style_sources, without_scripts
from runfit.lib.http import with_policy

if TYPE_CHECKING:
    from django_stubs_ext import StrPromise

FAULTY = _("Not what you typed: something in the form needs fixing first.")
NOT_TYPED = _("Start typing, and you'll see it here the way runners do.")


DOTS = "…"


class NothingToShowError(Exception):
    """Runners get nothing of this part yet. Says why."""


class PhoneBesideAdmin(HistoryAdmin):
    """Admin whose pages to change and to add show a page of the draft on a phone beside the form,
    as it's typed.

    The script posts the form after a pause; without scripts, a button does.
    """

    phone_summary: "str | StrPromise" = _("See it as runners do")
    phone_on_add: ClassVar[bool] = True

    def phone_saved(self, request: HttpRequest, part: Any) -> str:
        """The page of the draft as it's saved. Raises NothingToShowError."""
        raise NotImplementedError

    def phone_typed(self, request: HttpRequest, part: Any | None) -> str | None:
        """The page of the draft as it's typed into a part, or into a new one: None if that has
        errors. Saves nothing. Raises NothingToShowError."""
        raise NotImplementedError

    def form_typed(self, request: HttpRequest, part: Any | None) -> forms.ModelForm:
        """The page's form with what was typed. In a new part, something stands for what's still
        to be filled in, so that it shows from the first word on."""
        form_class: type[forms.ModelForm] = self.get_form(request, part, change=part is not None)
        form = form_class(request.POST, request.FILES, instance=part)
        missing = {} if part else self.stand_ins(form)
        if not missing:
            return form
        data = request.POST.copy()
        data.update(missing)
        return form_class(data, request.FILES)

    def stand_ins(self, form: forms.ModelForm) -> dict[str, str]:
        """What stands for texts and picks that are required and empty, by name."""
        missing = [name for name in form.errors if form.has_error(name, "required")]
        found = {name: _stand_in(form.fields.get(name)) for name in missing}
        return {name: instead for name, instead in found.items() if instead}

    def phone_styles(self, part: Any) -> list[str]:
        """CSP sources of inline styles that the page may come to have, as it's typed into a part,
        or into a new one (None)."""
        return []

    def get_urls(self) -> list[URLPattern]:
        name = f"{self.opts.app_label}_{self.opts.model_name}"
        view, new = (
            self.admin_site.admin_view(each) for each in (self.phone_view, self.phone_new_view)
        )
        return [
            path("<int:pk>/phone/", view, name=f"{name}_phone"),
            path("add/phone/", new, name=f"{name}_add-phone"),
            *super().get_urls(),
        ]

    def phone_view(self, request: HttpRequest, pk: int) -> HttpResponse:
        """The page of the draft as it's saved, or, posted with the form, as it's typed."""
        part = self.get_queryset(request).filter(pk=pk).first()
        if part is None:
            raise Http404
        is_typed = request.method == "POST"
        may = self.has_change_permission if is_typed else self.has_view_permission
        if not may(request, part):
            raise PermissionDenied
        return _shown(request, self.phone_typed if is_typed else self.phone_saved, part)

    def phone_new_view(self, request: HttpRequest) -> HttpResponse:
        """The page of a part that isn't saved yet, posted with the form."""
        if not self.has_add_permission(request):
            raise PermissionDenied
        is_typed = request.method == "POST"
        return _shown(request, self.phone_typed if is_typed else _not_typed, None)

    def render_change_form(
        self, request: HttpRequest, context: dict[str, Any], *args: Any, **kwargs: Any
    ) -> HttpResponse:
        part = kwargs.get("obj")
        if context.get("is_popup") or (part is None and not self.phone_on_add):
            return super().render_change_form(request, context, *args, **kwargs)
        context |= {
            "phone_address": address_of(part, "phone") if part else self._new_address(request),
            "phone_is_live": part is None or self.has_change_permission(request, part),
            "phone_title": capfirst(self.opts.verbose_name),
            "phone_summary": self.phone_summary,
        }
        response = super().render_change_form(request, context, *args, **kwargs)
        # The script shows what's typed under the policy of this page.
        policy = {"frame-src": [SELF], "style-src": self.phone_styles(part)}
        return with_policy(response, csp_update(policy))

    def _new_address(self, request: HttpRequest) -> str:
        """With the query of the page, which can say what the new part belongs to."""
        address = reverse(f"admin:{self.opts.app_label}_{self.opts.model_name}_add-phone")
        query = request.GET.urlencode()
        return f"{address}?{query}" if query else address


def _stand_in(field: forms.Field | None) -> str:
    if isinstance(field, forms.TypedChoiceField):
        choices: Any = field.choices
        return next((str(value) for value, _label in choices if value), "")
    return DOTS if isinstance(field, forms.CharField) else ""


def _not_typed(request: HttpRequest, part: Any) -> str:
    raise NothingToShowError(NOT_TYPED)


def _shown(
    request: HttpRequest, show: Callable[[HttpRequest, Any], str | None], part: Any
) -> HttpResponse:
    try:
        page = show(request, part)
    except NothingToShowError as nothing:
        page = _note(request, str(nothing))
    if page is None:
        return _in_a_frame(_note(request, str(FAULTY)), status=422)
    return _in_a_frame(page)


def _note(request: HttpRequest, text: str) -> str:
    return render_to_string("admin/phone/note.html", {"text": text}, request)


def _in_a_frame(page: str, status: int = 200) -> HttpResponse:
    """Allows the desk, and nobody else, to frame the page. It may hold pages of emails."""
    response = HttpResponse(without_scripts(page), status=status)
    response["X-Frame-Options"] = "SAMEORIGIN"
    framed = with_policy(response, csp_replace({"frame-ancestors": [SELF]}))
    return with_policy(framed, csp_update({"style-src": style_sources([unescape(page)])}))
