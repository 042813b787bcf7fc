import resource
import shutil
import time
from datetime import timedelta

import pytest
from django.db import DatabaseError, OperationalError, connection
from django.utils import timezone

from guides.delivery import heartbeats
from guides.delivery.circuit_breaker import pause, resume
from guides.models import Delivery, Heartbeat
from guides.reasons import UNREACHED
from guides.states import State
from runfit import __version__
from runfit.settings import redis_cache
from tests.support.ports import free_port
from tests.support.redis_server import Redis


def ready(client):
    response = client.get("/health/ready/")
    return response.status_code, response.json()


def degraded(client):
    status, answer = ready(client)
    assert (status, answer["status"]) == (200, "degraded" if answer["degraded"] else "ok")
    return answer["degraded"]


def test_live_needs_no_queries(client, db, django_assert_num_queries):
    with django_assert_num_queries(0):
        assert client.get("/health/live/").json() == {"status": "ok", "version": __version__}


def test_ready_when_all_components_work(client, db):
    heartbeats.seen("deliver")
    status, answer = ready(client)

    age = answer.pop("deliver")["age_seconds"]
    assert (status, answer) == (200, {"status": "ok", "degraded": [], "oldest_due_seconds": 0})
    assert 0 <= age < 60


def test_ready_takes_seven_queries(client, db, django_assert_num_queries):
    ready(client)  # fills the caches
    for number in range(5):
        Delivery.objects.create(masked_email="r•••@example.org", dedupe_key=str(number))

    with django_assert_num_queries(7):
        assert client.get("/health/ready/").status_code == 200


def test_not_ready_without_a_database(client, db, monkeypatch, caplog):
    def gone() -> None:
        raise DatabaseError("the server closed the connection")

    monkeypatch.setattr("runfit.health.mail_status", gone)

    assert ready(client) == (503, {"status": "unavailable", "failed": ["database"]})
    assert caplog.messages == ["The database does not answer"]


@pytest.mark.parametrize(
    "wound",
    [
        'ALTER TABLE "accounts_attempt" RENAME TO "elsewhere"',
        "DELETE FROM django_migrations WHERE app = 'guides' AND name <> '0001_initial'",
        'ALTER TABLE "django_migrations" RENAME TO "elsewhere"',
    ],
    ids=["a table is gone", "a migration waits", "no migration is known"],
)
def test_not_ready_without_all_tables(client, db, wound):
    with connection.cursor() as cursor:
        cursor.execute(wound)

    assert ready(client) == (503, {"status": "unavailable", "failed": ["tables"]})


def test_not_ready_without_collected_static_files(client, db, settings):
    settings.STORAGES = {
        **settings.STORAGES,
        "staticfiles": {"BACKEND": "whitenoise.storage.CompressedManifestStaticFilesStorage"},
    }

    assert ready(client) == (503, {"status": "unavailable", "failed": ["static"]})


def told(caplog):
    return [record.getMessage() for record in caplog.records if record.levelname == "CRITICAL"]


def test_a_mail_loop_that_never_ran_degrades_after_a_minute(client, db, monkeypatch, caplog):
    assert degraded(client) == []
    monkeypatch.setattr("guides.selectors.heartbeats._began", time.monotonic() - 61)

    assert degraded(client) == degraded(client) == ["deliver"]
    assert ready(client)[1]["deliver"] == {"age_seconds": None}
    assert told(caplog) == [
        "Not running: deliver (never seen). Mail and daily counts may be delayed."
    ]


def ran(name, **ago):
    Heartbeat.objects.update_or_create(
        name=name, defaults={"seen_at": timezone.now() - timedelta(**ago)}
    )


@pytest.mark.redis
@pytest.mark.usefixtures("up_for_long")
def test_worker_and_beat_are_reported_with_their_age(client, db, settings, redis_url, caplog):
    use(redis_url, settings)
    ran("worker", seconds=50)
    ran("beat", minutes=2)
    ran("deliver", days=3)  # left from before Redis was set up

    assert degraded(client) == ["beat"]
    answer = ready(client)[1]
    assert 50 <= answer["worker"]["age_seconds"] < 60
    assert 120 <= answer["beat"]["age_seconds"] < 180
    assert "deliver" not in answer
    ran("worker", seconds=61)
    assert degraded(client) == ["worker", "beat"]
    assert [line.partition(" (")[0] for line in told(caplog)] == [
        "Not running: beat",
        "Not running: worker",
    ]


def test_read_only_database_is_ready_but_degraded(client, db, up_for_long):
    def refuse(execute, sql, params, many, context):
        if not sql.lstrip().startswith("SELECT"):
            raise OperationalError("database is locked")
        return execute(sql, params, many, context)

    late()
    with connection.execute_wrapper(refuse):
        assert degraded(client) == ["mail", "deliver"]


def use(url, settings):
    settings.CELERY_BROKER_URL = url
    settings.CACHES = {"default": redis_cache(url)}


@pytest.fixture
def own_redis(tmp_path, settings):
    """A Redis that the test may reconfigure."""
    redis = Redis(free_port(), tmp_path)
    redis.start()
    use(f"redis://127.0.0.1:{redis.port}/0", settings)
    yield redis
    redis.kill()


@pytest.mark.skipif(not shutil.which("redis-server"), reason="needs redis-server")
def test_broker_that_refuses_writes_degrades(client, db, own_redis):
    tell = own_redis.client.execute_command
    assert degraded(client) == []

    tell("REPLICAOF", "127.0.0.1", "1")
    assert degraded(client) == ["broker"]
    tell("REPLICAOF", "NO", "ONE")
    assert degraded(client) == []

    tell("CONFIG", "SET", "maxmemory", "1")
    assert degraded(client) == ["broker"]
    tell("CONFIG", "SET", "maxmemory", "0")
    assert degraded(client) == []

    tell("CONFIG", "SET", "requirepass", "other")
    own_redis.client.client_kill_filter(_type="normal", skipme=True)
    assert degraded(client) == ["broker"]


def test_a_dead_broker_degrades(client, db, settings):
    use("redis://127.0.0.1:1/0", settings)

    assert degraded(client) == ["broker"]


def test_unwritable_storage_degrades(client, db, settings, tmp_path):
    (tmp_path / "file").write_text("")
    settings.MEDIA_ROOT = tmp_path / "file" / "media"

    assert degraded(client) == ["storage"]


def test_full_disk_degrades_and_leaves_no_probe_file(client, db, settings):
    limit = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(
        resource.RLIMIT_FSIZE, (0, limit[1])
    )  # files can be created, but not written
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


def test_waiting_mail_degrades_and_raises_an_alert(client, db, caplog):
    late()

    assert degraded(client) == degraded(client) == ["mail"]
    assert ready(client)[1]["oldest_due_seconds"] // 60 == 6
    assert [record.getMessage() for record in caplog.records] == [
        "Mail is late. Is a worker running? Does the mail server answer?"
        " The oldest due email has waited 360 seconds."
    ]


def test_mail_waiting_for_a_dead_server_degrades(client, db):
    now = timezone.now()
    late(
        state=State.RETRY,
        reason=UNREACHED,
        queued_at=now - timedelta(minutes=9),
        due_at=now + timedelta(minutes=15),
    )

    assert degraded(client) == ["mail"]
    assert ready(client)[1]["oldest_due_seconds"] // 60 == 9


def test_mail_deferred_by_a_recipients_server_does_not_degrade(client, db):
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
