"""Template tags of the admin index, the PT's first page."""

from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

from django import template
from django.conf import settings
from django.db.models import Model
from django.http import HttpRequest
from django.utils.translation import get_language

from assessments.desk.drafts import DraftAdmin, DraftPanel
from assessments.desk.findings import by_kind
from assessments.desk.first_page.alerts import (
    alerts,
    begins_to_delete,
    signatures,
    to_translate,
    unseen,
    wrong,
)
from assessments.desk.first_page.onboarding import FirstSteps, first_steps
from assessments.desk.first_page.week import Week, week
from assessments.desk.links import address_of, admins
from assessments.desk.menu import MenuGroup, list_title, menu
from assessments.hooks import Link
from runfit.lib.database.content_version import content_version
from runfit.lib.history import history_line
from runfit.lib.hooks import gather

if TYPE_CHECKING:
    from django.db.models.options import Options

register = template.Library()
register.filter("by_kind", by_kind)
register.filter("history_line", history_line)

PANELS_PER_KIND = 1  # drafts checked in full on every visit; further ones are only linked


@register.simple_tag
def version() -> str:
    return str(settings.VERSION)


@register.simple_tag(takes_context=True)
def first_page(context: dict[str, Any]) -> dict[str, Any]:
    """Alerts, first steps until they're done, and each draft's status.

    Unsigned versions and an unseen practice become alerts only after the first steps, which ask
    for both.
    """
    request: HttpRequest = context["request"]
    version = content_version()
    panels, others = list[DraftPanel](), list[Link]()
    for model_admin in _draft_admins(request):
        drafts = model_admin.get_queryset(request).order_by("pk")
        panels += gather([model_admin.panels], drafts[:PANELS_PER_KIND], version)
        others += (_linked(draft) for draft in drafts[PANELS_PER_KIND:])
    may_look = request.user.has_perm("assessments.view_assessment")
    steps = first_steps(panels) if may_look else FirstSteps()
    later = (
        [*gather([unseen], request), *gather([signatures], request, version)]
        if steps.finished
        else ()
    )
    return {
        "alerts": [
            *gather([wrong], request, version),
            *alerts(request),
            *gather([begins_to_delete], request),
            *gather([to_translate], request, version),
            *later,
        ],
        "panels": panels,
        "others": others,
        "steps": steps,
    }


def _linked(draft: Model) -> Link:
    """With its kind: a guide often has the name of its self-check."""
    return Link(address_of(draft), f"{draft} ({draft._meta.verbose_name})")


@register.simple_tag(takes_context=True)
def desk_menu(context: dict[str, Any]) -> list[MenuGroup]:
    """The menu, on every page of the desk that knows its apps."""
    return menu(context["request"], context.get("available_apps", ()))


@register.simple_tag
def other_languages() -> list[tuple[str, str]]:
    """Languages that the desk could speak instead, each named in itself."""
    return [each for each in settings.LANGUAGES if each[0] != get_language()]


@register.simple_tag(name="list_title")
def title_of_list(opts: "Options[Any]") -> str:
    return list_title(opts.model)


@register.simple_tag
def the_week() -> Week:
    return week()


def _draft_admins(request: HttpRequest) -> Iterator[DraftAdmin]:
    for model_admin in admins():
        if isinstance(model_admin, DraftAdmin) and model_admin.has_view_permission(request):
            yield model_admin
