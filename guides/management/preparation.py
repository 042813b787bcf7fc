"""What `prepare` would do now. Only reads."""

from collections.abc import Iterator

from django.conf import settings
from django.contrib.auth import get_user_model
from django.db import connection
from django.db.migrations.executor import MigrationExecutor

from guides import content
from guides.backups.databases import database
from guides.default_content.services import content_loaded
from guides.management.static_files import static_files_are_collected
from guides.publishing.repair import pictures_missing
from runfit.lib.json_format.decoding import decode


def work_left() -> Iterator[str]:
    """One line for each thing. What needs tables is left out until they're there."""
    if database().is_empty():
        yield "Would make the tables, load the default content, and make the first admin"
    elif migrations := migrations_left():
        yield f"Would migrate: {', '.join(migrations)}"
    else:
        yield from _rows_left()
    if not settings.STATIC_BUILT and not static_files_are_collected():
        yield "Would collect static files"


def migrations_left() -> list[str]:
    executor = MigrationExecutor(connection)
    plan = executor.migration_plan(executor.loader.graph.leaf_nodes())
    return [f"{migration.app_label} {migration.name}" for migration, _ in plan]


def _rows_left() -> Iterator[str]:
    for path in sorted(settings.CONTENT_DIR.glob("*.json")):
        data = decode(path.read_bytes())
        if not content_loaded(kind=content.kind(data), data=data):
            yield f"Would load {path.name}"
    pictures = pictures_missing(folder=settings.CONTENT_DIR)
    if pictures:
        yield f"Would bring back {len(pictures)} of the pictures that RunFit comes with"
    if not get_user_model().objects.filter(is_superuser=True).exists():
        yield "Would make the first admin"
