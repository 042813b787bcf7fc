"""Files in MEDIA_ROOT."""

import os
import shutil
from collections.abc import Hashable, Iterator
from datetime import UTC, datetime
from pathlib import Path

from django.conf import settings
from django.core.files.storage import FileSystemStorage

from runfit.lib.files import PART, atomic_write, make_folders
from runfit.lib.storage.base import Kept, StoredFiles


class Folder(FileSystemStorage, StoredFiles):
    @property
    def place(self) -> str:
        return str(self.location)

    def stamp(self, name: str) -> Hashable:
        stat = Path(self.path(name)).stat()
        return self.path(name), stat.st_size, stat.st_mtime_ns, stat.st_ino

    def write(self, name: str, content: bytes) -> None:
        with atomic_write(Path(self.path(name)), parents=True) as file:
            file.write(content)

    def kept_in(self, folder: str) -> dict[str, Kept]:
        try:
            entries = [each for each in os.scandir(self.path(folder)) if each.is_file()]
        except FileNotFoundError:
            return {}
        return {each.name: _kept(each.stat()) for each in entries}

    def names(self) -> Iterator[str]:
        top = Path(self.location)
        for path in top.rglob("*"):
            if path.suffix != PART and path.is_file() and not path.is_symlink():
                yield path.relative_to(top).as_posix()

    def copy_out(self, name: str, target: Path) -> None:
        """A link where the disk knows such, since a file never changes once it has its name."""
        try:
            os.link(self.path(name), target)
        except FileNotFoundError:
            raise
        except OSError:
            try:
                shutil.copyfile(self.path(name), target)
            except FileNotFoundError:
                target.unlink(missing_ok=True)
                raise

    def move_in(self, path: Path, name: str) -> None:
        target = Path(self.path(name))
        make_folders(target.parent)
        path.chmod(settings.FILE_UPLOAD_PERMISSIONS)
        with path.open("rb") as file:
            os.fsync(file.fileno())
        path.replace(target)


def _kept(stat: os.stat_result) -> Kept:
    return Kept(stat.st_size, datetime.fromtimestamp(stat.st_mtime, UTC))
