"""The list of erasures, beside the archives: one that was made earlier needs it, too."""

from django.conf import settings

from guides.backups.stores import Store
from runfit.lib.files import create_private

NAME = "erasures.txt"


def list_keep_beside(*, store: Store) -> None:
    """Adds the lines of this host's list to the one beside the archives."""
    own = _lines(settings.ERASURE_LIST.read_bytes()) if settings.ERASURE_LIST.exists() else set()
    beside = _lines(store.read(NAME))
    if own - beside:
        with store.writing(NAME) as file:
            file.write(_joined(own | beside))


def list_take_over(*, store: Store) -> bool:
    """Adds the lines beside the archives to this host's list. False if there are none anywhere."""
    path = settings.ERASURE_LIST
    own = _lines(path.read_bytes()) if path.exists() else set()
    missing = _lines(store.read(NAME)) - own
    if missing:
        create_private(path)
        with path.open("ab") as file:
            file.write(b"\n" + _joined(missing))
    return bool(own or missing)


def _lines(content: bytes) -> set[bytes]:
    return {line for line in content.splitlines() if line.strip()}


def _joined(lines: set[bytes]) -> bytes:
    return b"".join(line + b"\n" for line in sorted(lines))
