from datetime import timedelta

from django.db import DatabaseError
from django.utils import timezone

from guides.models import Delivery
from runfit.settings import redis_cache


def ready(client):
    response = client.get("/health/ready/")
    return response.status_code, response.json()


def test_live_asks_nothing(client, db, django_assert_num_queries):
    with django_assert_num_queries(0):
        assert client.get("/health/live/").json() == {"status": "ok"}


def test_ready_when_all_parts_answer(client, db):
    assert ready(client) == (200, {"status": "ok", "degraded": []})


def test_not_ready_without_a_database(client, monkeypatch):
    def gone() -> timedelta:
        raise DatabaseError("the server closed the connection")

    monkeypatch.setattr("runfit.health.oldest_due_age", gone)

    assert ready(client) == (503, {"status": "unavailable", "failed": ["database"]})


def test_a_dead_broker_degrades(client, db, settings):
    settings.CELERY_BROKER_URL = "redis://127.0.0.1:1/0"
    settings.CACHES = {"default": redis_cache(settings.CELERY_BROKER_URL)}

    assert ready(client) == (200, {"status": "degraded", "degraded": ["broker"]})


def test_storage_that_cannot_be_written_degrades(client, db, settings, tmp_path):
    (tmp_path / "file").write_text("")
    settings.MEDIA_ROOT = tmp_path / "file" / "media"

    assert ready(client) == (200, {"status": "degraded", "degraded": ["storage"]})


def test_mail_that_waits_degrades(client, db):
    Delivery.objects.create(
        masked_email="r•••@example.org",
        dedupe_key="late",
        due_at=timezone.now() - timedelta(minutes=6),
    )

    assert ready(client) == (200, {"status": "degraded", "degraded": ["mail"]})
