"""System checks for misconfiguration. Some need the database: `check --database default`."""

import os
from collections.abc import Callable, Sequence
from typing import Any

from django.conf import settings
from django.core import checks
from django.db import DEFAULT_DB_ALIAS, DatabaseError, transaction

from assessments import selectors
from assessments.models import Assessment

Messages = list[checks.CheckMessage]


@checks.register("servers", deploy=True)
def default_check_is_published(**kwargs: Any) -> Messages:
    return _run(_unpublished_default, [DEFAULT_DB_ALIAS])


@checks.register(checks.Tags.database)
def live_editions_can_be_read(databases: Sequence[str] | None = None, **kwargs: Any) -> Messages:
    return _run(_unreadable_editions, databases)


@checks.register()
def erasure_list_can_be_written(**kwargs: Any) -> Messages:
    folder = settings.ERASURE_LIST.parent
    if folder == settings.VAR_DIR or os.access(folder, os.W_OK):
        return []
    return [
        checks.Error(
            f"ERASURE_LIST is in {folder}, where RunFit can't write.",
            hint="Create the folder for the account that runs RunFit, or name another file.",
            id="assessments.E001",
        )
    ]


def _run(check: Callable[[], Messages], databases: Sequence[str] | None) -> Messages:
    """Ignores database errors: `migrate` runs these checks before the tables exist."""
    if not databases or "default" not in databases:
        return []
    try:
        with transaction.atomic():
            return check()
    except DatabaseError:
        return []


def _unpublished_default() -> Messages:
    slug = settings.DEFAULT_CHECK
    if not slug or Assessment.objects.filter(slug=slug, editions__isnull=False).exists():
        return []
    return [
        checks.Warning(
            f"DEFAULT_CHECK names “{slug}”, but no self-check of that name is published.",
            hint="Correct the name or publish it. Until then, the home page offers another one.",
            id="assessments.W001",
        )
    ]


def _unreadable_editions() -> Messages:
    return [
        checks.Warning(
            f"The live version of “{slug}” can't be read, so its pages fail.",
            hint="A newer release wrote it, or someone edited it. Restore it or publish again.",
            id="assessments.W002",
        )
        for slug in Assessment.objects.values_list("slug", flat=True)
        if not _can_be_read(slug)
    ]


def _can_be_read(slug: str) -> bool:
    edition = selectors.edition_live(slug)
    try:
        return edition is None or bool(selectors.edition_definition(edition))
    except ValueError:  # not JSON, or not a valid definition
        return False
