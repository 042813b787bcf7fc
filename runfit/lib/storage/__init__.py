"""Where pictures, clips, and guides are kept: a folder, or storage that speaks S3 (FILES_URL)."""

from runfit.lib.storage.base import (
    PROBES,
    Kept,
    StoredFiles,
    files,
    files_in,
    files_keep,
    files_missing,
)

__all__ = ["PROBES", "Kept", "StoredFiles", "files", "files_in", "files_keep", "files_missing"]
