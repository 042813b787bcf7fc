"""Pictures, clips, and guides, as of the moment of a snapshot, and back."""

from contextlib import suppress
from pathlib import Path

from runfit.lib.files import OWNER_FOLDER
from runfit.lib.storage import PROBES, files


def media_gather(folder: Path) -> None:
    """Adds to a folder the files that are there now. Called before and right after the moment of a
    snapshot: what's deleted meanwhile, or later, stays in the folder."""
    for name in files().names():
        target = folder / name
        if not name.startswith(f"{PROBES}/") and not target.exists():
            target.parent.mkdir(mode=OWNER_FOLDER, parents=True, exist_ok=True)
            with suppress(FileNotFoundError):
                files().copy_out(name, target)


def media_is_empty() -> bool:
    return next(files().names(), None) is None


def media_put_back(folder: Path) -> None:
    """Moves the files to where they belong. What an earlier try put there is replaced."""
    for path in folder.rglob("*"):
        if path.is_file():
            files().move_in(path, path.relative_to(folder).as_posix())
