import resource
from datetime import timedelta

from django.db import DatabaseError
from django.utils import timezone

from guides.mailserver import pause, resume
from guides.models import Delivery
from guides.states import UNREACHED, State
from runfit.settings import redis_cache


def ready(client):
    response = client.get("/health/ready/")
    return response.status_code, response.json()


def degraded(client):
    status, answer = ready(client)
    assert (status, answer["status"]) == (200, "degraded" if answer["degraded"] else "ok")
    return answer["degraded"]


def test_live_asks_nothing(client, db, django_assert_num_queries):
    with django_assert_num_queries(0):
        assert client.get("/health/live/").json() == {"status": "ok"}


def test_ready_when_all_parts_answer(client, db):
    assert ready(client) == (200, {"status": "ok", "degraded": [], "oldest_due_seconds": 0})


def test_ready_asks_three_questions_of_the_database(client, db, django_assert_num_queries):
    for number in range(5):
        Delivery.objects.create(masked_email="r•••@example.org", dedupe_key=str(number))

    with django_assert_num_queries(3):
        assert client.get("/health/ready/").status_code == 200


def test_not_ready_without_a_database(client, monkeypatch):
    def gone() -> None:
        raise DatabaseError("the server closed the connection")

    monkeypatch.setattr("runfit.health.mail_standing", gone)

    assert ready(client) == (503, {"status": "unavailable", "failed": ["database"]})


def test_a_dead_broker_degrades(client, db, settings):
    settings.CELERY_BROKER_URL = "redis://127.0.0.1:1/0"
    settings.CACHES = {"default": redis_cache(settings.CELERY_BROKER_URL)}

    assert degraded(client) == ["broker"]


def test_storage_that_cannot_be_written_degrades(client, db, settings, tmp_path):
    (tmp_path / "file").write_text("")
    settings.MEDIA_ROOT = tmp_path / "file" / "media"

    assert degraded(client) == ["storage"]


def test_a_full_disk_degrades_and_keeps_no_probe(client, db, settings):
    limit = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (0, limit[1]))  # it takes files, but no byte
    try:
        found = degraded(client)
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, limit)

    assert found == ["storage"]
    assert list((settings.MEDIA_ROOT / "health").iterdir()) == []


def late(**values):
    due_at = timezone.now() - timedelta(minutes=6)
    return Delivery.objects.create(
        masked_email="r•••@example.org", dedupe_key="late", **{"due_at": due_at, **values}
    )


def test_mail_that_waits_degrades_and_is_told(client, db, caplog):
    late()

    assert degraded(client) == degraded(client) == ["mail"]
    assert ready(client)[1]["oldest_due_seconds"] // 60 == 6
    assert [record.getMessage() for record in caplog.records] == [
        "Mail is late. Is a worker running, does the mail server answer?"
        " The oldest that is due has waited 360 seconds."
    ]


def test_mail_that_waits_for_a_dead_server_degrades(client, db):
    now = timezone.now()
    late(
        state=State.RETRY,
        reason=UNREACHED,
        queued_at=now - timedelta(minutes=9),
        due_at=now + timedelta(minutes=15),
    )

    assert degraded(client) == ["mail"]
    assert ready(client)[1]["oldest_due_seconds"] // 60 == 9


def test_mail_that_a_recipients_server_puts_off_does_not_degrade(client, db):
    now = timezone.now()
    reason = "The mail server asked us to wait (451)."
    hours = timedelta(hours=9)
    late(state=State.RETRY, reason=reason, queued_at=now - hours, due_at=now + hours)

    assert degraded(client) == []


def test_a_pause_degrades_at_once(client, db):
    pause(reason="The mail server refused our sign-in.")

    assert degraded(client) == ["mail"]
    resume()
    assert degraded(client) == []
