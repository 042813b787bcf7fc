"""Whether the process lives, and whether its parts answer.

Ready fails (503) only without a database: everything else can wait, since deliveries do.
"""

import logging
from datetime import timedelta

from django.conf import settings
from django.core.cache import cache
from django.core.files.base import ContentFile
from django.core.files.storage import default_storage
from django.db import DatabaseError
from django.http import HttpRequest, JsonResponse
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe
from redis.exceptions import RedisError

from guides.selectors import oldest_due_age

logger = logging.getLogger(__name__)

MAIL_LATE_AFTER = timedelta(minutes=5)


@never_cache
@require_safe
def live(request: HttpRequest) -> JsonResponse:
    return JsonResponse({"status": "ok"})


@never_cache
@require_safe
def ready(request: HttpRequest) -> JsonResponse:
    try:
        mail_late = oldest_due_age() > MAIL_LATE_AFTER
    except DatabaseError:
        logger.exception("The database does not answer")
        return JsonResponse({"status": "unavailable", "failed": ["database"]}, status=503)
    parts = {"broker": not _broker_answers(), "mail": mail_late, "storage": not _storage_writes()}
    degraded = [part for part, failed in parts.items() if failed]
    return JsonResponse({"status": "degraded" if degraded else "ok", "degraded": degraded})


def _broker_answers() -> bool:
    """The cache and the broker are one Redis."""
    if not settings.CELERY_BROKER_URL:
        return True
    try:
        cache.get("health")
    except RedisError:
        return False
    return True


def _storage_writes() -> bool:
    try:
        default_storage.delete(default_storage.save("health/probe", ContentFile(b"")))
    except OSError:
        return False
    return True
