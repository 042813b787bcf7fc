"""Static files as browsers load them."""

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import PurePosixPath
from typing import Any

from django.core.files.base import ContentFile
from django.core.files.storage import Storage
from rcssmin import cssmin
from rjsmin import jsmin
from whitenoise.storage import CompressedManifestStaticFilesStorage

OURS = "runfit/"
MINIFIERS = {".css": cssmin, ".js": jsmin}


class MinifiedStaticFilesStorage(CompressedManifestStaticFilesStorage):
    """Hashed and compressed. Our own style sheets and scripts lose their comments and spaces first:
    on a slow line, the first paint waits for each byte."""

    def post_process(
        self, paths: dict[str, tuple[Any, str]], *args: Any, **options: Any
    ) -> Iterator[Any]:
        sources = {
            name: (MinifiedSource(storage), path) if name.startswith(OURS) else (storage, path)
            for name, (storage, path) in paths.items()
        }
        yield from super().post_process(sources, *args, **options)  # type: ignore[no-untyped-call]


@dataclass(frozen=True)
class MinifiedSource:
    """Opens files of a storage without their comments and spaces."""

    storage: Storage

    def open(self, path: str) -> "ContentFile[bytes]":
        with self.storage.open(path) as file:
            return ContentFile(minified(path, file.read()))


def minified(path: str, content: bytes) -> bytes:
    minify = MINIFIERS.get(PurePosixPath(path).suffix)
    return minify(content.decode()).encode() if minify else content
