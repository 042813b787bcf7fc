"""Admin pages that offer a new edition of the default content, to take over as a whole or by part.

They work on the drafts alone: runners see no change until the PT publishes.
"""

from collections.abc import Iterable, Iterator
from contextlib import nullcontext
from typing import Any, cast
from urllib.parse import urlencode

from django.contrib import admin, messages
from django.contrib.auth.models import User
from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.db.models import Model
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.template.response import TemplateResponse
from django.urls import URLPattern, path, reverse
from django.utils.translation import gettext, ngettext
from django.utils.translation import gettext_lazy as _

import assessments.selectors
from assessments.desk.concurrent_edits.mixin import changed_since_shown, desk_lock, sign_shown
from assessments.desk.drafts import DraftAdmin
from assessments.desk.links import address_of
from assessments.hooks import Alert, Link
from guides.default_content.changes import Line
from guides.default_content.files import edition
from guides.default_content.offers import GUIDE, SELF_CHECK, Offer, Part, offer_waits
from guides.default_content.parts import SECTIONS, PartId
from guides.default_content.references import Together
from guides.default_content.services import (
    default_content_put_away,
    default_content_put_back,
    default_content_take,
    put_back_changes,
    take_over_latest,
)
from guides.models import Guide, TakeOver
from runfit.lib.history import PUT_BACK_TAKEN, TAKEN_OVER
from runfit.lib.messages import message

RIGHTS = (
    "assessments.change_assessment",
    "guides.change_exercise",
    "guides.change_guide",
    "guides.change_plan",
    "guides.change_sharedrules",
)
GROUPS = {
    _("The self-check"): (*SECTIONS,),
    _("Exercises"): ("rules", "exercise"),
    _("Plans"): ("plan",),
    _("The guide"): ("guide", "emails"),
}
TITLE = _("The content that comes with RunFit")


def may_take_over(request: HttpRequest) -> bool:
    return request.user.is_active and request.user.has_perms(RIGHTS)


def default_content_alert(request: HttpRequest) -> Iterator[Alert]:
    """Offers a new edition on the first page until it's taken over or put away."""
    if may_take_over(request) and offer_waits():
        yield Alert(
            gettext("There's a new edition of the content that comes with RunFit"),
            gettext("Yours stays as it is until you take it over, all of it or by part."),
            reverse("admin:guides_default_content"),
        )


def default_content_links(draft: Model) -> list[Link]:
    """A link from the drafts whose content came with RunFit."""
    files = edition().files.values()
    if getattr(draft, "slug", "") not in {file.data.get("slug") for file in files}:
        return []
    text = gettext("What comes with RunFit")
    return [Link(reverse("admin:guides_default_content"), text, more=True)]


