"""The PT's first page."""

from collections.abc import Iterator
from typing import Any

from django import template
from django.http import HttpRequest

from assessments.desk.alerts import alerts, unsigned
from assessments.desk.drafts import DraftAdmin, DraftPanel
from assessments.desk.links import address_of, admins
from assessments.desk.onboarding import first_steps
from assessments.desk.week import Week, week
from assessments.hooks import Link
from runfit.lib.hooks import gather

register = template.Library()

WHOLE = 1  # as many of a kind are looked through on each visit; the others are only named


@register.simple_tag(takes_context=True)
def first_page(context: dict[str, Any]) -> dict[str, Any]:
    """What needs her, what to do first until it is done, and where each draft stands.

    To sign comes last among the first steps: only then is it something that needs her.
    """
    request: HttpRequest = context["request"]
    panels, others = list[DraftPanel](), list[Link]()
    for desk in _desks(request):
        drafts = desk.get_queryset(request).order_by("pk")
        panels += gather([desk.panels], drafts[:WHOLE])
        others += (Link(address_of(each), str(each)) for each in drafts[WHOLE:])
    steps = first_steps(panels) if request.user.has_perm("assessments.view_assessment") else []
    needed = [*alerts(request), *(() if steps else gather([unsigned], request))]
    return {"alerts": needed, "panels": panels, "others": others, "steps": steps}


@register.simple_tag
def the_week() -> Week:
    return week()


def _desks(request: HttpRequest) -> Iterator[DraftAdmin]:
    for desk in admins():
        if isinstance(desk, DraftAdmin) and desk.has_view_permission(request):
            yield desk
