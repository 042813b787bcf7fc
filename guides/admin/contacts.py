"""Admin pages for contacts, consents, and suppressed addresses."""

import re
from email.utils import parseaddr
from typing import Any, ClassVar

from django import forms
from django.contrib import admin, messages
from django.contrib.admin import helpers
from django.contrib.admin.widgets import AdminRadioSelect
from django.core.exceptions import PermissionDenied
from django.db.models import QuerySet
from django.http import Http404, HttpRequest, HttpResponse, StreamingHttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.template.response import TemplateResponse
from django.urls import URLPattern, path, reverse
from django.utils.translation import gettext, ngettext
from django.utils.translation import gettext_lazy as _

from assessments.desk.audit_log import PersonalDataAdmin, RecordAdmin
from assessments.desk.export import ExportAdmin, csv_response
from assessments.desk.large_lists import DateFilter, moment
from assessments.desk.menu import PEOPLE, MenuPlace
from guides import selectors
from guides.admin.help_desk.contact_actions import (
    LIFTING,
    ContactPageAdmin,
    contact_address,
)
from guides.admin.help_desk.contact_page import CAME_BACK, consent_in_words
from guides.consents.export import ContactsSummary, Which, contacts_about, contacts_export
from guides.consents.services import contact_erase, contact_unsubscribe, suppression_lift
from guides.email_addresses import address_key
from guides.models import (
    Consent,
    Contact,
    Delivery,
    Suppression,
)
from runfit.lib.audit import change_log, erase_log, look_log
from runfit.lib.database.replica import caught_up
from runfit.lib.sign_in.recent import recent_sign_in_check

ANSWERS_STAY = _(
    "Some answers stay: another address asked for a guide with them too, from somewhere else. They "
    "may be someone else's. If both belong to one person, erase the other address too."
)


WHOLE = re.compile(r"[^@\s\x00-\x1f\x7f]{1,64}@[^@\s\x00-\x1f\x7f]{1,255}")
FILES: dict[Which, str] = {
    "secret": "said-yes-to-the-secret",
    "follow_up": "said-yes-to-one-email",
    "all": "contacts",
}


class DeliveryForm(forms.ModelForm):
    class Meta:
        model = Delivery
        fields = ()
        labels: ClassVar = {
            "queued_at": _("date"),
            "due_at": _("due"),
            "sent_at": _("sent"),
            "attempts": _("tries"),
            "link": _("guide link"),
            "message_id": "Message-ID",
        }


class ContactsForm(forms.Form):
    which = forms.ChoiceField(
        label=_("What's the list for?"),
        choices=[
            (
                "secret",
                _("To tell those who asked for news about the secret: one email, no newsletter"),
            ),
            (
                "follow_up",
                _("To check who said yes to one email after four weeks, and hasn't got it"),
            ),
            ("all", _("To look things up: everyone, with what they said yes or no to")),
        ],
        widget=AdminRadioSelect,
    )


class SearchByAddressAdmin(PersonalDataAdmin):
    """Searches by the start of an email address, so that an index serves the query."""

    search_help_text = _("Type an email address, or the start of one.")

    def get_search_results(
        self, request: HttpRequest, queryset: QuerySet[Any], search_term: str
    ) -> tuple[QuerySet[Any], bool]:
        return super().get_search_results(request, queryset, address_key(search_term))


