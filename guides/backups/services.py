"""Makes a backup: everything as of one moment, in one archive."""

import time
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import BinaryIO

from django.conf import settings
from django.db import DatabaseError, connection, transaction
from django.db.migrations.recorder import MigrationRecorder
from django.utils import timezone

from guides.backups import encryption, lists
from guides.backups.archive import DATABASE, MEDIA, Manifest, archive_write
from guides.backups.databases import database
from guides.backups.media import media_gather
from guides.backups.stores import Store, scratch, store_at
from guides.models import Backup
from runfit.lib.files import OWNER_FOLDER

NOTED = 100
"""How many backups the desk lists."""


@dataclass(frozen=True, slots=True)
class Made:
    name: str
    size: int
    seconds: float
    rows: int
    tables: int
    files: int
    pruned: list[str]
    noted: bool


def backup_make(*, place: str, keep: int = 0) -> Made:
    """Writes an archive to a folder or an s3:// address. Then, with `keep`, deletes all but the
    newest so many. Raises BackupError, OSError."""
    store, began, made_at = store_at(place), time.monotonic(), timezone.now()
    name = _name(made_at)
    with scratch() as folder:
        manifest = _gather(folder / "content", made_at)
        with store.writing(name) as out:
            with _encrypting(out) as plain:
                archive_write(plain, folder=folder / "content", manifest=manifest)
            size = out.tell()
    lists.list_keep_beside(store=store)
    pruned = store.prune(keep=keep) if keep else []
    seconds = time.monotonic() - began
    noted = _note(name, store, made_at, size, seconds)
    rows, files = sum(manifest.counts.values()), len(manifest.files) - 1
    return Made(name, size, seconds, rows, len(manifest.counts), files, pruned, noted)


def _name(made_at: datetime) -> str:
    ending = encryption.ENDING if settings.BACKUP_KEY else ""
    moment = made_at.astimezone(UTC).strftime("%Y%m%dT%H%M%S%fZ")
    return f"runfit-{moment}.tar.gz{ending}"


def _gather(folder: Path, made_at: datetime) -> Manifest:
    media = folder / MEDIA
    media.mkdir(mode=OWNER_FOLDER, parents=True)
    media_gather(media)
    with database().snapshot() as snapshot:
        media_gather(media)
        snapshot.dump(folder / DATABASE)
        counts = snapshot.counts()
    return Manifest(
        made_at=made_at.isoformat(),
        version=settings.VERSION,
        database=connection.vendor,
        migrations=migrations_applied(),
        counts=counts,
    )


def migrations_applied() -> list[str]:
    rows = MigrationRecorder(connection).applied_migrations()
    return sorted(f"{app}.{name}" for app, name in rows)


@contextmanager
def _encrypting(out: BinaryIO) -> Iterator[BinaryIO]:
    with ExitStack() as stack:
        key = settings.BACKUP_KEY
        yield stack.enter_context(encryption.encrypting(out, key=key)) if key else out


def _note(name: str, store: Store, made_at: datetime, size: int, seconds: float) -> bool:
    """False before an update's migrations: the archive is no worse for that."""
    try:
        with transaction.atomic():
            Backup.objects.create(
                name=name, place=store.place, made_at=made_at, size=size, seconds=round(seconds)
            )
            kept = Backup.objects.values_list("pk", flat=True)[:NOTED]
            Backup.objects.exclude(pk__in=[*kept]).delete()
    except DatabaseError:
        return False
    return True
