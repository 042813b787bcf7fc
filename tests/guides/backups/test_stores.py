"""Folders, and storage that speaks S3, as a real server of it."""

import os
import time

import pytest
from django.core.management import CommandError, call_command

from guides.backups.stores import Folder, store_at
from guides.models import Backup

NAMES = [f"runfit-2026010{day}T000000000000Z.tar.gz" for day in range(1, 4)]


@pytest.fixture(params=["folder", "bucket"])
def store(request, tmp_path, settings):
    settings.VAR_DIR = tmp_path / "here"
    if request.param == "folder":
        return Folder(tmp_path / "backups")
    return store_at(request.getfixturevalue("bucket"))


def write(store, name, content=b"content"):
    with store.writing(name) as file:
        file.write(content)


def test_a_file_has_its_name_once_it_is_whole(store):
    with store.writing(NAMES[0]) as file:
        file.write(b"half")
        file.flush()
        assert NAMES[0] not in store.names()

    assert store.read(NAMES[0]) == b"half"


def test_what_fails_leaves_nothing(store):
    with pytest.raises(TypeError, match="bytes"), store.writing(NAMES[0]) as file:
        file.writelines([b"half", "and no bytes"])

    assert not [*store.names()]
    assert store.read(NAMES[0]) == b""


def test_only_the_newest_archives_are_kept_and_nothing_else_goes(store):
    for name in [*reversed(NAMES), "erasures.txt", f"{NAMES[0]}.copy"]:
        write(store, name)

    assert store.prune(keep=2) == NAMES[:1]
    assert sorted(store.names()) == sorted([*NAMES[1:], "erasures.txt", f"{NAMES[0]}.copy"])


def test_what_a_killed_backup_left_behind_goes_after_a_day(tmp_path):
    folder = Folder(tmp_path)
    write(folder, NAMES[0])
    fresh, old = (tmp_path / f".runfit-{name}.part" for name in ("fresh", "old"))
    for path in (fresh, old):
        path.touch()
    os.utime(old, (0, time.time() - 25 * 3600))

    write(folder, NAMES[1])

    assert {path.name for path in tmp_path.iterdir()} == {*NAMES[:2], fresh.name}


@pytest.mark.django_db(transaction=True)
def test_to_a_bucket_and_back(bucket, settings, tmp_path, capsys):
    settings.VAR_DIR, settings.ERASURE_LIST = tmp_path, tmp_path / "erasures.txt"
    call_command("backup", bucket, "--keep", "1")
    call_command("backup", f"{bucket}/", "--keep", "1")
    name = capsys.readouterr().out.splitlines()[2].partition(":")[0]

    call_command("restore", "--check", f"{bucket}/{name}")

    assert "all as they were" in capsys.readouterr().out
    assert [*store_at(bucket).names()] == [name]
    assert {row.place for row in Backup.objects.all()} == {bucket}
    assert not list(tmp_path.glob(".backup-*"))
    with pytest.raises(CommandError, match="It isn't in s3://runfit-tests/site"):
        call_command("restore", "--check", f"{bucket}/none.tar.gz")


@pytest.mark.django_db(transaction=True)
def test_a_bucket_that_is_not_there_is_named(bucket, settings, tmp_path):
    settings.VAR_DIR = tmp_path
    for place, refusal in {
        "s3://none/x": "s3://none/x can't be used: .*NoSuchBucket",
        "s3://": "s3:// names no bucket",
    }.items():
        with pytest.raises(CommandError, match=refusal):
            call_command("backup", place)

    assert not Backup.objects.exists()


@pytest.mark.django_db(transaction=True)
def test_a_folder_that_takes_nothing_is_named(settings, tmp_path):
    settings.VAR_DIR = tmp_path / "here"
    (tmp_path / "file").touch()

    with pytest.raises(CommandError, match=r"No backup was made in .+: File exists"):
        call_command("backup", str(tmp_path / "file"))