@admin.register(Contact)
class ContactAdmin(ContactPageAdmin, ExportAdmin, SearchByAddressAdmin):
    """Erasing is a separate action because it also deletes answers, emails, and links."""

    menu = (MenuPlace(PEOPLE, 1, _("Contacts")),)
    export_template = "admin/guides/contact/export.html"
    export_form = ContactsForm
    export_title = _("Download contacts")

    list_display = ("email", "since")
    list_defer = ("note",)
    list_filter = (("created_at", DateFilter),)
    search_fields = ("email_key__startswith",)
    sortable_by = ("since",)
    actions = ("erase", "unsubscribe")

    @admin.display(description=_("since"), ordering="created_at")
    def since(self, contact: Contact) -> str:
        return moment(contact.created_at)

    def changelist_view(
        self, request: HttpRequest, extra_context: dict[str, Any] | None = None
    ) -> HttpResponse:
        """A whole address leads straight to its page."""
        email = whole_address(request.GET.get("q", ""))
        if email and request.method == "GET" and self.has_view_permission(request):
            if contact := Contact.objects.filter(email_key=address_key(email)).first():
                return redirect(contact_address(contact))
            self.message_user(request, nobody(email), messages.WARNING)
        return super().changelist_view(request, extra_context)

    def write_again_view(self, request: HttpRequest, pk: int) -> HttpResponse:
        """Lifts the suppression of an address that bounced, once its mailbox works again."""
        if not (may_lift(request) and self.has_view_permission(request)):
            raise PermissionDenied
        contact = get_object_or_404(Contact, pk=pk)
        stop = selectors.address_suppression(contact.email)
        if stop is None or not has_bounced(stop):
            raise Http404
        back = contact_address(contact)
        if request.method != "POST":
            look_log(contact)
            context = {"whom": contact.email, "suppressions": (), "back": back}
            return write_again_page(self.admin_site, request, context)
        if suppression_lift(suppression=stop):
            lift_log(contact)
            self.message_user(request, gettext("We can email this address again."))
        return redirect(back)

    @admin.action(
        description=_("Erase the contact, with all answers, emails, and links"),
        permissions=["erase"],
    )
    def erase(self, request: HttpRequest, queryset: QuerySet[Contact]) -> HttpResponse | None:
        recent_sign_in_check(request)
        if "confirmed" not in request.POST:
            context = {
                **self.admin_site.each_context(request),
                "title": gettext("Erase these contacts?"),
                "contacts": queryset,
                "opts": self.opts,
                "action_checkbox_name": helpers.ACTION_CHECKBOX_NAME,
            }
            return TemplateResponse(request, "admin/guides/contact/erase.html", context)
        remaining: set[int] = set()
        for contact in queryset:
            erase_log(contact)
            erased = contact_erase(contact=contact)
            remaining = (remaining | erased.shared) - erased.submissions
        erased_for_good = gettext("Erased. All we keep is a code, so no one emails them again.")
        self.message_user(request, erased_for_good)
        if remaining:
            self.message_user(request, ANSWERS_STAY, messages.WARNING)
        return None

    @admin.action(description=_("Stop emailing them"), permissions=["erase"])
    def unsubscribe(self, request: HttpRequest, queryset: QuerySet[Contact]) -> None:
        """Unsubscribes contacts who asked the PT, by a reply or a List-Unsubscribe email."""
        for contact in queryset:
            change_log(contact, "emails", "", "stopped")
            contact_unsubscribe(contact=contact)
        number = queryset.count()
        stopped = ngettext(
            "{number} won't get any more emails.", "{number} won't get any more emails.", number
        )
        self.message_user(request, stopped.format(number=number))

    def get_urls(self) -> list[URLPattern]:
        write_again = path(
            "<int:pk>/write-again/",
            self.admin_site.admin_view(self.write_again_view),
            name="guides_contact_write_again",
        )
        return [write_again, *super().get_urls()]

    def export_initial(self) -> dict[str, Any]:
        """None: she says what the list is for first."""
        return {}

    def export_of(self, picked: dict[str, Any]) -> Which:
        which: Which = picked["which"]
        return which

    def export_about(self, export: Which) -> ContactsSummary:
        return contacts_about(which=export)

    def export_response(self, request: HttpRequest, export: Which) -> StreamingHttpResponse:
        chunks = contacts_export(which=export, actor=request.user, using=caught_up())
        return csv_response(chunks, FILES[export])

    def has_erase_permission(self, request: HttpRequest) -> bool:
        user = request.user
        return user.is_active and user.has_perm("guides.delete_contact")


