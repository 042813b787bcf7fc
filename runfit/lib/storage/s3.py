"""Files in a bucket, which all hosts share. Only RunFit reads them: visitors get pictures and
guides from RunFit, never an address of the bucket."""

from collections.abc import Hashable, Iterator
from contextlib import contextmanager
from datetime import datetime
from functools import cached_property
from io import BytesIO
from pathlib import Path
from typing import IO, Any
from urllib.parse import urljoin, urlsplit

from boto3.session import Session
from botocore.config import Config
from django.conf import settings
from django.core.files.base import File
from django.utils.encoding import filepath_to_uri
from storages.backends.s3 import S3Storage

from runfit.lib.storage.base import Kept, StoredFiles
from runfit.lib.storage.s3_errors import S3_ERRORS, is_missing

# A page waits for a picture, and a worker for a guide: three tries, about 20 seconds at most.
PATIENCE = Config(  # type: ignore[no-untyped-call]
    connect_timeout=2,
    read_timeout=5,
    retries={"mode": "standard", "total_max_attempts": 3},
    max_pool_connections=32,
)


class Bucket(S3Storage, StoredFiles):  # type: ignore[misc]  # django-storages has no types
    """Credentials, region, and the service's address are those of backups, from AWS_… variables."""

    bucket_name: str
    location: str

    def __init__(self, *, url: str) -> None:
        parts = urlsplit(url)
        super().__init__(
            bucket_name=parts.netloc,
            location=parts.path.strip("/"),
            file_overwrite=False,
        )

    @property
    def place(self) -> str:
        return f"s3://{self.bucket_name}/{self.location}".rstrip("/")

    @cached_property
    def connection(self) -> Any:
        """One for all threads, which its client allows: each would take 10 MB. Boto3 looks for the
        credentials itself, as it does for backups."""
        session: Any = Session()  # type: ignore[no-untyped-call]
        return session.resource("s3", config=PATIENCE)

    @property
    def client(self) -> Any:
        return self.connection.meta.client

    def url(self, name: str | None, **kwargs: Any) -> str:
        return urljoin(settings.MEDIA_URL, filepath_to_uri(name))

    def stamp(self, name: str) -> Hashable:
        with _refusals(name):
            head = self.client.head_object(**self._at(name))
        return self.place, name, head["ETag"], head["ContentLength"]

    def write(self, name: str, content: bytes) -> None:
        with _refusals(name):
            self.client.put_object(**self._at(name), Body=content)

    def kept_in(self, folder: str) -> dict[str, Kept]:
        rows = self._rows(f"{folder}/".lstrip("/"))
        return {name: kept for name, kept in rows if name and "/" not in name}

    def names(self) -> Iterator[str]:
        return (name for name, _ in self._rows(""))

    def copy_out(self, name: str, target: Path) -> None:
        with _refusals(name):
            self.client.download_file(*self._at(name).values(), str(target))

    def move_in(self, path: Path, name: str) -> None:
        with _refusals(name):
            self.client.upload_file(str(path), *self._at(name).values())
        path.unlink()

    def exists(self, name: str) -> bool:
        with _refusals(name):
            return bool(super().exists(name))

    def size(self, name: str) -> int:
        with _refusals(name):
            return int(super().size(name))

    def get_modified_time(self, name: str) -> datetime:
        with _refusals(name):
            return super().get_modified_time(name)

    def delete(self, name: str) -> None:
        with _refusals(name):
            super().delete(name)

    def _open(self, name: str, mode: str = "rb") -> "File[bytes]":
        """The whole file at once, a few MB at most: a reader needn't expect that a part fails."""
        with _refusals(name):
            body: IO[bytes] = self.client.get_object(**self._at(name))["Body"]
            return File(BytesIO(body.read()), name)

    def _save(self, name: str, content: Any) -> str:
        with _refusals(name):
            return str(super()._save(name, content))

    def _rows(self, prefix: str) -> Iterator[tuple[str, Kept]]:
        """Files whose names begin so, without that beginning."""
        top = f"{self._top}{prefix}"
        with _refusals(prefix):
            pages = self.client.get_paginator("list_objects_v2")
            for page in pages.paginate(Bucket=self.bucket_name, Prefix=top):
                for row in page.get("Contents", ()):
                    kept = Kept(row["Size"], row["LastModified"])
                    yield row["Key"].removeprefix(top), kept

    def _at(self, name: str) -> dict[str, str]:
        return {"Bucket": self.bucket_name, "Key": f"{self._top}{name}"}

    @property
    def _top(self) -> str:
        return f"{self.location}/".lstrip("/")


@contextmanager
def _refusals(name: str) -> Iterator[None]:
    """Raises OSError, as a folder does."""
    try:
        yield
    except S3_ERRORS as error:
        if is_missing(error):
            raise FileNotFoundError(f"It isn't there: {name}") from error
        raise OSError(f"{name}: {error}") from error
