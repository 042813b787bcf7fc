"""What goes of guides after the time that the PT keeps it (`assessments.retention`)."""

from datetime import datetime
from typing import TYPE_CHECKING

from django.db.models import Exists, OuterRef, Q, QuerySet
from django.utils.translation import gettext_lazy as _

from assessments.hooks import RetentionRule
from assessments.retention.rules import rows_rule
from guides import selectors
from guides.mail import file_backend
from guides.models import Consent, Contact, Delivery, DownloadLink, LinkRequest, MailEvent
from guides.states import OPEN

if TYPE_CHECKING:
    from assessments.models import Submission


def contacts_old(before: datetime) -> "QuerySet[Contact]":
    """Contacts whose last link ended before this, and whom no email is due and no news is promised.

    Their answers stay without an address, and go as such. What only keeps an address from being
    written to (Suppression) stays, as a hash.
    """
    own = {"contact": OuterRef("pk")}
    contacts = Contact.objects.filter(created_at__lt=before)
    contacts = contacts.exclude(Exists(DownloadLink.objects.filter(expires_at__gte=before, **own)))
    deliveries = Delivery.objects.filter(**own)
    contacts = contacts.exclude(Exists(deliveries.filter(queued_at__gte=before)))
    contacts = contacts.exclude(Exists(deliveries.filter(state__in=OPEN)))
    news = selectors.consents_unused(Consent.Purpose.SECRET).order_by()
    return contacts.exclude(Exists(news.filter(**own)))


def emails_old(before: datetime) -> "QuerySet[Delivery]":
    """Emails that belong to nobody: refused ones, and those of who was erased."""
    done = Delivery.objects.filter(contact=None, queued_at__lt=before)
    return done.exclude(state__in=OPEN)


def events_old(before: datetime) -> "QuerySet[MailEvent]":
    return MailEvent.objects.filter(delivery=None, at__lt=before)


def link_requests_old(before: datetime) -> "QuerySet[LinkRequest]":
    """Of a site whose mail loop never ran: it answers and deletes them."""
    return LinkRequest.objects.filter(at__lt=before)


def with_contacts(answers: "QuerySet[Submission]") -> "QuerySet[Submission]":
    """Leaves out the first answers of runners of whom any answers belong to an address. One query
    by each way to them, so that each can use its index."""
    links = DownloadLink.objects.all()
    deliveries = Delivery.objects.exclude(contact=None)
    for rows in (links, deliveries):
        for way in ("submission", "submission__added_to", "submission__retest_of"):
            answers = answers.exclude(Exists(rows.filter(Q(**{way: OuterRef("pk")}))))
    return answers


RULES = [
    rows_rule("contacts", _("addresses"), contacts_old),
    rows_rule("mail", _("emails without an address"), emails_old),
    rows_rule("mail", _("emails without an address"), link_requests_old),
    rows_rule("mail", _("emails without an address"), events_old),
    RetentionRule(
        "mail",
        _("emails that are kept on the server"),
        file_backend.count_older,
        file_backend.delete_older,
        counted=False,
    ),
]