@admin.register(Consent)
class ConsentAdmin(SearchByAddressAdmin):
    menu = (MenuPlace(PEOPLE, 4, more=True),)
    list_display = ("contact", "purpose", "happened", "at", "where")
    list_defer = ("text_version", "contact__note")
    list_filter = ("purpose", "step", ("at", DateFilter))
    fields = ("contact", "purpose", "happened", "text_version", "where", "at")
    readonly_fields = ("happened", "where")
    search_fields = ("contact__email_key__startswith",)
    sortable_by = ("at",)
    list_select_related = ("contact",)

    @admin.display(description=_("what happened"))
    def happened(self, consent: Consent) -> str:
        return consent_in_words(consent).what

    @admin.display(description=_("where"))
    def where(self, consent: Consent) -> str:
        return consent_in_words(consent).where


@admin.register(Suppression)
class SuppressionAdmin(RecordAdmin):
    menu = (MenuPlace(PEOPLE, 6, more=True),)
    list_display = ("code", "reason", "since")
    list_filter = ("reason", ("at", DateFilter))
    fields = ("code", "reason", "since")
    readonly_fields = ("code", "since")
    actions = ("write_again",)

    @admin.display(description=_("address, as a code"))
    def code(self, suppression: Suppression) -> str:
        return f"{suppression.address_hmac[:12]}…"

    @admin.display(description=_("since"), ordering="at")
    def since(self, suppression: Suppression) -> str:
        return moment(suppression.at)

    @admin.action(
        description=_("Email them again (only where an email bounced)"), permissions=["lift"]
    )
    def write_again(
        self, request: HttpRequest, queryset: QuerySet[Suppression]
    ) -> HttpResponse | None:
        rows = list(queryset)
        bounced = [row for row in rows if has_bounced(row)]
        if bounced and "confirmed" not in request.POST:
            context = {
                "whom": addresses(len(bounced)),
                "suppressions": rows,
                "back": reverse("admin:guides_suppression_changelist"),
            }
            return write_again_page(self.admin_site, request, context)
        lifted = [row for row in bounced if suppression_lift(suppression=row)]
        for row in lifted:
            lift_log(row)
        if lifted:
            again = ngettext(
                "We can email 1 address again.",
                "We can email {number} addresses again.",
                len(lifted),
            )
            self.message_user(request, again.format(number=len(lifted)))
        if others := len(rows) - len(lifted):
            left = ngettext(
                "1 address left alone: we can only do that where an email bounced.",
                "{number} addresses left alone: we can only do that where an email bounced.",
                others,
            )
            self.message_user(request, left.format(number=others), messages.WARNING)
        return None

    def has_lift_permission(self, request: HttpRequest) -> bool:
        return may_lift(request)


def whole_address(text: str) -> str:
    """The address in what was pasted, such as `Ana <ana@example.org>`, or blank if it's none."""
    email = parseaddr(text.strip())[1]
    return email if WHOLE.fullmatch(email) else ""


def nobody(email: str) -> str:
    """Why there's no page for an address, as far as that's known."""
    stop = selectors.address_suppression(email)
    if stop is None:
        return gettext(
            "Nobody asked for a guide with {email}. Maybe it's misspelled here, or was there."
        ).format(email=email)
    return gettext("{email} isn't here anymore. We don't email it ({reason}).").format(
        email=email, reason=stop.get_reason_display()
    )


def may_lift(request: HttpRequest) -> bool:
    user = request.user
    return user.is_active and user.has_perm(LIFTING)


def has_bounced(suppression: Suppression | None) -> bool:
    return suppression is not None and suppression.reason == CAME_BACK


def write_again_page(
    site: admin.AdminSite, request: HttpRequest, context: dict[str, Any]
) -> HttpResponse:
    """The confirmation page."""
    context = {
        **site.each_context(request),
        "title": gettext("Email them again?"),
        "opts": Suppression._meta,
        "action_checkbox_name": helpers.ACTION_CHECKBOX_NAME,
        **context,
    }
    return TemplateResponse(request, "admin/guides/suppression/write_again.html", context)


def lift_log(row: Contact | Suppression) -> None:
    change_log(row, "emails", "stopped, since one bounced", "allowed again")


def addresses(count: int) -> str:
    return ngettext("{number} address", "{number} addresses", count).format(number=count)
