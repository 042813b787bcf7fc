"""The doctor as a page of the desk, for superusers, with a test email."""

from typing import cast

from django.conf import settings
from django.contrib import admin, messages
from django.contrib.auth.models import User
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.template.response import TemplateResponse
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _
from django.views.decorators.cache import never_cache

from guides.admin.emails.testing import TestForm, test_sent_message
from guides.delivery.notices import notice_email, notice_send
from runfit.monitoring.doctor import Finding, Verdict, examine

SUPERUSERS = "monitoring.doctor"
"""No such permission exists, so only superusers have it."""
WORDS = {Verdict.GOOD: _("Good"), Verdict.NOTE: _("Note"), Verdict.BAD: _("To fix")}


@never_cache
def doctor_page(request: HttpRequest) -> HttpResponse:
    if not request.user.has_perm(SUPERUSERS):
        raise PermissionDenied
    form = TestForm(request.POST or None, initial={"to": cast(User, request.user).email})
    if form.is_valid():
        _test_email_send(request, form.cleaned_data["to"])
        return redirect("doctor")
    context = {
        **admin.site.each_context(request),
        "title": gettext("Is everything working?"),
        "findings": [(WORDS[finding.verdict], finding) for finding in _worst_first()],
        "form": form,
    }
    return TemplateResponse(request, "admin/doctor.html", context)


def _worst_first() -> list[Finding]:
    order = [Verdict.BAD, Verdict.NOTE, Verdict.GOOD]
    return sorted(examine(), key=lambda finding: order.index(finding.verdict))


def _test_email_send(request: HttpRequest, to: str) -> None:
    text = gettext("This is a test from {site}. If you can read it, email works.")
    message = notice_email(
        subject=gettext("A test email"), text=text.format(site=settings.SITE_URL), to=to
    )
    fault = notice_send(message)
    if fault is None:
        messages.success(request, test_sent_message(to))
    else:
        messages.error(
            request,
            gettext("The test email wasn't sent. {reason}").format(reason=gettext(fault.reason)),
        )
