"""Emails with a new link: for one that has expired, or for an address typed on a page that's the
same for everyone."""

import logging

from django.db import InterfaceError, OperationalError, transaction

from guides.delivery import outbox
from guides.email_addresses import address_key
from guides.guide_requests.limits import limits_check
from guides.guide_requests.services import send_more
from guides.models import DownloadLink, Guide, LinkRequest
from runfit.lib.client_ip import network_hash

logger = logging.getLogger(__name__)

AT_ONCE = 100


def link_renew(*, link: DownloadLink, network: str) -> bool:
    """Emails a new link to the same address. False if it gets no more mail today, or none at all.

    Raises LimitReachedError before anything is stored.
    """
    limits_check(network=network, email=link.contact.email)
    return send_more(link, network_hash(network))


def link_request_add(*, guide: Guide, email: str, network: str) -> None:
    """Stores an address that asks for its link to this guide. Nothing is looked up here, so the
    page takes as long for every address.

    Raises LimitReachedError before anything is stored.
    """
    limits_check(network=network, email=email)
    origin = network_hash(network)
    LinkRequest.objects.create(guide=guide, email=email, network=origin)
    transaction.on_commit(outbox.hint, robust=True)


def link_requests_answer() -> None:
    """Emails a new link to those of the stored addresses that have one."""
    for request in LinkRequest.objects.select_related("guide")[:AT_ONCE]:
        try:
            _answer(request)
        except (InterfaceError, OperationalError):
            raise
        except Exception:
            logger.exception("A request for a link can't be answered, and is dropped.")
            request.delete()


def _answer(request: LinkRequest) -> None:
    """Once, however many workers try."""
    with transaction.atomic():
        deleted, _ = LinkRequest.objects.filter(pk=request.pk).delete()
        links = DownloadLink.objects.filter(revoked_at=None, edition__guide=request.guide)
        mine = links.filter(contact__email_key=address_key(request.email))
        link = mine.select_related("contact", "edition").order_by("-created_at").first()
        if deleted and link:
            send_more(link, request.network)