class DefaultContentPages:
    """Pages that show what differs, confirm what is taken over, and put it back."""

    def __init__(self, desk: "admin.ModelAdmin[Any]") -> None:
        self.desk = desk

    def urls(self) -> list[URLPattern]:
        view = self.desk.admin_site.admin_view
        name = "guides_default_content"
        return [
            path("default-content/", view(self.page), name=name),
            path("default-content/take/", view(self.take_page), name=f"{name}_take"),
            path("default-content/put-back/", view(self.put_back_page), name=f"{name}_put_back"),
        ]

    def page(self, request: HttpRequest) -> HttpResponse:
        """What differs, by part. POST puts the edition away."""
        _check_rights(request)
        if request.method == "POST":
            default_content_put_away()
            messages.info(request, gettext("Put away. You'll find it on the pages of your drafts."))
            return HttpResponseRedirect(reverse("admin:index"))
        offer, latest = Offer(), take_over_latest()
        return self._page(
            request,
            "offer",
            offer=offer,
            groups=[*_groups(offer.parts)],
            all_checked="all" in request.GET,
            latest=latest,
            drafts=[*self._drafts(offer)] if latest else [],
        )

    def take_page(self, request: HttpRequest) -> HttpResponse:
        """Confirms what is taken over, and what of the PT's own goes."""
        _check_rights(request)
        posted = request.method == "POST"
        with transaction.atomic() if posted else nullcontext():
            if posted:
                desk_lock()
            return self._take_page(request, Choice(Offer(), request))

    def _take_page(self, request: HttpRequest, choice: "Choice") -> HttpResponse:
        if not choice.parts:
            messages.warning(
                request, gettext("Nothing was picked, or nothing in it differs anymore.")
            )
            return HttpResponseRedirect(reverse("admin:guides_default_content"))
        conflict = changed_since_shown(request, choice.shown())
        if request.method == "POST" and not conflict and not choice.obstacles:
            return self._take(request, choice)
        if conflict:
            messages.error(request, gettext("Nothing was taken over. {why}").format(why=conflict))
        return self._page(
            request,
            "take",
            choice=choice,
            as_opened=sign_shown(choice.shown()),
            step=gettext("Take over"),
        )

    def _take(self, request: HttpRequest, choice: "Choice") -> HttpResponse:
        taken = default_content_take(chosen=choice.chosen, by=_name(request))
        self._log(request, choice.offer, message(TAKEN_OVER, parts=choice.told))
        count = len(choice.parts)
        text = ngettext(
            "Took over {number} part. Runners see no change until you publish.",
            "Took over {number} parts. Runners see no change until you publish.",
            count,
        ).format(number=count)
        messages.success(request, text)
        for name in taken.kept:
            text = gettext("The exercise “{name}” stays: a plan that isn't part of this uses it.")
            messages.warning(request, text.format(name=name))
        return HttpResponseRedirect(f"{reverse('admin:guides_default_content')}#standing")

    def put_back_page(self, request: HttpRequest) -> HttpResponse:
        """Confirms that the drafts become what they were before the latest take-over."""
        _check_rights(request)
        posted = request.method == "POST"
        with transaction.atomic() if posted else nullcontext():
            if posted:
                desk_lock()
            return self._put_back_page(request, take_over_latest())

    def _put_back_page(self, request: HttpRequest, latest: TakeOver | None) -> HttpResponse:
        if latest is None:
            messages.warning(request, gettext("There's nothing to put back."))
            return HttpResponseRedirect(reverse("admin:guides_default_content"))
        lines = put_back_changes(latest)
        conflict = changed_since_shown(request, lines)
        if request.method == "POST" and not conflict:
            default_content_put_back(step=latest)
            self._log(request, Offer(), PUT_BACK_TAKEN)
            messages.success(request, gettext("Your drafts are what they were before."))
            return HttpResponseRedirect(reverse("admin:guides_default_content"))
        if conflict:
            messages.error(request, gettext("Nothing was put back. {why}").format(why=conflict))
        return self._page(
            request,
            "put_back",
            lines=lines,
            as_opened=sign_shown(lines),
            step=gettext("Put back"),
        )

    def _page(self, request: HttpRequest, template: str, **more: Any) -> TemplateResponse:
        context = {
            **self.desk.admin_site.each_context(request),
            "title": TITLE,
            "opts": self.desk.opts,
            **more,
        }
        return TemplateResponse(request, f"admin/guides/default_content/{template}.html", context)

    def _drafts(self, offer: Offer) -> Iterator[dict[str, Any]]:
        """The drafts, with what was found in them."""
        for draft in _drafts(offer):
            draft_admin = cast(DraftAdmin, self.desk.admin_site.get_model_admin(type(draft)))
            status, findings = draft_admin.overview(draft)
            yield {
                "draft": draft,
                "kind": draft_admin.opts.verbose_name,
                "address": address_of(draft),
                "status": status,
                "findings": draft_admin.place(draft, findings),
                "publish_address": address_of(draft, "publish"),
            }

    def _log(self, request: HttpRequest, offer: Offer, text: str) -> None:
        """Tells of it in the history of each draft."""
        for draft in _drafts(offer):
            self.desk.log_change(request, draft, text)


class Choice:
    """The parts that the page's address names, with those that come along, or all of it."""

    def __init__(self, offer: Offer, request: HttpRequest) -> None:
        self.offer = offer
        self.whole = "whole" in request.GET
        self.chosen = None if self.whole else {*map(PartId.read, request.GET.getlist("part"))}
        together = Together(parts=frozenset())
        if self.chosen is not None:
            together = offer.together(self.chosen)
        self.obstacles = together.obstacles
        self.reasons = together.reasons
        self.parts = [
            part
            for part in (offer.whole if self.whole else offer.parts)
            if self.whole or part.id in together.parts
        ]

    @property
    def query(self) -> str:
        """The address again, for the form."""
        parts = [("part", str(part)) for part in sorted(self.chosen or ())]
        return urlencode([("whole", "1")] if self.whole else parts)

    @property
    def told(self) -> str:
        """The parts, for the history."""
        return gettext("all of it") if self.whole else ", ".join(part.title for part in self.parts)

    @property
    def rows(self) -> list[tuple[Part, str]]:
        """The parts, with why each that wasn't picked comes along."""
        return [(part, self.reasons.get(part.id, "")) for part in self.parts]

    @property
    def own(self) -> list[Line]:
        """What changes that the PT did herself."""
        return [line for part in self.parts for line in part.own]

    def shown(self) -> list[str]:
        """What the page says, to notice that the drafts changed meanwhile."""
        lines = [f"{line} {line.own}" for part in self.parts for line in part.lines]
        return [*self.reasons.values(), *self.obstacles, *lines]


def _groups(parts: Iterable[Part]) -> Iterator[tuple[str, list[Part]]]:
    by_kind = list(parts)
    for title, kinds in GROUPS.items():
        if group := [part for part in by_kind if part.id.kind in kinds]:
            yield str(title), group


def _drafts(offer: Offer) -> list[Model]:
    check, guide = (offer.slug(field) for field in (SELF_CHECK, GUIDE))
    drafts = [assessments.selectors.assessment_by_slug(check), *Guide.objects.filter(slug=guide)]
    return [draft for draft in drafts if draft is not None]


def _check_rights(request: HttpRequest) -> None:
    if not may_take_over(request):
        raise PermissionDenied


def _name(request: HttpRequest) -> str:
    user = cast(User, request.user)
    return user.get_full_name() or user.get_username()
