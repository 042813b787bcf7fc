"""Lists of a draft's page whose order is saved at once, with a way back."""

from typing import Any

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import get_object_or_404
from django.template.loader import render_to_string
from django.urls import URLPattern
from django.utils.translation import gettext_lazy as _

from assessments.desk.concurrent_edits.mixin import desk_lock
from assessments.desk.drafts import DraftAdmin
from assessments.desk.links import address_of
from assessments.models.base import Positioned
from assessments.publishing.services import part_move

END = "end"
CHANGED = _("Nothing moved: this list has changed. Open the page again to see it as it is now.")


class OrderAdmin(DraftAdmin):
    """Moves lines of its lists whose inline `saves_order`.

    What's posted says the list, the line, and where it goes: `up`, `down`, before another line, or
    to the `end`.
    """

    def get_urls(self) -> list[URLPattern]:
        return [self.desk_path("order", self.order_view), *super().get_urls()]

    def render_change_form(
        self, request: HttpRequest, context: dict[str, Any], *args: Any, **kwargs: Any
    ) -> HttpResponse:
        if (draft := kwargs.get("obj")) and self.has_change_permission(request, draft):
            context["order_address"] = address_of(draft, "order")
        return super().render_change_form(request, context, *args, **kwargs)

    @transaction.atomic
    def order_view(self, request: HttpRequest, pk: int) -> HttpResponse:
        """Moves one line. A script gets the message alone."""
        if request.method == "POST":
            desk_lock()
        draft = get_object_or_404(self.model, pk=pk)
        if not self.has_change_permission(request, draft):
            raise PermissionDenied
        if request.method != "POST":
            return HttpResponseRedirect(address_of(draft))
        name, _, move = request.POST.get("move", "").partition("/")
        said = self._move(request, draft, name, move)
        if request.headers.get("X-Requested-With") == "fetch":
            return HttpResponse(said or CHANGED, status=200 if said else 409)
        messages.add_message(request, messages.SUCCESS if said else messages.ERROR, said or CHANGED)
        return HttpResponseRedirect(
            f"{address_of(draft)}#{f'{name}-group' if said else 'standing'}"
        )

    def _move(self, request: HttpRequest, draft: Any, name: str, move: str) -> str:
        """The message about what moved. Blank if the list isn't as the page showed it."""
        models = {_list_name(each.model): each.model for each in self.inlines if _saves_order(each)}
        model = models.get(name)
        if model is None:
            return ""
        if not request.user.has_perm(f"{model._meta.app_label}.change_{model._meta.model_name}"):
            raise PermissionDenied
        rows: list[Positioned] = list(model._default_manager.filter(assessment=draft))
        own, _slash, to = move.partition("/")
        pks = [str(row.pk) for row in rows]
        if own not in pks or to not in {"up", "down", END, *pks} or own == to:
            return ""
        at = pks.index(own)
        others = [*pks[:at], *pks[at + 1 :]]
        place = {"up": max(at - 1, 0), "down": at + 1, END: len(others)}.get(to)
        place = min(others.index(to) if place is None else place, len(others))
        part_move(part=rows[at], place=place)
        back = others[at] if at < len(others) else END
        context = {
            "part": rows[at],
            "number": place + 1,
            "count": len(rows),
            "back": f"{name}/{own}/{back}",
        }
        return render_to_string("admin/desk/moved.html", context)


def _saves_order(inline: Any) -> bool:
    return getattr(inline, "saves_order", False)


def _list_name(model: Any) -> str:
    return str(model._meta.get_field("assessment").remote_field.related_name)
