"""What the settings lead to: Redis, the database and its tables, the folder."""

import os
from typing import Any
from urllib.parse import urlsplit

from django.apps import apps
from django.conf import settings
from django.core import checks
from django.core.cache import cache
from django.db import DatabaseError, connection

from guides.checks.hosts import SERVERS, SETTINGS, is_loopback
from runfit.lib.caching import redis_error
from runfit.lib.database import replica
from runfit.lib.storage import files, files_keep

PREPARE = "Run: python manage.py prepare"
STATIC_BUILT = "Build the image again, or unset STATIC_DIR."


@checks.register(SETTINGS, deploy=True)
def redis_is_set(**kwargs: Any) -> list[checks.CheckMessage]:
    if settings.EMBEDDED or settings.CELERY_BROKER_URL:
        return []
    return [
        checks.Warning(
            "DATABASE_URL is set, but REDIS_URL isn't: worker and beat can't start.",
            hint="Set REDIS_URL, such as redis://host:6379/0. Or run `manage.py deliver`, once.",
            id="guides.W009",
        )
    ]


@checks.register(SERVERS, deploy=True)
def redis_answers(**kwargs: Any) -> list[checks.CheckMessage]:
    if not settings.CELERY_BROKER_URL:
        return []
    try:
        cache.get("check")
    except redis_error() as error:
        return [
            checks.Warning(
                f"Redis doesn't answer at REDIS_URL: {error}",
                hint="Start it, or correct REDIS_URL. Until then, guides arrive later.",
                id="guides.W010",
            )
        ]
    return []


@checks.register(SETTINGS)
def replica_has_its_primary(**kwargs: Any) -> list[checks.CheckMessage]:
    if not settings.REPLICA_URL:
        return []
    if settings.EMBEDDED:
        return [
            checks.Error(
                "REPLICA_URL is set, but DATABASE_URL isn't: only PostgreSQL has replicas.",
                hint="Set DATABASE_URL, or unset REPLICA_URL.",
                id="guides.E012",
            )
        ]
    one, other = (settings.DATABASES[alias] for alias in ("default", replica.ALIAS))
    if all(one[key] == other[key] for key in ("HOST", "PORT", "NAME")):
        return [
            checks.Error(
                "REPLICA_URL names the same server as DATABASE_URL.",
                hint="Name a standby of it, or unset REPLICA_URL.",
                id="guides.E013",
            )
        ]
    return []


@checks.register(SERVERS, deploy=True)
def replica_follows(**kwargs: Any) -> list[checks.CheckMessage]:
    fault = replica.lag().fault if replica.is_set() else ""
    if not fault:
        return []
    return [
        checks.Warning(
            f"The replica can't be read: {fault}",
            hint="Start it, or correct REPLICA_URL. Until then, the primary is read.",
            id="guides.W013",
        )
    ]


@checks.register(SERVERS, deploy=True)
def folder_is_ready(**kwargs: Any) -> list[checks.CheckMessage]:
    """The manifest names the static files, and is written last."""
    folder = settings.VAR_DIR
    if not os.access(folder, os.W_OK):
        return [
            checks.Error(
                f"VAR_DIR is {folder}, which isn't there, or where RunFit can't write.",
                hint="Give it to the account that runs RunFit, or name another folder.",
                id="guides.E006",
            )
        ]
    if not (settings.STATIC_ROOT / "staticfiles.json").is_file():
        return [
            checks.Error(
                f"The static files in {settings.STATIC_ROOT} are missing.",
                hint=STATIC_BUILT if settings.STATIC_BUILT else PREPARE,
                id="guides.E007",
            )
        ]
    return []


@checks.register(SETTINGS)
def one_sender_of_guides(**kwargs: Any) -> list[checks.CheckMessage]:
    if not (settings.FILES_URL and settings.ACCEL_LOCATION):
        return []
    return [
        checks.Error(
            "ACCEL_LOCATION lets the proxy send guides from VAR_DIR, but FILES_URL moves them.",
            hint="Unset ACCEL_LOCATION: RunFit then sends them itself.",
            id="guides.E010",
        )
    ]


@checks.register(SERVERS, deploy=True)
def files_are_kept(**kwargs: Any) -> list[checks.CheckMessage]:
    if not settings.FILES_URL or files_keep():
        return []
    return [
        checks.Error(
            f"{files().place} doesn't take a file and give it back.",
            hint="Make the bucket, start its service, or correct FILES_URL and the AWS_… settings.",
            id="guides.E011",
        )
    ]


@checks.register(SERVERS, deploy=True)
def tables_are_there(**kwargs: Any) -> list[checks.CheckMessage]:
    try:
        there = set(connection.introspection.table_names())
    except DatabaseError as error:
        reason = str(error).strip().splitlines()[0]
        return [
            checks.Error(
                f"The database can't be reached: {reason}",
                hint="Start it, or correct DATABASE_URL.",
                id="guides.E008",
            )
        ]
    missing = sorted({model._meta.db_table for model in apps.get_models()} - there)
    if not missing:
        return []
    return [
        checks.Error(
            f"{len(missing)} tables are missing in the database, such as {missing[0]}.",
            hint=PREPARE,
            id="guides.E009",
        )
    ]


@checks.register(SETTINGS, deploy=True)
def reports_are_encrypted(**kwargs: Any) -> list[checks.CheckMessage]:
    url = urlsplit(settings.SENTRY_DSN)
    if url.scheme != "http" or is_loopback(str(url.hostname)):
        return []
    return [
        checks.Warning(
            "SENTRY_DSN is not https: errors are sent unencrypted.",
            hint="Use https://. Only a Sentry on this computer may be reached by http://.",
            id="guides.W012",
        )
    ]
