"""Signing a version with the name of the clinician who reviewed it."""

from collections.abc import Callable
from contextlib import nullcontext
from datetime import date, timedelta
from typing import Any, cast

from django import forms
from django.contrib import messages
from django.contrib.admin.widgets import AdminTextInputWidget
from django.contrib.auth.models import User
from django.core.exceptions import PermissionDenied, ValidationError
from django.db import transaction
from django.db.models import Model
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import get_object_or_404
from django.template.response import TemplateResponse
from django.urls import reverse
from django.utils import timezone
from django.utils.text import format_lazy
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from assessments import selectors
from assessments.desk.concurrent_edits.mixin import changed_since_shown, desk_lock, sign_shown
from assessments.desk.findings import LocatedFinding
from assessments.desk.links import address_of
from assessments.desk.widgets import DayInput
from runfit.lib.history import SIGNATURE_BACK, SIGNED
from runfit.lib.messages import message
from runfit.lib.models import Snapshot
from runfit.lib.translation import translated

FROM_FIRST_PAGE = "?from=first-page"
"""Asks for the way back to the first page, which told her to sign."""
HOW_IT_READS = _("Name and credentials, the way runners will see them. For example: Ana Ruiz, PT.")


def in_a_year() -> date:
    return timezone.localdate() + timedelta(days=365)


class LookAgainForm(forms.Form):
    """A signature may end with a day to look at the version again."""

    look_again_on = forms.DateField(
        label=_("Look again on"),
        required=False,
        widget=DayInput,
        initial=in_a_year,
        help_text=_(
            "A year from now, unless you pick another day. Your first page reminds you two weeks "
            "before. After that day, runners read that it's due for another look, until you sign "
            "again. Leave this empty if you'd rather not be reminded."
        ),
    )

    def clean_look_again_on(self) -> date | None:
        day: date | None = self.cleaned_data["look_again_on"]
        if day and day <= timezone.localdate():
            raise ValidationError(gettext("Pick a day after today, or leave this empty."))
        return day


class SignForm(LookAgainForm):
    reviewed_by = forms.CharField(
        label=_("Reviewed by"),
        required=False,
        max_length=200,
        widget=AdminTextInputWidget,
        help_text=format_lazy(
            "{} {}",
            HOW_IT_READS,
            _("Leave this empty to take the signature back. The pages will then say it's a draft."),
        ),
    )


def usual_signature(request: HttpRequest, editions: type[Snapshot]) -> str:
    """The latest signature, or else the practice's credentials or the user's full name."""
    for model in (editions, *Snapshot.__subclasses__()):
        signed = model._default_manager.exclude(reviewed_by="").order_by("-pk")
        if last := signed.values_list("reviewed_by", flat=True).first():
            return str(last)
    return selectors.practice().credentials or cast(User, request.user).get_full_name()


class SigningMixin:
    """Adds a signing page to a version's admin. `sign_edition` is the service that stores it."""

    sign_edition: Callable[..., None]

    def to_fill_in(self, edition: Any) -> list[LocatedFinding]:
        """Placeholder texts in this version that still need to be filled in."""
        return []

    def sign_view(self: Any, request: HttpRequest, pk: int) -> HttpResponse:
        if not self.has_sign_permission(request):
            raise PermissionDenied
        with transaction.atomic() if request.method == "POST" else nullcontext():
            response: HttpResponse = self._sign_view(request, pk)
        return response

    def _sign_view(self: Any, request: HttpRequest, pk: int) -> HttpResponse:
        if request.method == "POST":
            desk_lock()
        edition = get_object_or_404(self.model, pk=pk)
        name = edition.reviewed_by or usual_signature(request, self.model)
        form = SignForm(request.POST or None, initial={"reviewed_by": name})
        shown = [edition.reviewed_by, edition.reviewed_on, edition.look_again_on]
        conflict = changed_since_shown(request, shown)
        if conflict:
            messages.error(request, gettext("Not signed. {reason}").format(reason=conflict))
        elif form.is_valid():
            self._sign(request, edition, **form.cleaned_data)
            first_page = f"?{request.GET.urlencode()}" == FROM_FIRST_PAGE
            back = reverse("admin:index") if first_page else address_of(edition)
            return HttpResponseRedirect(back)
        context = {
            **self.admin_site.each_context(request),
            "title": gettext("Sign version {number}").format(number=edition.number),
            "step": gettext("Sign"),
            "opts": self.opts,
            "draft": edition,
            "draft_address": address_of(edition),
            "form": form,
            "as_opened": sign_shown(shown),
            "to_fill_in": self.to_fill_in(edition),
        }
        return TemplateResponse(request, "admin/desk/sign.html", context)

    def _sign(
        self: Any,
        request: HttpRequest,
        edition: Model,
        reviewed_by: str,
        look_again_on: date | None,
    ) -> None:
        did = message(SIGNED, name=reviewed_by) if reviewed_by else message(SIGNATURE_BACK)
        self.sign_edition(edition=edition, reviewed_by=reviewed_by, look_again_on=look_again_on)
        self.log_change(request, edition, did)
        messages.success(request, translated(did))

    def has_sign_permission(self: Any, request: HttpRequest) -> bool:
        return request.user.has_perm(f"{self.opts.app_label}.change_{self.opts.model_name}")
