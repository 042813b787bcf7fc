"""Static files are collected again whenever any has changed, and only then."""

import shutil

import pytest

from guides.management.static_files import COLLECTED, static_files_collect


@pytest.fixture
def source(settings, tmp_path):
    folder = tmp_path / "source"
    folder.mkdir()
    (folder / "page.css").write_text("a { color: red }")
    settings.STATICFILES_DIRS = [folder]
    settings.STATICFILES_FINDERS = ["django.contrib.staticfiles.finders.FileSystemFinder"]
    storage = {"BACKEND": "runfit.static_files.MinifiedStaticFilesStorage"}
    settings.STORAGES = {**settings.STORAGES, "staticfiles": storage}
    settings.VAR_DIR, settings.STATIC_ROOT = tmp_path, tmp_path / "static"
    return folder


def test_collected_once(source):
    assert [static_files_collect(), static_files_collect()] == [True, False]


def test_a_changed_file(source, settings):
    static_files_collect()

    (source / "page.css").write_text("a { color: tan }")  # as long

    assert static_files_collect() is True
    assert len([*settings.STATIC_ROOT.glob("page.*.css")]) == 2


def test_a_deleted_folder(source, settings):
    static_files_collect()

    shutil.rmtree(settings.STATIC_ROOT)

    assert static_files_collect() is True


def test_a_deleted_file(source, settings):
    static_files_collect()
    (hashed,) = settings.STATIC_ROOT.glob("page.*.css")

    hashed.unlink()

    assert static_files_collect() is True
    assert hashed.exists()


def test_a_run_that_was_killed_leaves_no_half_file(source, settings):
    (source / "picture.svg").write_text("<svg></svg>")
    static_files_collect()
    files = [path for path in settings.STATIC_ROOT.glob("picture*") if path.suffix == ".svg"]

    (settings.VAR_DIR / COLLECTED).write_text("")
    for file in files:
        file.write_text("<sv")

    assert static_files_collect() is True
    assert [file.read_text() for file in files] == ["<svg></svg>"] * 2


def test_a_run_that_failed_is_done_again(source, settings):
    static_files_collect()
    (source / "page.css").write_text("a { background: url(missing.png) }")

    for _ in range(2):
        with pytest.raises(ValueError, match=r"missing\.png"):
            static_files_collect()
    assert (settings.VAR_DIR / COLLECTED).read_text() == ""
