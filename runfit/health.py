"""Whether the process lives, and whether its parts answer.

Ready fails (503) only without a database: everything else can wait, since deliveries do.
"""

import logging
import uuid
from contextlib import suppress

from django.conf import settings
from django.core.cache import cache
from django.core.files.base import ContentFile
from django.core.files.storage import default_storage
from django.db import Error
from django.http import HttpRequest, JsonResponse
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe
from redis.exceptions import RedisError

from guides import mailserver
from guides.selectors import mail_standing

logger = logging.getLogger(__name__)


@never_cache
@require_safe
def live(request: HttpRequest) -> JsonResponse:
    return JsonResponse({"status": "ok"})


@never_cache
@require_safe
def ready(request: HttpRequest) -> JsonResponse:
    try:
        mail = mail_standing()
        if mail.troubled:
            mailserver.alert()  # here too: there may be no worker to do it
    except Error:
        logger.exception("The database does not answer")
        return JsonResponse({"status": "unavailable", "failed": ["database"]}, status=503)
    fails = {
        "broker": not _broker_answers(),
        "mail": mail.troubled,
        "storage": not _storage_writes(),
    }
    degraded = [part for part, failed in fails.items() if failed]
    figures = {"oldest_due_seconds": int(mail.oldest_due.total_seconds())}
    status = "degraded" if degraded else "ok"
    return JsonResponse({"status": status, "degraded": degraded, **figures})


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
    """A disk that is full still takes an empty file."""
    name = f"health/{uuid.uuid4().hex}"
    try:
        default_storage.save(name, ContentFile(b"probe"))
    except OSError:
        return False
    finally:
        with suppress(OSError):
            default_storage.delete(name)
    return True
