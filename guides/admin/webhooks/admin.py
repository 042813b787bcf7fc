"""Webhooks at the desk: which tools are told what, their secrets, a test, and what was posted."""

from typing import Any, ClassVar

from django.contrib import admin, messages
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import get_object_or_404
from django.template.response import TemplateResponse
from django.urls import URLPattern, path, reverse
from django.utils.translation import gettext, ngettext
from django.utils.translation import gettext_lazy as _

from assessments.desk.audit_log import HistoryAdmin
from assessments.desk.large_lists import moment
from assessments.desk.links import address_of
from assessments.desk.menu import PRACTICE, MenuPlace
from guides.delivery.webhooks.selectors import webhook_deliveries
from guides.delivery.webhooks.sending import secret
from guides.delivery.webhooks.services import (
    webhook_reseed,
    webhook_retry,
    webhook_saved,
    webhook_test,
)
from guides.models import WebhookEndpoint
from runfit.lib.audit import change_log
from runfit.lib.sign_in.recent import recent_sign_in_check

PAGE = "guides_webhookendpoint_activity"
TOLD = ("consents", "guide_requests", "results", "answers")


@admin.register(WebhookEndpoint)
class WebhookAdmin(HistoryAdmin):
    menu = (MenuPlace(PRACTICE, 3, _("Webhooks")),)
    change_form_template = "admin/guides/webhooks/change_form.html"
    list_display = ("name", "host", "state")
    search_fields = ("name",)
    sortable_by = ("name",)
    fieldsets: ClassVar[Any] = (
        (None, {"fields": ("name", "address", "is_on")}),
        (_("What it's told"), {"fields": TOLD}),
    )

    @admin.display(description=_("site"))
    def host(self, endpoint: WebhookEndpoint) -> str:
        return endpoint.host

    @admin.display(description=_("state"))
    def state(self, endpoint: WebhookEndpoint) -> str:
        return _state(endpoint)

    def get_urls(self) -> list[URLPattern]:
        view = self.admin_site.admin_view(self.activity)
        return [path("<int:pk>/activity/", view, name=PAGE), *super().get_urls()]

    def save_model(self, request: HttpRequest, obj: Any, form: Any, change: bool) -> None:
        if obj.is_on:
            obj.gone_at = None
        super().save_model(request, obj, form, change)
        webhook_saved()

    def delete_model(self, request: HttpRequest, obj: Any) -> None:
        super().delete_model(request, obj)
        webhook_saved()

    def response_post_save_add(self, request: HttpRequest, obj: Any) -> HttpResponseRedirect:
        return HttpResponseRedirect(address_of(obj, "activity"))

    def response_post_save_change(self, request: HttpRequest, obj: Any) -> HttpResponseRedirect:
        return HttpResponseRedirect(address_of(obj, "activity"))

    def change_view(
        self,
        request: HttpRequest,
        object_id: str,
        form_url: str = "",
        extra_context: dict[str, Any] | None = None,
    ) -> HttpResponse:
        endpoint = self.get_object(request, object_id)
        context = {"activity_address": endpoint and address_of(endpoint, "activity")}
        return super().change_view(
            request, object_id, form_url, {**context, **(extra_context or {})}
        )

    def activity(self, request: HttpRequest, pk: int) -> HttpResponse:
        """Its secret, a test, and what was posted lately."""
        endpoint = get_object_or_404(WebhookEndpoint, pk=pk)
        if not self.has_view_permission(request, endpoint):
            raise PermissionDenied
        if request.method != "POST":
            return self._page(request, endpoint)
        if not self.has_change_permission(request, endpoint):
            raise PermissionDenied
        if "secret" in request.POST:
            return self._new_secret(request, endpoint)
        if "test" in request.POST:
            self._test(request, endpoint)
        elif "again" in request.POST:
            self._again(request, endpoint)
        return HttpResponseRedirect(address_of(endpoint, "activity"))

    def _new_secret(self, request: HttpRequest, endpoint: WebhookEndpoint) -> HttpResponse:
        """Shown once, in the answer to this post."""
        recent_sign_in_check(request)
        webhook_reseed(endpoint=endpoint)
        change_log(endpoint, "secret", "", "made anew")
        response = self._page(request, endpoint, secret=secret(endpoint))
        response["Cache-Control"] = "no-store"
        return response

    def _test(self, request: HttpRequest, endpoint: WebhookEndpoint) -> None:
        if not endpoint.seed:
            messages.error(request, gettext("Make its key first: it signs the test, too."))
            return
        webhook_test(endpoint=endpoint)
        messages.success(
            request, gettext("The test is on its way. Open this page again to see how it went.")
        )

    def _again(self, request: HttpRequest, endpoint: WebhookEndpoint) -> None:
        number = webhook_retry(endpoint=endpoint)
        words = ngettext(
            "{number} event will be sent again.", "{number} events will be sent again.", number
        )
        messages.success(request, words.format(number=f"{number:,}"))

    def _page(
        self, request: HttpRequest, endpoint: WebhookEndpoint, secret: str = ""
    ) -> HttpResponse:
        emails = reverse("admin:guides_delivery_changelist")
        context = {
            **self.admin_site.each_context(request),
            "title": endpoint.name,
            "opts": self.opts,
            "draft": endpoint,
            "draft_address": address_of(endpoint),
            "step": gettext("Key, test, and what was sent"),
            "endpoint": endpoint,
            "state": _state(endpoint),
            "told": [endpoint._meta.get_field(name) for name in TOLD if getattr(endpoint, name)],
            "secret": secret,
            "deliveries": webhook_deliveries(endpoint),
            "all_address": f"{emails}?endpoint__id__exact={endpoint.pk}",
            "may_change": self.has_change_permission(request, endpoint),
            "may_see": request.user.has_perm("guides.view_delivery"),
        }
        return TemplateResponse(request, "admin/guides/webhooks/activity.html", context)


def _state(endpoint: WebhookEndpoint) -> str:
    if endpoint.gone_at:
        return gettext("Off since {time}: it said that it's gone for good (410).").format(
            time=moment(endpoint.gone_at)
        )
    if not endpoint.is_on:
        return gettext("Off")
    return gettext("On") if endpoint.seed else gettext("Waits for its key")
