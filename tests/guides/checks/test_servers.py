"""Real servers, there and gone."""

import pytest
from django.db import connection

from guides.checks.servers import (
    files_are_kept,
    folder_is_ready,
    one_sender_of_guides,
    redis_answers,
    redis_is_set,
    replica_has_its_primary,
    reports_are_encrypted,
    tables_are_there,
)
from runfit.settings import redis_cache
from tests.guides.checks.found import ids
from tests.support.ports import free_port


@pytest.mark.parametrize(
    ("embedded", "url", "expected"),
    [
        (False, "", ["guides.W009"]),
        (False, "redis://redis:6379/0", []),
        (True, "", []),
    ],
)
def test_missing_redis_is_reported_beside_postgresql(settings, embedded, url, expected):
    settings.EMBEDDED, settings.CELERY_BROKER_URL = embedded, url

    assert ids(redis_is_set()) == expected


def test_a_replica_is_another_server_of_postgresql(settings, monkeypatch):
    same = dict(settings.DATABASES["default"])
    assert ids(replica_has_its_primary()) == []

    settings.REPLICA_URL, settings.EMBEDDED = "postgres://db/runfit", True
    assert ids(replica_has_its_primary()) == ["guides.E012"]

    settings.EMBEDDED = False
    monkeypatch.setitem(settings.DATABASES, "replica", same)
    assert ids(replica_has_its_primary()) == ["guides.E013"]

    monkeypatch.setitem(settings.DATABASES, "replica", {**same, "HOST": "db2"})
    assert ids(replica_has_its_primary()) == []


def test_redis_that_is_down_is_reported(settings):
    assert ids(redis_answers()) == []

    settings.CELERY_BROKER_URL = f"redis://127.0.0.1:{free_port()}/0"
    settings.CACHES = {**settings.CACHES, "default": redis_cache(settings.CELERY_BROKER_URL)}

    assert ids(redis_answers()) == ["guides.W010"]


def test_folder_and_its_static_files_must_be_there(settings, tmp_path):
    settings.VAR_DIR, settings.STATIC_ROOT = tmp_path / "var", tmp_path / "var" / "static"
    assert ids(folder_is_ready()) == ["guides.E006"]

    settings.STATIC_ROOT.mkdir(parents=True)
    assert ids(folder_is_ready()) == ["guides.E007"]

    settings.STATIC_BUILT = True
    assert "Build the image again" in str(folder_is_ready()[0].hint)

    (settings.STATIC_ROOT / "staticfiles.json").touch()
    assert ids(folder_is_ready()) == []


def test_bucket_that_keeps_nothing_is_reported(settings, files_in_bucket, monkeypatch):
    assert ids(files_are_kept()) == []

    monkeypatch.setenv("AWS_ENDPOINT_URL", f"http://127.0.0.1:{free_port()}")
    settings.STORAGES = dict(settings.STORAGES)  # as in a new process

    assert ids(files_are_kept()) == ["guides.E011"]


def test_the_proxy_cannot_send_guides_from_a_bucket(settings):
    settings.ACCEL_LOCATION = "/files/"
    assert ids(one_sender_of_guides()) == []

    settings.FILES_URL = "s3://bucket/folder"
    assert ids(one_sender_of_guides()) == ["guides.E010"]


def test_missing_table_is_reported(db):
    assert ids(tables_are_there()) == []

    with connection.cursor() as cursor:
        cursor.execute("ALTER TABLE guides_delivery RENAME TO gone")

    (found,) = tables_are_there()
    assert (found.id, found.hint) == ("guides.E009", "Run: python manage.py prepare")
    assert "guides_delivery" in found.msg


@pytest.mark.parametrize(
    ("dsn", "expected"),
    [
        ("", []),
        ("https://key@sentry.example.org/1", []),
        ("http://key@127.0.0.1:9000/1", []),
        ("http://key@sentry.example.org/1", ["guides.W012"]),
    ],
)
def test_error_reports_over_http_are_told(settings, dsn, expected):
    settings.SENTRY_DSN = dsn

    assert ids(reports_are_encrypted()) == expected
