"""The PT's first page."""

from collections.abc import Iterator
from typing import Any

from django import template
from django.contrib import admin
from django.http import HttpRequest

from assessments.admin.base import Link, address_of
from assessments.admin.desk import DraftAdmin, Panel
from assessments.admin.first_steps import first_steps

register = template.Library()

WHOLE = 1  # as many of a kind are looked through on each visit; the others are only named


@register.simple_tag(takes_context=True)
def first_page(context: dict[str, Any]) -> dict[str, Any]:
    """What to do first, until it is done, and where each draft stands."""
    panels, others = list[Panel](), list[Link]()
    for desk in _desks(context["request"]):
        drafts = desk.get_queryset(context["request"]).order_by("pk")
        panels += map(desk.panel, drafts[:WHOLE])
        others += (Link(address_of(each), str(each)) for each in drafts[WHOLE:])
    return {"panels": panels, "others": others, "steps": first_steps(panels)}


def _desks(request: HttpRequest) -> Iterator[DraftAdmin]:
    for desk in admin.site._registry.values():  # noqa: SLF001 - as Django's own pages read it
        if isinstance(desk, DraftAdmin) and desk.has_view_permission(request):
            yield desk
