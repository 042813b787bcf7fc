"""Hourly limits on guide requests: per network, per domain of the address, and in total."""

import logging

from django.conf import settings

from assessments.submissions.request_limits import (
    Limit,
    LimitReachedError,
    network_limits,
    request_take,
    requests_taken,
    seconds_left,
)
from guides.email_addresses import address_domain
from guides.email_typos import MAIL_SERVICES
from runfit.lib.caching import cached

logger = logging.getLogger(__name__)

LOGGED_EVERY = 60.0
"""Seconds. A flood must not fill the log."""
RESERVE = 5
"""A fifth of the hourly total is for networks that haven't asked for anything in this hour."""
SHARED_DOMAINS = frozenset(f"{name}.{end}" for name, ends in MAIL_SERVICES.items() for end in ends)
"""Mail services, whose domains are no one's own."""
DESK = "desk"
"""In place of the network, for what the PT sends: the limit per network covers her, too."""


def limits_check(*, network: str, email: str) -> None:
    """Counts a request, before anything is stored. Raises LimitReachedError if a limit is reached,
    for known and unknown addresses alike."""
    most, everyone = settings.GUIDE_LIMIT_NETWORK_HOUR, settings.GUIDE_LIMIT_HOUR
    networks = network_limits("guides", network, most)
    total = Limit("guides", "everyone", everyone)
    domain = address_domain(email)
    domains = [] if domain in SHARED_DOMAINS else [Limit("guides to", domain, most)]
    try:
        _keep_reserve(total, networks)
        request_take(limits=[*networks, *domains, total])
    except LimitReachedError:
        cached("guide limit reached", _log, ttl=LOGGED_EVERY)
        raise


def _keep_reserve(total: Limit, networks: list[Limit]) -> None:
    """Raises LimitReachedError if only the reserve is left, and the network isn't new."""
    if requests_taken(total) < total.most - total.most // RESERVE:
        return
    widest = networks[-1:]
    if any(requests_taken(limit, settle=True) for limit in widest):
        raise LimitReachedError(seconds_left())


def _log() -> bool:
    logger.warning(
        "A limit of guide emails is reached. If all visitors seem to be one network, set "
        "TRUSTED_PROXIES; otherwise see GUIDE_LIMIT_NETWORK_HOUR and GUIDE_LIMIT_HOUR."
    )
    return True
