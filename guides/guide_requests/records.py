"""The rows of a request: contact, consents, link, and delivery."""

from collections.abc import Mapping
from typing import TYPE_CHECKING

from django.db import connection
from django.db.models import Q, QuerySet, Subquery
from django.utils import timezone

from guides import selectors
from guides.delivery import outbox
from guides.email_addresses import address_key, address_mask, inbox_hmac
from guides.guide_requests.scheduling import DAY
from guides.models import Consent, Contact, Delivery, DownloadLink, GuideEdition
from guides.states import LINK_LIFE, State

if TYPE_CHECKING:
    from assessments.models import Submission


class Inbox:
    """The contacts that share an inbox, locked until commit: concurrent requests can't exceed its
    limit, and one that waited for an unsubscribe or erasure sees its outcome."""

    def __init__(self, email: str) -> None:
        key = inbox_hmac(email)
        _inbox_lock(key)
        same = Q(inbox_hmac=key) | Q(email_key=address_key(email))
        contacts = Contact.objects.select_for_update().filter(same).order_by("pk")
        self.contacts = {contact.email_key: contact for contact in contacts}
        self.contact = self.contacts.get(address_key(email))
        """The one with this very address, or None."""

    @property
    def pks(self) -> list[int]:
        """Never empty, so that the queries for unknown addresses look the same."""
        return [contact.pk for contact in self.contacts.values()] or [0]

    def today(self) -> QuerySet[Delivery]:
        """Guide emails in the last 24 hours, unless canceled."""
        since = selectors.deliveries_since(timezone.now() - DAY)
        return since.filter(contact__in=self.pks).exclude(state=State.CANCELLED)


def _inbox_lock(key: str) -> None:
    """Also if no contact is there yet. On SQLite, a transaction locks out all others."""
    if connection.vendor == "postgresql":
        with connection.cursor() as cursor:
            cursor.execute("SELECT pg_advisory_xact_lock(%s)", [int(key[:15], 16)])


def contact_ensure(email: str) -> Contact:
    """Creates and locks the contact, or locks the one that's there."""
    contact = Contact(email=email, email_key=address_key(email), inbox_hmac=inbox_hmac(email))
    Contact.objects.bulk_create(
        [contact],
        update_conflicts=True,
        unique_fields=["email_key"],
        update_fields=["inbox_hmac"],
    )
    return contact


def link_create(
    contact: Contact,
    edition: GuideEdition,
    submission: "Submission | None",
    *,
    profile: str,
    cleared: bool = False,
    training: int | None = None,
) -> DownloadLink:
    now = timezone.now()
    return DownloadLink.objects.create(
        contact=contact,
        submission=submission,
        edition=edition,
        profile=profile,
        cleared=cleared or bool(submission and submission.cleared_at),
        training_id=training,
        created_at=now,
        expires_at=now + LINK_LIFE,
    )


def link_again(contact: Contact, link: DownloadLink) -> DownloadLink:
    """A new link like this one, to a version of the guide that isn't wrong, if there is one."""
    edition = selectors.edition_to_give(link)
    return link_create(
        contact,
        edition,
        link.submission,
        profile=link.profile,
        cleared=link.cleared,
        training=link.training_id,
    )


def deliver(link: DownloadLink, origin: str) -> None:
    contact = link.contact
    earlier = contact.deliveries.filter(submission=link.submission).count()
    delivery = Delivery(
        contact=contact,
        submission=link.submission,
        link=link,
        masked_email=address_mask(contact.email),
        network=origin,
        dedupe_key=f"guide:{link.submission_id}:{link.edition_id}:{contact.pk}:{earlier}",
    )
    outbox.delivery_add(delivery=delivery)


def training_follow(link: DownloadLink) -> None:
    """Asked for once more, the same plan goes on where it was."""
    same = {"contact": link.contact_id, "submission": link.submission, "profile": link.profile}
    kept = DownloadLink.objects.filter(**same).exclude(training=None)
    DownloadLink.objects.filter(pk=link.pk).update(
        training=Subquery(kept.order_by("-pk").values("training")[:1])
    )


def consents_add(contact: Contact, words: Mapping[str, str]) -> None:
    wordings = {
        purpose: text
        for purpose, text in words.items()
        if purpose not in selectors.KIND_OF or not selectors.mail_waiting(contact, purpose)
    }
    Consent.objects.bulk_create(
        Consent(
            contact=contact,
            purpose=purpose,
            step=Consent.Step.ASKED,
            text_version=text,
            page="guides:request",
        )
        for purpose, text in wordings.items()
    )
