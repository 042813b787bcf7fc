"""Hourly limits on guide requests: per network, and in total."""

import logging

from django.conf import settings
from django.db.models import QuerySet
from django.utils import timezone

from guides import selectors
from guides.guide_requests.scheduling import HOUR
from guides.models import Delivery
from runfit.lib.caching import cached

logger = logging.getLogger(__name__)

NEAR_THE_LIMIT = 500
"""With fewer requests left in this hour, the count is no longer cached."""


class LimitReachedError(Exception):
    """Too many guide emails were requested, from one network or in total."""


def limits_check(origin: str) -> None:
    """Raises LimitReachedError if a limit is reached."""
    hour = selectors.deliveries_since(timezone.now() - HOUR)
    if _reached(hour.filter(network=origin), settings.GUIDE_LIMIT_NETWORK_HOUR):
        logger.warning(
            "A network reached its limit of guide emails. If behind a proxy, set TRUSTED_PROXIES."
        )
        raise LimitReachedError
    # Far from the limit, a cached count is good enough.
    counted = cached("guides in an hour", hour.count)
    near = settings.GUIDE_LIMIT_HOUR - counted < NEAR_THE_LIMIT
    if near and _reached(hour, settings.GUIDE_LIMIT_HOUR):
        logger.error("The hourly limit of guide emails is reached: GUIDE_LIMIT_HOUR")
        raise LimitReachedError


def _reached(rows: QuerySet[Delivery], limit: int) -> bool:
    """Whether there are `limit` rows, without counting more."""
    return len(rows.values_list("pk", flat=True)[:limit]) >= limit
