"""The contact page, and what the PT can do there. Each action is a POST, asks its own permission,
is logged, and does nothing on a second click."""

from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from typing import TYPE_CHECKING, Any
from urllib.parse import quote, urlencode

from django.contrib import admin, messages
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.template.response import TemplateResponse
from django.urls import URLPattern, path, reverse
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from assessments.selectors import edition_definition
from assessments.submissions.request_limits import LimitReachedError
from guides import selectors
from guides.admin.help_desk.contact_page import CAME_BACK, contact_page_context
from guides.admin.help_desk.forms import NoteForm
from guides.consents.services import contact_note_save, contact_unsubscribe
from guides.guide_requests.from_desk import DeskSend, guide_send_from_desk
from guides.models import Contact
from guides.signed_links import ADDRESS_LIFE, absolute, address_token
from runfit.lib.audit import change_log
from runfit.lib.translation import use_language

if TYPE_CHECKING:
    from assessments.models import Submission

SENDING, REVOKING, STOPPING = (
    "guides.change_delivery",
    "guides.change_downloadlink",
    "guides.delete_contact",
)
NOTING, LIFTING = "guides.change_contact", "guides.change_suppression"
NOT_SENT = {
    DeskSend.ON_ITS_WAY: _(
        "An email with the guide just went out, or is about to. That's the only one."
    ),
    DeskSend.ENOUGH_TODAY: _(
        "Nothing was sent: they got three emails in the last 24 hours. Try again tomorrow."
    ),
    DeskSend.STOPPED: _("Nothing was sent: this address doesn't get email."),
    DeskSend.NOTHING: _(
        "Nothing was sent: no guide ever went to this address. They can ask for it on their "
        "result page."
    ),
}
NO_ADDRESS_LINK = _(
    "There's no guide to send elsewhere: nobody asked for one with this address, or their result "
    "has none now. They can take the self-check again."
)
TOO_MANY = _("Nothing was sent: too many guides went out in the last hour. Try again in an hour.")


@dataclass(frozen=True, slots=True)
class Said:
    """What an action tells the PT, and whether it did something."""

    text: str
    did: bool = False


@dataclass(frozen=True, slots=True)
class ContactAction:
    """`logged` stands in the history. It names no address."""

    name: str
    permissions: tuple[str, ...]
    logged: str
    run: Callable[[Contact], Said]


@dataclass(frozen=True, slots=True)
class AddressMail:
    """What the PT passes on with a link to type another address, in the runner's language."""

    subject: str
    words: str

    @classmethod
    def about(cls, submission: "Submission") -> "AddressMail":
        with use_language(edition_definition(submission.edition).language):
            words = gettext(
                "Here's a link to type the right address for your guide. It works once, until "
                "{day}:\n\n{link}"
            ).format(
                day=date_format(timezone.localdate() + ADDRESS_LIFE),
                link=absolute("guides:change_address", address_token(submission)),
            )
            return cls(gettext("The right address for your guide"), words)

    @property
    def query(self) -> str:
        """Of a mailto: link."""
        return urlencode({"subject": self.subject, "body": self.words}, quote_via=quote)


def send(contact: Contact, *, replace: bool) -> Said:
    try:
        sent = guide_send_from_desk(contact=contact, replace=replace)
    except LimitReachedError:
        return Said(str(TOO_MANY))
    if sent != DeskSend.SENT:
        return Said(str(NOT_SENT[sent]))
    if replace:
        return Said(gettext("A new link is on its way. The old ones don't work anymore."), did=True)
    return Said(gettext("The guide is on its way to them again."), did=True)


def stop(contact: Contact) -> Said:
    if selectors.address_suppressed(contact.email):
        return Said(gettext("This address doesn't get email already."))
    contact_unsubscribe(contact=contact)
    return Said(gettext("They won't get any more emails."), did=True)


ACTIONS = (
    ContactAction("send", (SENDING,), "guide sent again", partial(send, replace=False)),
    ContactAction("new_link", (SENDING, REVOKING), "new link sent", partial(send, replace=True)),
    ContactAction("stop", (STOPPING,), "stopped", stop),
)


