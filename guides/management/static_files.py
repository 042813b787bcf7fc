"""Collects static files, which takes a second, only if any has changed."""

import json
from collections.abc import Iterator
from hashlib import sha256
from importlib.metadata import version
from pathlib import Path

from django.conf import settings
from django.contrib.staticfiles.finders import get_finders
from django.core.management import call_command

from runfit.lib.files import create_private

PACKAGES = ("django", "whitenoise", "rcssmin", "rjsmin")
COLLECTED = "static-files"
"""Beside the folder: what's in it can be asked for over HTTP. Empty while files are collected."""
MANIFEST = "staticfiles.json"


def static_files_collect() -> bool:
    """Whether there was anything to do."""
    if static_files_are_collected():
        return False
    note, state = settings.VAR_DIR / COLLECTED, _state()
    # A run that ended halfway leaves halves of files, which the next one takes for whole.
    broken_off = note.exists() and not note.read_text()
    create_private(note)
    note.write_text("")
    call_command("collectstatic", interactive=False, clear=broken_off, verbosity=0)
    note.write_text(state)
    return True


def static_files_are_collected() -> bool:
    note = settings.VAR_DIR / COLLECTED
    return note.exists() and note.read_text() == _state() and _all_there()


def _all_there() -> bool:
    manifest = settings.STATIC_ROOT / MANIFEST
    if not manifest.exists():
        return False
    names = json.loads(manifest.read_text())["paths"].values()
    return all((settings.STATIC_ROOT / name).exists() for name in names)


def _state() -> str:
    """Of all files, and of what turns them into those that browsers load."""
    return sha256("\n".join([*_tools(), *sorted(_files())]).encode()).hexdigest()


def _tools() -> Iterator[str]:
    yield from map(version, PACKAGES)
    yield _stamp(settings.BASE_DIR / "runfit" / "static_files.py")


def _files() -> Iterator[str]:
    for finder in get_finders():
        for path, storage in finder.list([]):
            yield _stamp(Path(storage.path(path)))


def _stamp(path: Path) -> str:
    """The time of change, which no program can set back as it can the time of writing."""
    file = path.stat()
    return f"{path} {file.st_size} {file.st_ctime_ns}"
