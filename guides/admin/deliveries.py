"""Admin pages for the email queue, and for emails stored locally."""

from typing import Any

from django.conf import settings
from django.contrib import admin, messages
from django.contrib.auth.models import User
from django.core.exceptions import PermissionDenied
from django.db.models import QuerySet
from django.http import Http404, HttpRequest, HttpResponse
from django.template.response import TemplateResponse
from django.urls import URLPattern, path
from django.utils import timezone
from django.utils.translation import gettext, ngettext
from django.utils.translation import gettext_lazy as _

from assessments.desk.audit_log import ReadOnlyMixin
from assessments.desk.large_lists import DateFilter, moment
from assessments.desk.menu import PEOPLE, MenuPlace
from guides import selectors
from guides.admin.alerts import AlertFilter
from guides.admin.backups.release import release_page
from guides.admin.contacts import DeliveryForm, SearchByAddressAdmin
from guides.delivery.outbox import delivery_requeue
from guides.mail import file_backend
from guides.models import (
    Delivery,
    MailEvent,
)
from guides.states import State
from runfit.lib.audit import change_log

INBOX_SIZE = 50


class MailEventInline(ReadOnlyMixin, admin.TabularInline):
    model = MailEvent
    extra = 0
    classes = ("lines",)
    fields = ("at", "kind", "reason")


@admin.register(Delivery)
class DeliveryAdmin(SearchByAddressAdmin):
    menu = (MenuPlace(PEOPLE, 3),)
    form = DeliveryForm
    list_display = ("masked_email", "state", "why", "date", "kind")
    list_filter = (AlertFilter, "state", "kind", ("queued_at", DateFilter))
    search_fields = ("contact__email_key__startswith",)
    sortable_by = ("date",)
    fields = (
        "contact", "masked_email", "kind", "state", "why", "queued_at", "due_at", "sent_at",
        "attempts", "link", "message_id",
    )  # fmt: skip
    inlines = (MailEventInline,)
    actions = ("send_again",)

    @admin.display(description=_("reason"))
    def why(self, delivery: Delivery) -> str:
        return delivery.reason_in_words

    @admin.display(description=_("date"), ordering="queued_at")
    def date(self, delivery: Delivery) -> str:
        return moment(delivery.queued_at)

    @admin.action(description=_("Send failed emails again"), permissions=["send"])
    def send_again(self, request: HttpRequest, queryset: QuerySet[Delivery]) -> None:
        rows = list(queryset.select_related("contact"))
        failed = [row for row in rows if row.state == State.FAILED]
        queued = [row for row in failed if delivery_requeue(delivery=row)]
        for row in queued:
            change_log(row, "email", "failed", "queued again")
        requeued = len(queued)
        unwanted, others = len(failed) - requeued, len(rows) - len(failed)
        again = ngettext(
            "1 email will be sent again.", "{number} emails will be sent again.", requeued
        )
        self.message_user(request, again.format(number=f"{requeued:,}"))
        if unwanted:
            warning = ngettext(
                "1 email left alone: that address doesn't get email anymore.",
                "{number} emails left alone: that address doesn't get email anymore.",
                unwanted,
            )
            self.message_user(request, warning.format(number=f"{unwanted:,}"), messages.WARNING)
        if others:
            warning = ngettext(
                "1 email left alone: you can only resend those that failed.",
                "{number} emails left alone: you can only resend those that failed.",
                others,
            )
            self.message_user(request, warning.format(number=f"{others:,}"), messages.WARNING)

    def has_send_permission(self, request: HttpRequest) -> bool:
        user = request.user
        return user.is_active and user.has_perm("guides.change_delivery")

    def changelist_view(
        self, request: HttpRequest, extra_context: dict[str, Any] | None = None
    ) -> HttpResponse:
        age = selectors.oldest_due_age()
        context = {
            "mail_kept_locally": settings.EMAIL_KEPT_LOCALLY and self.has_send_permission(request),
            "oldest_due": age and timezone.now() - age,
        }
        return super().changelist_view(request, {**context, **(extra_context or {})})

    def get_urls(self) -> list[URLPattern]:
        view = self.admin_site.admin_view
        return [
            path("release/", view(self.release), name="guides_mail_release"),
            path("inbox/", view(self.inbox), name="guides_inbox"),
            path("inbox/<str:name>", view(self.inbox_file), name="guides_inbox_file"),
            *super().get_urls(),
        ]

    def release(self, request: HttpRequest) -> HttpResponse:
        if not self.has_send_permission(request):
            raise PermissionDenied
        return release_page(self.admin_site, request)

    def inbox(self, request: HttpRequest) -> HttpResponse:
        """Lists emails written to local files because no mail server is configured: those to
        runners, and for superusers those about accounts."""
        self._require_local_mail(request)
        mails = [
            {
                "name": name,
                "to": message["To"],
                "subject": message["Subject"],
                "date": message["Date"].datetime,
                "text": body.get_content() if (body := message.get_body(("plain",))) else "",
            }
            for name, message in file_backend.newest(INBOX_SIZE, notices=_is_superuser(request))
        ]
        context = {
            **self.admin_site.each_context(request),
            "title": gettext("Email kept here"),
            "mails": mails,
        }
        return TemplateResponse(request, "admin/guides/delivery/inbox.html", context)

    def inbox_file(self, request: HttpRequest, name: str) -> HttpResponse:
        self._require_local_mail(request)
        message = file_backend.read(name, notices=_is_superuser(request))
        if message is None:
            raise Http404
        headers = {"Content-Disposition": "attachment; filename=message.eml"}
        return HttpResponse(message.as_bytes(), content_type="message/rfc822", headers=headers)

    def _require_local_mail(self, request: HttpRequest) -> None:
        """Emails hold their runner's links, which open and erase what's theirs: whoever may only
        look doesn't get them."""
        if not (settings.EMAIL_KEPT_LOCALLY and self.has_send_permission(request)):
            raise Http404


def _is_superuser(request: HttpRequest) -> bool:
    user: User = request.user  # type: ignore[assignment]
    return user.is_superuser
