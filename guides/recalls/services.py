"""Marks versions of guides as wrong, and leads runners to the version that is right."""

from datetime import timedelta
from typing import TYPE_CHECKING

from django.db import transaction
from django.db.models import Max
from django.utils import timezone

from assessments.publishing.recalls import version_recall, version_recall_end
from guides import selectors
from guides.delivery import outbox
from guides.models import Contact, Delivery, DownloadLink, GuideEdition, Recall
from guides.reasons import NOT_WRONG
from guides.states import LINK_LIFE

if TYPE_CHECKING:
    from assessments.models import Edition

DAY = timedelta(days=1)


def guide_edition_recall(*, edition: GuideEdition, reason: str) -> bool:
    """As `edition_recall` of a self-check."""
    return version_recall(version=edition, reason=reason, hooks=[recall_begin])


def guide_edition_recall_end(*, edition: GuideEdition) -> bool:
    """As `edition_recall_end` of a self-check."""
    return version_recall_end(version=edition, hooks=[recall_end])


def recall_begin(edition: "Edition | GuideEdition") -> None:
    """Notes that who has a guide by this version must be told. Links from now on show it when
    they're opened first. In the caller's transaction."""
    newest = DownloadLink.objects.aggregate(newest=Max("pk"))["newest"] or 0
    Recall.objects.create(**selectors.recall_of(edition), links_up_to=newest)


def recall_end(edition: "Edition | GuideEdition") -> None:
    """Tells nobody more, and cancels the emails that haven't gone out. In the caller's
    transaction: a batch that is being queued is waited for."""
    recall = Recall.objects.select_for_update().filter(
        **selectors.recall_of(edition), ended_at=None
    )
    for each in recall:
        mails = Delivery.objects.filter(recall=each)
        outbox.deliveries_cancel(deliveries=mails, reason=NOT_WRONG)
        Recall.objects.filter(pk=each.pk).update(ended_at=timezone.now())


@transaction.atomic
def link_to_current(*, link: DownloadLink) -> DownloadLink:
    """The contact's link to today's version of a guide that was wrong, for the same answers. The
    same link if there's no such version, or the contact was erased meanwhile. A second tap finds
    the first one's."""
    edition = selectors.edition_to_give(link)
    if edition.pk == link.edition_id:
        return link
    contact = Contact.objects.select_for_update().filter(pk=link.contact_id).first()
    if contact is None:
        return link
    own = {
        "contact": contact,
        "submission_id": link.submission_id,
        "edition": edition,
        "profile": link.profile,
    }
    now = timezone.now()
    found = DownloadLink.objects.filter(**own, revoked_at=None, expires_at__gt=now).first()
    return found or DownloadLink.objects.create(
        **own,
        cleared=link.cleared,
        training_id=link.training_id,
        created_at=now,
        expires_at=now + LINK_LIFE,
    )
