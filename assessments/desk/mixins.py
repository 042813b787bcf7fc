"""What change pages of drafts do after saving."""

from collections.abc import Iterable
from typing import Any

from django.contrib import messages
from django.db import models
from django.http import HttpRequest, HttpResponseRedirect
from django.utils.html import format_html
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from assessments.checker import Finding
from assessments.desk.audit_log import HistoryAdmin
from assessments.desk.links import address_of

NOT_LIVE = _("Saved in the draft. Runners see it once you publish.")


class ContinueEditingMixin(HistoryAdmin):
    """Redirects to the new row's change page, for the fields that the add page can't offer."""

    def response_post_save_add(self, request: HttpRequest, obj: Any) -> HttpResponseRedirect:
        """Preserves the filters of the list."""
        address, filters = address_of(obj), self.get_preserved_filters(request)
        return HttpResponseRedirect(f"{address}?{filters}" if filters else address)


def message_not_live(
    request: HttpRequest, draft: models.Model, findings: Iterable[Finding]
) -> None:
    """Reports that a save only changed the draft, and how many errors block publishing. The link
    goes to the findings at the top of the draft's page."""
    faults = sum(finding.severity == "error" for finding in findings)
    if not faults:
        messages.info(request, NOT_LIVE)
        return
    messages.warning(
        request,
        format_html(
            '{} <a href="{}#standing">{}</a>.',
            gettext("Saved in the draft. Before you can publish it:"),
            address_of(draft),
            gettext("{number} to fix").format(number=faults),
        ),
    )
