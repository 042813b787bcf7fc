"""How many guide emails may be requested in an hour: per network, and in all."""

import logging
from typing import TYPE_CHECKING

from django.conf import settings
from django.db.models import QuerySet
from django.utils import timezone

from guides import selectors
from guides.guide_requests.scheduling import (
    HOUR,
)
from guides.models import Delivery
from runfit.lib.caching import cached

if TYPE_CHECKING:
    pass


logger = logging.getLogger(__name__)


NEAR_THE_LIMIT = 500
"""Requests that are left in this hour: from here on each one is counted."""


class LimitReachedError(Exception):
    """Too many guide mails were asked for from one place, or in all."""


def limits_check(origin: str) -> None:
    """At most so many requests an hour from one network, and in all."""
    hour = selectors.deliveries_since(timezone.now() - HOUR)
    if _reached(hour.filter(network=origin), settings.GUIDE_LIMIT_NETWORK_HOUR):
        logger.warning(
            "A network reached its limit of guide mails. Behind a proxy? TRUSTED_PROXIES"
        )
        raise LimitReachedError
    # Far from the limit, a count of a moment ago is good enough.
    counted = cached("guides in an hour", hour.count)
    near = settings.GUIDE_LIMIT_HOUR - counted < NEAR_THE_LIMIT
    if near and _reached(hour, settings.GUIDE_LIMIT_HOUR):
        logger.error("The limit of guide mails in an hour is reached: GUIDE_LIMIT_HOUR")
        raise LimitReachedError


def _reached(rows: QuerySet[Delivery], limit: int) -> bool:
    """Whether there are `limit` rows, without counting those beyond."""
    return len(rows.values_list("pk", flat=True)[:limit]) >= limit
