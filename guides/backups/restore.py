"""Puts a backup into an empty place, or tries it in a scratch place.

The order makes it safe to break off anywhere. Nothing is touched before the archive
is proved whole. Files come first; then the tables in one transaction, with all mail held; then what
was decided since the backup is done again. A mark in VAR_DIR lets the same archive go on.
"""

from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import BinaryIO

from django.conf import settings
from django.contrib.sessions.models import Session
from django.core.management import call_command
from django.db.migrations.loader import MigrationLoader

from guides import selectors
from guides.backups import encryption
from guides.backups.archive import DATABASE, MEDIA, Manifest, archive_unpack
from guides.backups.databases import database, database_check
from guides.backups.faults import BackupError
from guides.backups.lists import list_take_over
from guides.backups.media import media_is_empty, media_put_back
from guides.backups.stores import Store, scratch, store_of
from guides.consents.replay import Replayed, erasures_replay
from guides.delivery.hold import doubtful_mark, hold_finish, hold_statements
from guides.models import MailServer
from runfit.lib.files import create_private
from runfit.lib.storage import files

MARK = "restore.mark"
NOT_EMPTY = (
    "{what} isn't empty. A restore only goes into an empty place, so that nothing is lost: {where}."
)


@dataclass(frozen=True, slots=True)
class Checked:
    """What was compared. `missing` are files that the database names and the archive lacks."""

    made_at: datetime
    tables: int
    rows: int
    files: int


@dataclass(frozen=True, slots=True)
class Restored:
    made_at: datetime
    doubtful: int
    replayed: Replayed | None
    files_missing: list[str]


def archive_check(*, archive: str, key_file: Path | None = None) -> Checked:
    """Restores into a scratch place, and compares every count and checksum. Raises BackupError."""
    with _unpacked(archive, key_file) as (folder, manifest, _):
        counts = database().counts_of(folder / DATABASE, folder=folder)
    for table in sorted({*counts, *manifest.counts}):
        found, expected = counts.get(table), manifest.counts.get(table)
        if found != expected:
            raise BackupError(f"{table} has {found} rows, and should have {expected}.")
    made_at = datetime.fromisoformat(manifest.made_at)
    return Checked(made_at, len(counts), sum(counts.values()), len(manifest.files) - 1)


def archive_restore(*, archive: str, key_file: Path | None = None) -> Restored:
    """Raises BackupError; nothing was changed then. After anything worse, try again."""
    with _unpacked(archive, key_file) as (folder, manifest, store):
        if not _is_put_back(archive):
            _put_back(folder, archive)
        return _finish(manifest, store)


@contextmanager
def _unpacked(archive: str, key_file: Path | None) -> Iterator[tuple[Path, Manifest, Store]]:
    store, name = store_of(archive)
    with ExitStack() as stack:
        folder = stack.enter_context(scratch())
        try:
            source = stack.enter_context(store.reading(name))
        except OSError as error:
            raise BackupError(f"{archive} can't be read: {error.strerror or error}.") from error
        with _decrypted(source, key_file, name) as plain:
            manifest = archive_unpack(plain, folder=folder, name=name)
        database_check(manifest.database)
        _check_release(manifest, name)
        yield folder, manifest, store


@contextmanager
def _decrypted(source: BinaryIO, key_file: Path | None, name: str) -> Iterator[BinaryIO]:
    if not name.endswith(encryption.ENDING):
        yield source
        return
    with encryption.decrypting(source, key_file=key_file, name=name) as plain:
        yield plain


def _check_release(manifest: Manifest, name: str) -> None:
    known = {f"{app}.{migration}" for app, migration in MigrationLoader(None).disk_migrations}
    apps = {migration.partition(".")[0] for migration in known}
    newer = [own for own in manifest.migrations if own.partition(".")[0] in apps]
    if unknown := sorted(set(newer) - known):
        raise BackupError(
            f"{name} was made by version {manifest.version}, which is newer "
            f"(it has {unknown[-1]}). Install that one."
        )


def _is_put_back(archive: str) -> bool:
    """Whether an earlier try of the same archive got as far as the tables."""
    if database().is_empty():
        return False
    if _mark().exists() and _mark().read_text(encoding="utf-8") == archive:
        return MailServer.objects.exclude(held_since=None).exists()
    return False


def _put_back(folder: Path, archive: str) -> None:
    began = _mark().exists()
    if not database().is_empty():
        where = "make another database, or with bin/run, use --fresh"
        raise BackupError(NOT_EMPTY.format(what="The database", where=where))
    if not (began or media_is_empty()):
        where = f"move {files().place} aside, or name another place"
        raise BackupError(NOT_EMPTY.format(what="The place of pictures and guides", where=where))
    create_private(_mark())
    _mark().write_text(archive, encoding="utf-8")
    media_put_back(folder / MEDIA)
    database().put_back(folder / DATABASE, then=hold_statements())


def _finish(manifest: Manifest, store: Store) -> Restored:
    """Safe to repeat. Nothing is released before its end."""
    call_command("migrate", verbosity=0)
    doubtful = doubtful_mark()
    Session.objects.all().delete()  # also those that were ended since
    replayed = None
    if list_take_over(store=store):
        replayed = erasures_replay(path=settings.ERASURE_LIST)
    hold_finish()
    _mark().unlink(missing_ok=True)
    made_at = datetime.fromisoformat(manifest.made_at)
    return Restored(made_at, doubtful, replayed, selectors.files_missing())


def _mark() -> Path:
    return settings.VAR_DIR / MARK