class ContactPageAdmin(admin.ModelAdmin):
    """Shows a contact on one page instead of a form."""

    def get_urls(self) -> list[URLPattern]:
        view = self.admin_site.admin_view
        actions = [
            path(
                f"<int:pk>/{action.name.replace('_', '-')}/",
                view(partial(self.action_view, action=action)),
                name=f"guides_contact_{action.name}",
            )
            for action in ACTIONS
        ]
        note = path("<int:pk>/note/", view(self.note_view), name="guides_contact_note")
        link = path(
            "<int:pk>/address-link/",
            view(self.address_link_view),
            name="guides_contact_address_link",
        )
        return [*actions, note, link, *super().get_urls()]

    def change_view(
        self,
        request: HttpRequest,
        object_id: str,
        form_url: str = "",
        extra_context: dict[str, Any] | None = None,
    ) -> HttpResponse:
        contact = self.get_object(request, object_id)
        if not self.has_view_permission(request, contact) or request.method == "POST":
            raise PermissionDenied
        if contact is None:
            self.message_user(
                request, gettext("This contact isn't here anymore."), messages.WARNING
            )
            return redirect("admin:guides_contact_changelist")
        return self.contact_page(request, contact, NoteForm.of(contact))

    def contact_page(
        self,
        request: HttpRequest,
        contact: Contact,
        note: NoteForm,
        address_mail: AddressMail | None = None,
    ) -> HttpResponse:
        user = request.user
        page = contact_page_context(contact, user)
        bounced = page["stop"] is not None and page["stop"].reason == CAME_BACK
        context = {
            **self.admin_site.each_context(request),
            "title": contact.email,
            "opts": self.opts,
            "contact": contact,
            "note_form": note,
            "may": {action.name: user.has_perms(action.permissions) for action in ACTIONS},
            "address_mail": address_mail,
            "may_note": user.has_perm(NOTING),
            "may_write_again": bounced and user.has_perm(LIFTING),
            **page,
        }
        return TemplateResponse(request, "admin/guides/contact/page.html", context)

    def action_view(self, request: HttpRequest, pk: int, *, action: ContactAction) -> HttpResponse:
        contact = self._contact_for(request, pk, action.permissions)
        if request.method == "POST":
            said = action.run(contact)
            if said.did:
                change_log(contact, "emails", "", action.logged)
            level = messages.SUCCESS if said.did else messages.WARNING
            self.message_user(request, said.text, level)
        return redirect(contact_address(contact))

    def address_link_view(self, request: HttpRequest, pk: int) -> HttpResponse:
        """Makes a link with which the runner types another address. The PT passes it on herself:
        at the wrong address, we can't reach them."""
        contact = self._contact_for(request, pk, (SENDING,))
        if request.method != "POST":
            return redirect(contact_address(contact))
        submission = selectors.submission_of_latest_guide(contact)
        if submission is None or selectors.guide_for(submission) is None:
            self.message_user(request, NO_ADDRESS_LINK, messages.WARNING)
            return redirect(contact_address(contact))
        change_log(contact, "emails", "", "link to type another address made")
        mail = AddressMail.about(submission)
        return self.contact_page(request, contact, NoteForm.of(contact), mail)

    def note_view(self, request: HttpRequest, pk: int) -> HttpResponse:
        contact = self._contact_for(request, pk, (NOTING,))
        if request.method != "POST":
            return redirect(contact_address(contact))
        form = NoteForm(request.POST)
        if not form.is_valid():
            return self.contact_page(request, contact, form)
        note, before = form.cleaned_data["note"], form.cleaned_data["before"]
        if note == contact.note:
            self.message_user(request, gettext("The note is saved."))  # a second click
        elif contact_note_save(contact=contact, note=note, before=before):
            change_log(contact, "note", "", "changed")
            self.message_user(request, gettext("The note is saved."))
        else:
            contact.refresh_from_db(fields=["note"])
            form.show_conflict(contact.note)
            return self.contact_page(request, contact, form)
        return redirect(f"{contact_address(contact)}#note")

    def _contact_for(self, request: HttpRequest, pk: int, permissions: tuple[str, ...]) -> Contact:
        if not (self.has_view_permission(request) and request.user.has_perms(permissions)):
            raise PermissionDenied
        return get_object_or_404(Contact, pk=pk)


def contact_address(contact: Contact) -> str:
    return reverse("admin:guides_contact_change", args=[contact.pk])
