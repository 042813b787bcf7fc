"""The edition of the default content that this RunFit comes with, as files."""

from collections.abc import Callable, Mapping
from contextlib import suppress
from dataclasses import dataclass
from hashlib import sha256
from pathlib import Path

from django.conf import settings

from assessments.definition import parse
from guides.content import Kind, parse_guide, parse_library
from guides.content import kind as content_kind
from guides.default_content.parts import Content, Data, pictures
from guides.pdf.file_integrity import checksum
from guides.publishing.library import picture_of
from runfit.lib.caching import lru_cached
from runfit.lib.json_format.decoding import decode
from runfit.lib.json_format.faults import FaultsError
from runfit.lib.json_format.writing import canonical, to_data
from runfit.lib.pictures import PictureRefused


@dataclass(frozen=True, slots=True)
class File:
    """A content file, with the name under which it's noted that it was loaded."""

    name: str
    kind: Kind
    data: Data
    fingerprint: str


@dataclass(frozen=True, slots=True)
class Edition:
    """`files` has at most one of each kind."""

    folder: Path
    files: Mapping[Kind, File]

    @property
    def content(self) -> Content:
        data = {kind: file.data for kind, file in self.files.items()}
        library = data.get("exercises")
        return Content(
            check=data.get("assessment"),
            library=library and {**library, "plans": _plans(library)},
            guide=data.get("guide"),
        )

    def drawings(self) -> dict[str, str]:
        """What tells each picture of an exercise from others, by its file."""
        return {file: drawing_mark(self.folder, file) for file in pictures(self.content)}


PARSERS: Mapping[Kind, Callable[[object], object]] = {
    "assessment": parse,
    "exercises": parse_library,
    "guide": parse_guide,
}


def content_name(kind: Kind, data: Data) -> str:
    """The name under which it's noted that a file was loaded."""
    return kind if kind == "exercises" else f"{kind} {data.get('slug')}"[:100]


def fingerprint(data: object) -> str:
    """What tells an edition of a file from others, however it's laid out."""
    return sha256(canonical(data).encode()).hexdigest()


def edition() -> Edition:
    """What this RunFit comes with. Files that can't be read are left out: loading reports them."""
    folder = Path(settings.CONTENT_DIR)
    files = dict[Kind, File]()
    for path in sorted(folder.glob("*.json")):
        with suppress(OSError, FaultsError):
            file = _read(path, path.stat().st_mtime_ns)
            files.setdefault(file.kind, file)
    return Edition(folder, files)


@lru_cached(maxsize=16)
def _read(path: Path, changed: int) -> File:
    data = decode(path.read_bytes())
    this = content_kind(data)
    return File(content_name(this, data), this, to_data(PARSERS[this](data)), fingerprint(data))


def is_shipped(kind: Kind, data: object, folder: Path) -> bool:
    """Whether it's a file that this RunFit comes with, as it came."""
    this = edition()
    file = this.files.get(kind)
    return file is not None and (folder, fingerprint(data)) == (this.folder, file.fingerprint)


def drawing_mark(folder: Path, file: str) -> str:
    """The length and hash of a picture as it would be stored; blank if it isn't there."""
    try:
        return _mark(folder, file, (folder / file).stat().st_mtime_ns)
    except (OSError, PictureRefused):
        return ""


@lru_cached(maxsize=512)
def _mark(folder: Path, file: str, changed: int) -> str:
    return checksum(picture_of(folder, file).read())


def _plans(library: Data) -> Data:
    """Plans by result type alone: all are for the self-check that comes with RunFit."""
    return {key.rpartition("/")[2]: plan for key, plan in library["plans"].items()}
