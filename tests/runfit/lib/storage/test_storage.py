"""A folder and a bucket do the same. The bucket is on a real server that speaks S3."""

import pytest
from django.core.files.base import ContentFile
from django.core.files.storage import default_storage, storages

from runfit.lib.storage import files, files_in, files_keep, files_missing
from runfit.lib.storage.s3 import Bucket
from tests.support.ports import free_port

NAME = "pictures/bridge.svg"


@pytest.fixture(params=["folder", "bucket"])
def kept(request):
    if request.param == "bucket":
        request.getfixturevalue("files_in_bucket")
    return files()


def test_what_is_written_replaces_what_was_there(kept):
    kept.write(NAME, b"old")
    before = kept.stamp(NAME)
    kept.write(NAME, b"new")

    assert kept.contents(NAME) == b"new"
    assert kept.stamp(NAME) != before


def test_an_upload_never_takes_the_name_of_another(kept):
    first = default_storage.save(NAME, ContentFile(b"first"))
    second = default_storage.save(NAME, ContentFile(b"second"))

    assert first == NAME != second
    assert (kept.contents(first), kept.contents(second)) == (b"first", b"second")


def test_a_list_has_the_files_of_one_folder(kept):
    kept.write(NAME, b"12345")
    kept.write("pictures/more/deep.svg", b"1")
    kept.write("pictures2/other.svg", b"1")

    listed = files_in("pictures")
    assert {name: each.size for name, each in listed.items()} == {"bridge.svg": 5}
    assert abs(listed["bridge.svg"].modified - kept.get_modified_time(NAME)).total_seconds() < 1
    assert files_in("none") == {}


def test_missing_and_empty_files_are_told_apart_from_others(kept):
    kept.write(NAME, b"12345")
    kept.write("practice/empty.png", b"")

    kept.write("top.png", b"1")

    names = [NAME, "top.png", "practice/empty.png", "practice/gone.png"]
    assert files_missing(names) == names[2:]


def test_files_go_out_and_come_back(kept, tmp_path):
    kept.write(NAME, b"12345")
    out = tmp_path / "out"
    kept.copy_out(NAME, out)
    default_storage.delete(NAME)
    assert list(kept.names()) == []

    kept.move_in(out, NAME)

    assert list(kept.names()) == [NAME]
    assert kept.contents(NAME) == b"12345"
    assert not out.exists()


@pytest.mark.parametrize("ask", ["contents", "stamp", "size", "get_modified_time"])
def test_a_file_that_is_not_there_is_named(kept, ask):
    with pytest.raises(FileNotFoundError, match=NAME):
        getattr(kept, ask)(NAME)
    assert not default_storage.exists(NAME)
    default_storage.delete(NAME)


def test_a_copy_of_what_is_not_there_leaves_nothing(kept, tmp_path):
    with pytest.raises(FileNotFoundError):
        kept.copy_out(NAME, tmp_path / "out")
    assert not (tmp_path / "out").exists()


def test_a_probe_is_kept_and_leaves_nothing(kept):
    assert files_keep()
    assert list(kept.names()) == []


def test_an_address_leads_to_runfit(kept):
    assert default_storage.url(NAME) == f"/media/{NAME}"


def test_files_of_another_folder_of_the_bucket_are_not_ours(files_in_bucket):
    Bucket(url="s3://runfit-tests/site2").write(NAME, b"theirs")
    Bucket(url="s3://runfit-tests").write("top.svg", b"top")

    assert list(files().names()) == []
    assert sorted(Bucket(url="s3://runfit-tests").names()) == [f"site2/{NAME}", "top.svg"]


@pytest.fixture
def nobody_listens(files_in_bucket, monkeypatch):
    monkeypatch.setenv("AWS_ENDPOINT_URL", f"http://127.0.0.1:{free_port()}")


@pytest.mark.parametrize("ask", ["contents", "exists"])
def test_a_service_that_is_away_is_an_oserror(nobody_listens, ask):
    with pytest.raises(OSError, match=NAME) as refused:
        getattr(storages["default"], ask)(NAME)
    assert not isinstance(refused.value, FileNotFoundError)


def test_a_service_that_is_away_keeps_nothing(nobody_listens):
    assert not files_keep()
    assert files_missing([NAME]) == [NAME]


def test_a_bucket_that_is_not_there_keeps_nothing(settings, files_in_bucket):
    options = {"url": "s3://nobodys-bucket"}
    backend = "runfit.lib.storage.s3.Bucket"
    settings.STORAGES = {
        **settings.STORAGES,
        "default": {"BACKEND": backend, "OPTIONS": options},
    }

    assert not files_keep()
