"""The clinician's signature under a version: asked for by name, since runners read it."""

from collections.abc import Callable
from typing import Any, cast

from django import forms
from django.contrib import admin
from django.contrib.admin.helpers import ACTION_CHECKBOX_NAME
from django.contrib.auth.models import User
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.template.response import TemplateResponse


class SignForm(forms.Form):
    reviewed_by = forms.CharField(
        label="Reviewed by",
        required=False,
        max_length=200,
        help_text="Name and credentials, as runners will read them. For example: Ana Ruiz, PT. "
        "Leave this empty to take a signature back: the pages then say that it is a draft.",
    )


class Signing:
    """For the admin of a version. `sign_edition` is the service that writes the signature."""

    actions: Any = ("sign",)
    sign_edition: Callable[..., None]

    @admin.action(description="Sign as reviewed by a clinician", permissions=["sign"])
    def sign(self: Any, request: HttpRequest, queryset: QuerySet[Any]) -> HttpResponse | None:
        name = cast(User, request.user).get_full_name()
        confirmed = request.POST if "confirmed" in request.POST else None
        form = SignForm(confirmed, initial={"reviewed_by": name})
        if not form.is_valid():
            context = {
                **self.admin_site.each_context(request),
                "title": "Who has reviewed this version?",
                "opts": self.opts,
                "versions": queryset,
                "form": form,
                "action_checkbox_name": ACTION_CHECKBOX_NAME,
            }
            return TemplateResponse(request, "admin/sign.html", context)
        signed = form.cleaned_data["reviewed_by"]
        said = f"Signed as reviewed by {signed}." if signed else "Signature taken back."
        for edition in queryset:
            self.sign_edition(edition=edition, reviewed_by=signed)
            self.log_change(request, edition, said)
        self.message_user(request, said)
        return None

    def has_sign_permission(self: Any, request: HttpRequest) -> bool:
        return request.user.has_perm(f"{self.opts.app_label}.change_{self.opts.model_name}")
