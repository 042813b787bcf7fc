"""The order of the self-checks themselves, moved with arrows in their list."""

from typing import Any

from django.contrib import admin, messages
from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import URLPattern, path, reverse
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from assessments.desk.audit_log import HistoryAdmin
from assessments.desk.concurrent_edits.mixin import desk_lock
from assessments.desk.large_lists import NUMBER
from assessments.models import Assessment
from assessments.publishing.services import assessment_move
from assessments.selectors import IN_ORDER

LIST = "admin:assessments_assessment_changelist"
ARROWS = (("up", "↑", _("Move up: {name}")), ("down", "↓", _("Move down: {name}")))


class ListOrderAdmin(HistoryAdmin):
    """The first page lists self-checks in this order. A translation stands with its original."""

    change_list_template = "admin/assessments/in_order.html"

    def get_urls(self) -> list[URLPattern]:
        view = self.admin_site.admin_view(self.list_order_view)
        return [path("order/", view, name="assessments_assessment_list_order"), *super().get_urls()]

    def get_ordering(self, request: HttpRequest) -> Any:
        return IN_ORDER

    def get_list_display(self, request: HttpRequest) -> Any:
        columns = super().get_list_display(request)
        return (*columns, "move") if self.has_change_permission(request) else columns

    @admin.display(description=_("order"))
    def move(self, assessment: Assessment) -> SafeString | str:
        if assessment.translation_of_id:
            return ""
        up, down = (
            format_html(
                '<button type="submit" form="list-order" name="move" value="{}/{}" '
                'aria-label="{}">{}</button>',
                assessment.pk,
                where,
                label.format(name=assessment),
                arrow,
            )
            for where, arrow, label in ARROWS
        )
        return format_html('<span class="in-order">{}{}</span>', up, down)

    @transaction.atomic
    def list_order_view(self, request: HttpRequest) -> HttpResponse:
        if not self.has_change_permission(request):
            raise PermissionDenied
        if request.method == "POST":
            desk_lock()
            self._move_in_list(request, *request.POST.get("move", "").partition("/")[::2])
        return HttpResponseRedirect(reverse(LIST))

    def _move_in_list(self, request: HttpRequest, pk: str, where: str) -> None:
        step = {"up": -1, "down": 1}.get(where)
        originals = Assessment.objects.filter(translation_of=None)
        assessment = originals.filter(pk=pk).first() if NUMBER.fullmatch(pk) else None
        if assessment is None or step is None:
            messages.error(request, gettext("Nothing moved: this list has changed."))
            return
        number = assessment_move(assessment=assessment, step=step)
        words = gettext("“{name}” is now number {number}, on the first page, too.")
        messages.success(request, words.format(name=assessment, number=number))
