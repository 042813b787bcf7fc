"""Atomic file writes."""

import stat

import pytest

from runfit.lib.files import PART, atomic_write


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
