"""What change pages of a draft do after saving."""

from collections.abc import Iterable
from typing import Any

from django.contrib import messages
from django.contrib.admin.options import IS_POPUP_VAR
from django.db import models
from django.http import HttpRequest, HttpResponse
from django.utils.html import format_html

from assessments.checker import Finding
from assessments.desk.audit_log import WithHistory
from assessments.desk.links import address_of

NOT_LIVE = "Saved in the draft. Runners see it once you publish."


class GoOn(WithHistory):
    """Once added, its own page follows, with what could not be picked before."""

    def response_add(
        self, request: HttpRequest, obj: Any, post_url_continue: str | None = None
    ) -> HttpResponse:
        if "_addanother" not in request.POST and IS_POPUP_VAR not in request.POST:
            data = request.POST.copy()
            data["_continue"] = "1"
            request.POST = data  # type: ignore[assignment]
        return super().response_add(request, obj, post_url_continue)


def tell_not_live(request: HttpRequest, draft: models.Model, findings: Iterable[Finding]) -> None:
    """What was saved waits in the draft, and what keeps it there. The link leads to what was found,
    which stands at the top of the draft's page, far from where a list of its parts opens."""
    faults = sum(finding.severity == "error" for finding in findings)
    if not faults:
        messages.info(request, NOT_LIVE)
        return
    messages.warning(
        request,
        format_html(
            'Saved in the draft. Before you can publish it: <a href="{}#standing">{} to mend</a>.',
            address_of(draft),
            faults,
        ),
    )
