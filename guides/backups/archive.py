"""The archive: a compressed tar of the database, the media, and last a manifest.

It's written and read in a stream. The manifest proves it whole: it has a checksum of each file, and
is signed with a key made from SECRET_KEY. A dump is code that the database runs, and without their
key, the rows are of little use.
"""

import json
import tarfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import asdict, dataclass, field, fields
from gzip import BadGzipFile, GzipFile
from hashlib import sha256
from io import BytesIO
from pathlib import Path, PurePosixPath
from typing import IO, Any, BinaryIO, cast
from zlib import error as ZlibError  # noqa: N812 - an exception, named as such

from django.utils.crypto import constant_time_compare, salted_hmac

from guides.backups.faults import BackupError
from runfit.lib.files import OWNER_FILE, OWNER_FOLDER

DATABASE = "database"
MEDIA = "media"
MANIFEST = "manifest.json"
LARGEST_MANIFEST = 256 * 1024 * 1024
BLOCK = 1024 * 1024
FAST = 1  # level of compression: pictures, clips, and PDFs are compressed already

NOT_WHOLE = "is damaged, or was cut off. Take another one."
OTHER_KEY = (
    "was made with another SECRET_KEY. Set that one first (without DATABASE_URL, put it into "
    "secret_key in VAR_DIR): with any other, no link works, and nobody who unsubscribed is known."
)
CHANGED = "was changed after it was made. Take another one."


@dataclass(frozen=True, slots=True)
class Manifest:
    """What an archive holds. `migrations` are those that made its tables, such as
    `guides.0001_initial`; `counts` are rows by table; `files` are checksums by name."""

    made_at: str
    version: str
    database: str
    migrations: list[str]
    counts: dict[str, int]
    files: dict[str, str] = field(default_factory=dict)


def archive_write(out: BinaryIO, *, folder: Path, manifest: Manifest) -> None:
    """Writes all files of a folder, and the manifest with their checksums."""
    with (
        GzipFile(filename="", mode="wb", fileobj=out, compresslevel=FAST) as packed,
        tarfile.open(mode="w|", fileobj=cast(IO[bytes], packed), bufsize=BLOCK) as tar,
    ):
        for path in sorted(path for path in folder.rglob("*") if path.is_file()):
            name = path.relative_to(folder).as_posix()
            manifest.files[name] = _add(tar, path, name)
        content = _signed(manifest)
        tar.addfile(_member(MANIFEST, len(content)), BytesIO(content))


def archive_unpack(source: BinaryIO, *, folder: Path, name: str) -> Manifest:
    """Unpacks an archive that's whole into a folder. Raises BackupError, with `name` in it."""
    sums: dict[str, str] = {}
    manifest = None
    with (
        _damage_named(name),
        GzipFile(mode="rb", fileobj=source) as packed,
        tarfile.open(mode="r|", fileobj=cast(IO[bytes], packed), bufsize=BLOCK) as tar,
    ):
        for member in tar:
            content = tar.extractfile(member)
            if manifest or content is None or not _is_ours(member.name):
                raise BackupError(f"{name} {NOT_WHOLE}")
            if member.name == MANIFEST:
                manifest = _read(content.read(LARGEST_MANIFEST), name)
            else:
                sums[member.name] = _extract(content, folder / member.name)
        while packed.read(BLOCK):  # to the end, where its own checksum is
            pass
    if manifest is None or manifest.files != sums or DATABASE not in sums:
        raise BackupError(f"{name} {NOT_WHOLE}")
    return manifest


@contextmanager
def _damage_named(name: str) -> Iterator[None]:
    try:
        yield
    except (tarfile.TarError, BadGzipFile, ZlibError, EOFError) as error:
        raise BackupError(f"{name} {NOT_WHOLE}") from error


def _is_ours(name: str) -> bool:
    parts = PurePosixPath(name).parts
    return name in {DATABASE, MANIFEST} or (
        parts[:1] == (MEDIA,) and len(parts) > 1 and ".." not in parts
    )


def _member(name: str, size: int) -> tarfile.TarInfo:
    member = tarfile.TarInfo(name)
    member.size, member.mode = size, OWNER_FILE
    return member


def _add(tar: tarfile.TarFile, path: Path, name: str) -> str:
    with path.open("rb") as file:
        hashing = Hashing(file.read)
        tar.addfile(_member(name, path.stat().st_size), cast(IO[bytes], hashing))
    return hashing.digest


def _extract(content: IO[bytes], path: Path) -> str:
    path.parent.mkdir(mode=OWNER_FOLDER, parents=True, exist_ok=True)
    hashing = Hashing(content.read)
    with path.open("xb") as file:
        path.chmod(OWNER_FILE)
        while block := hashing.read(BLOCK):
            file.write(block)
    return hashing.digest


class Hashing:
    """A file that's read once and hashed meanwhile."""

    def __init__(self, read: Callable[[int], bytes]) -> None:
        self._read, self._sum = read, sha256()

    def read(self, size: int) -> bytes:
        block = self._read(size)
        self._sum.update(block)
        return block

    @property
    def digest(self) -> str:
        return self._sum.hexdigest()


def _signed(manifest: Manifest) -> bytes:
    about = asdict(manifest)
    return json.dumps({"manifest": about, "key": _key(), "signature": _signature(about)}).encode()


def _read(content: bytes, name: str) -> Manifest:
    try:
        data = json.loads(content)
        key, about, signature = data["key"], data["manifest"], data["signature"]
        manifest = Manifest(**{field.name: about[field.name] for field in fields(Manifest)})
    except (ValueError, KeyError, TypeError) as error:
        raise BackupError(f"{name} {NOT_WHOLE}") from error
    if not constant_time_compare(str(key), _key()):
        raise BackupError(f"{name} {OTHER_KEY}")
    if not constant_time_compare(str(signature), _signature(about)):
        raise BackupError(f"{name} {CHANGED}")
    return manifest


def _key() -> str:
    """Tells one SECRET_KEY from another, and nothing about it."""
    return salted_hmac("guides.backups.key", "", algorithm="sha256").hexdigest()


def _signature(about: dict[str, Any]) -> str:
    text = json.dumps(about, sort_keys=True)
    return salted_hmac("guides.backups.manifest", text, algorithm="sha256").hexdigest()
