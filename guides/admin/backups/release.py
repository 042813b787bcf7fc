"""The page that lets mail go again after a restore."""

from django import forms
from django.contrib import admin, messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.template.response import TemplateResponse
from django.utils import timezone
from django.utils.translation import gettext

from guides import selectors
from guides.delivery.hold import mail_release
from guides.models import MailServer
from runfit.lib.audit import change_log


class ReleaseForm(forms.Form):
    doubtful = forms.ChoiceField(choices=[(choice, choice) for choice in ("send", "cancel")])


def release_page(site: admin.AdminSite, request: HttpRequest) -> HttpResponse:
    form = ReleaseForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        _release(request, form.cleaned_data["doubtful"])
        return redirect("admin:guides_delivery_changelist")
    context = {
        **site.each_context(request),
        "title": gettext("Let mail go again"),
        "server": MailServer.objects.exclude(held_since=None).first(),
        "doubtful": selectors.deliveries_doubtful().count(),
        "due": selectors.deliveries_due(timezone.now()).count(),
    }
    return TemplateResponse(request, "admin/guides/delivery/release.html", context)


def _release(request: HttpRequest, doubtful: str) -> None:
    if mail_release(send_doubtful=doubtful == "send"):
        change_log(MailServer.get_solo(), "mail", "held after a restore", f"released: {doubtful}")
        messages.success(request, gettext("Mail goes out again."))
    else:
        messages.warning(request, gettext("Mail wasn't held, or the restore isn't complete."))
