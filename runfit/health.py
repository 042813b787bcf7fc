"""Health checks for monitors: liveness, and readiness with the state of each component.

Readiness fails (503) only if no page works. Everything else degrades, since deliveries can wait.
"""

import functools
import logging
import uuid
from contextlib import suppress
from typing import Any

from django.apps import apps
from django.conf import settings
from django.core.cache import cache
from django.db import Error, connection
from django.db.migrations.loader import MigrationLoader
from django.db.migrations.recorder import MigrationRecorder
from django.http import HttpRequest, JsonResponse
from django.templatetags.static import static
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from guides.delivery import circuit_breaker, heartbeats
from guides.selectors import (
    MailStatus,
    ProcessStatus,
    guides_unwell,
    mail_status,
    process_statuses,
)
from runfit.lib.caching import redis_error
from runfit.lib.http import told
from runfit.lib.storage import files_keep

logger = logging.getLogger(__name__)

RETRY_AFTER = "5"  # seconds
STYLES = "runfit/runfit.css"  # on every page


@never_cache
@require_safe
def live(request: HttpRequest) -> JsonResponse:
    return JsonResponse({"status": "ok", "version": settings.VERSION})


@never_cache
@require_safe
def ready(request: HttpRequest) -> JsonResponse:
    try:
        failed = _failed_essentials()
        if failed:
            return _unavailable(*failed)
        mail, parts, guides = mail_status(), process_statuses(), guides_unwell()
    except Error:
        logger.exception("The database does not answer")
        return told(_unavailable("database"))
    if mail.troubled or any(part.silent for part in parts):
        _raise_alerts()
    return _report(mail, parts, guides)


def _unavailable(*failed: str) -> JsonResponse:
    answer = {"status": "unavailable", "failed": failed}
    return JsonResponse(answer, status=503, headers={"Retry-After": RETRY_AFTER})


def _report(mail: MailStatus, parts: list[ProcessStatus], guides: dict[str, bool]) -> JsonResponse:
    degraded = [part for part, is_faulty in faults(mail, parts, guides).items() if is_faulty]
    ages: dict[str, Any] = {part.name: {"age_seconds": _seconds(part)} for part in parts}
    figures = {"oldest_due_seconds": int(mail.oldest_due.total_seconds()), **ages}
    status = "degraded" if degraded else "ok"
    return JsonResponse({"status": status, "degraded": degraded, **figures})


def faults(
    mail: MailStatus, parts: list[ProcessStatus], guides: dict[str, bool]
) -> dict[str, bool]:
    """Whether each part without which pages still work is faulty."""
    return {
        "broker": not broker_keeps(),
        "mail": mail.troubled,
        "storage": not files_keep(),
        **guides,
        **{part.name: part.silent for part in parts},
    }


def _seconds(part: ProcessStatus) -> int | None:
    return None if part.age is None else int(part.age.total_seconds())


def _raise_alerts() -> None:
    """There may be no worker left to raise alerts, so readiness does, at most once an hour. Must
    not fail if the database is read-only."""
    with suppress(Error):
        circuit_breaker.alert()
        heartbeats.alert()


def _failed_essentials() -> list[str]:
    """The failing checks without which no page works."""
    checks = {"tables": is_migrated, "static": _static_collected}
    return [name for name, passes in checks.items() if not passes()]


def is_migrated() -> bool:
    """Whether all tables exist and all migrations are applied."""
    if _tables() - set(connection.introspection.table_names()):
        return False
    return _migrations() <= set(MigrationRecorder.Migration.objects.values_list("app", "name"))


@functools.cache
def _tables() -> frozenset[str]:
    return frozenset(model._meta.db_table for model in apps.get_models() if model._meta.managed) | {
        MigrationRecorder.Migration._meta.db_table
    }


@functools.cache
def _migrations() -> frozenset[tuple[str, str]]:
    """The latest migration of each app in the code."""
    return frozenset(MigrationLoader(None).graph.leaf_nodes())


def _static_collected() -> bool:
    """Looks it up as pages do: the manifest is read once, at process startup."""
    try:
        static(STYLES)
    except ValueError:
        return False
    return True


def broker_keeps() -> bool:
    """The cache and the broker are one Redis, which may answer but refuse writes: a replica, or
    full."""
    if not settings.CELERY_BROKER_URL:
        return True
    key = f"health:{uuid.uuid4().hex}"
    try:
        cache.set(key, key, 10)
        is_stored: bool = cache.get(key) == key
        cache.delete(key)
    except redis_error():
        return False
    return is_stored
