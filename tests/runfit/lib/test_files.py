"""Atomic file writes."""

import os
import stat

import pytest
from django.core.files.base import ContentFile
from django.core.files.storage import FileSystemStorage

from runfit.lib.files import PART, atomic_write, take_permissions


@pytest.mark.parametrize("before", [None, b"old"])
def test_file_appears_once_it_is_complete(tmp_path, before):
    path = tmp_path / "file"
    if before:
        path.write_bytes(before)

    with atomic_write(path) as file:
        file.write(b"new")
        assert (path.read_bytes() if path.exists() else None) == before

    assert path.read_bytes() == b"new"
    assert [*tmp_path.iterdir()] == [path]


def test_failed_write_leaves_the_old_file(tmp_path):
    path = tmp_path / "file"
    path.write_bytes(b"old")

    def interrupted():
        yield b"half"
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt), atomic_write(path) as file:
        file.writelines(interrupted())

    assert path.read_bytes() == b"old"
    assert [*tmp_path.iterdir()] == [path]


def test_unfinished_file_has_the_part_suffix(tmp_path):
    with atomic_write(tmp_path / "file"):
        assert len([*tmp_path.glob(f"*{PART}")]) == len([*tmp_path.iterdir()]) == 1


@pytest.fixture
def careless():
    """A umask that keeps nothing from anyone."""
    before = os.umask(0)
    yield
    os.umask(before)


def modes(folder):
    return {
        str(path.relative_to(folder)): oct(stat.S_IMODE(path.stat().st_mode))
        for path in folder.rglob("*")
    }


@pytest.mark.usefixtures("careless")
def test_what_is_stored_is_for_its_owner(tmp_path):
    with atomic_write(tmp_path / "mail" / "a.eml", parents=True) as file:
        file.write(b"new")
    FileSystemStorage(tmp_path / "media").save("pictures/a.png", ContentFile(b"new"))

    folders = dict.fromkeys(("mail", "media", "media/pictures"), "0o700")
    files = dict.fromkeys(("mail/a.eml", "media/pictures/a.png"), "0o600")
    assert modes(tmp_path) == {**folders, **files}


@pytest.mark.usefixtures("careless")
@pytest.mark.parametrize(("group", "folder", "file"), [(False, 0o700, 0o600), (True, 0o750, 0o640)])
def test_what_others_could_read_is_taken_from_them(tmp_path, settings, group, folder, file):
    settings.MEDIA_ROOT = tmp_path / "media"
    settings.FILE_UPLOAD_PERMISSIONS = file
    settings.FILE_UPLOAD_DIRECTORY_PERMISSIONS = folder
    for name in ("media/guides/a.pdf", "mail/a.eml", "secret_key"):
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / name).write_text("old")
    tmp_path.chmod(0o777)
    (tmp_path / "secret_key").chmod(0o400)

    take_permissions(tmp_path)

    assert stat.S_IMODE(tmp_path.stat().st_mode) == folder
    assert modes(tmp_path) == {
        **dict.fromkeys(("media", "media/guides"), oct(folder)),
        "media/guides/a.pdf": oct(file),
        "mail": "0o700",
        "mail/a.eml": "0o600",
        "secret_key": "0o400",
    }


@pytest.mark.parametrize("permissions", [0o600, 0o644])
def test_file_has_the_requested_permissions(tmp_path, permissions):
    with atomic_write(tmp_path / "file", permissions=permissions):
        (part,) = tmp_path.iterdir()
        assert stat.S_IMODE(part.stat().st_mode) == permissions

    assert stat.S_IMODE((tmp_path / "file").stat().st_mode) == permissions


def test_missing_folders_are_created_only_with_parents(tmp_path):
    path = tmp_path / "some" / "folder" / "file"
    with pytest.raises(FileNotFoundError), atomic_write(path):
        pass

    with atomic_write(path, parents=True) as file:
        file.write(b"new")

    assert path.read_bytes() == b"new"
