"""Template tags of the admin index, the PT's first page."""

from collections.abc import Iterator
from typing import Any

from django import template
from django.http import HttpRequest

from assessments.desk.alerts import alerts, unseen, unsigned
from assessments.desk.drafts import DraftAdmin, DraftPanel
from assessments.desk.links import address_of, admins
from assessments.desk.onboarding import first_steps
from assessments.desk.week import Week, week
from assessments.hooks import Link
from runfit.lib.hooks import gather

register = template.Library()

PANELS_PER_KIND = 1  # drafts checked in full on every visit; further ones are only linked


@register.simple_tag(takes_context=True)
def first_page(context: dict[str, Any]) -> dict[str, Any]:
    """Alerts, first steps until they're done, and each draft's status.

    Unsigned versions and an unseen practice become alerts only after the first steps, which ask
    for both.
    """
    request: HttpRequest = context["request"]
    panels, others = list[DraftPanel](), list[Link]()
    for model_admin in _draft_admins(request):
        drafts = model_admin.get_queryset(request).order_by("pk")
        panels += gather([model_admin.panels], drafts[:PANELS_PER_KIND])
        others += (Link(address_of(draft), str(draft)) for draft in drafts[PANELS_PER_KIND:])
    steps = first_steps(panels) if request.user.has_perm("assessments.view_assessment") else []
    all_alerts = [*alerts(request), *(() if steps else gather([unseen, unsigned], request))]
    return {"alerts": all_alerts, "panels": panels, "others": others, "steps": steps}


@register.simple_tag
def the_week() -> Week:
    return week()


def _draft_admins(request: HttpRequest) -> Iterator[DraftAdmin]:
    for model_admin in admins():
        if isinstance(model_admin, DraftAdmin) and model_admin.has_view_permission(request):
            yield model_admin
