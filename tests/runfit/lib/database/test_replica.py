"""Which database is read. `bin/topology` tries it with a real standby: here, the replica is the
primary by another name."""

import re
from math import inf

import pytest
from django.contrib.auth.models import User
from django.db import connection, connections, router
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from guides.checks.servers import replica_follows
from guides.models import Contact
from runfit.lib import caching
from runfit.lib.csv_export import in_batches
from runfit.lib.database import replica
from runfit.monitoring.doctor import Verdict
from runfit.monitoring.doctor.database import database_findings
from tests.guides.checks.found import ids
from tests.support.ports import free_port

pytestmark = [
    pytest.mark.only_postgres,
    pytest.mark.django_db(transaction=True, databases=["default", replica.ALIAS]),
]


@pytest.fixture(scope="module", autouse=True)
def _by_another_name(django_db_setup):
    own = connection.settings_dict
    connections.settings[replica.ALIAS] = {**own, "TEST": {**own["TEST"], "MIRROR": "default"}}
    yield
    del connections.settings[replica.ALIAS]


@pytest.fixture(autouse=True)
def other(settings, no_expiry):
    settings.DATABASE_ROUTERS = ["runfit.lib.database.replica.ReplicaRouter"]
    yield connections[replica.ALIAS]
    connections[replica.ALIAS].close()
    del connections[replica.ALIAS]


@pytest.fixture
def follows(monkeypatch):
    """As if it were a standby, so many seconds behind."""

    def follows(seconds):
        caching.expire()
        monkeypatch.setattr(replica, "lag", lambda: replica.Lag(seconds, timezone.now()))

    return follows


@pytest.fixture
def gone(other, monkeypatch):
    """Nobody listens where it was."""
    other.close()
    monkeypatch.setitem(other.settings_dict, "PORT", free_port())


def numbers(client):
    if "sessionid" not in client.cookies:
        client.force_login(User.objects.create_superuser("admin"))
    return client.get(reverse("admin:assessments_submission_numbers"))


def test_what_takes_writes_is_no_standby(other):
    assert (replica.lag().seconds, replica.lag().fault) == (inf, replica.NO_STANDBY)
    assert replica.read(replica.chosen) == ("default", None)
    assert replica.caught_up() == "default"
    assert ids(replica_follows()) == ["guides.W013"]


def test_another_database_is_not_read(other, monkeypatch):
    other.close()
    monkeypatch.setitem(other.settings_dict, "NAME", "postgres")

    assert 'relation "django_migrations" does not exist' in replica.lag().fault

    monkeypatch.setattr(replica, "READABLE", "")  # as if it had the same tables
    assert replica.lag().fault == replica.OTHERS


def test_nobody_there(gone):
    assert "refused" in replica.lag().fault
    assert replica.read(replica.chosen) == ("default", None)
    assert replica.caught_up() == "default"
    [found] = [finding for finding in database_findings() if finding.part == "Replica"]
    assert (found.verdict, "refused" in found.text) == (Verdict.NOTE, True)


@pytest.mark.parametrize(
    ("behind", "numbers_from", "downloads_from"),
    [(0, "replica", "replica"), (9, "replica", "default"), (11, "default", "default")],
)
def test_numbers_may_be_seconds_old_and_downloads_may_not(
    follows, behind, numbers_from, downloads_from
):
    follows(behind)

    assert replica.read(replica.chosen)[0] == numbers_from
    assert replica.caught_up() == downloads_from
    assert replica.chosen() == "default"


def test_the_numbers_say_how_old_they_are(client, other, follows):
    follows(5)
    with CaptureQueriesContext(other) as asked:
        page = numbers(client)

    assert re.search(r"Numbers up to \d[^<]*[^.<]\.?</p>", page.text)
    tables = {name for query in asked for name in re.findall(r'FROM "(\w+)"', query["sql"])}
    assert {"assessments_daycount"} <= tables <= {"assessments_daycount", "guides_delivery"}

    follows(11)
    with CaptureQueriesContext(other) as asked:
        page = numbers(client)

    assert "Numbers up to" not in page.text
    assert not asked


def test_a_replica_that_goes_meanwhile_costs_no_page(client, follows, gone, caplog):
    follows(0)

    page = numbers(client)

    assert page.status_code == 200
    assert "Numbers up to" not in page.text
    assert "The replica failed, so the primary is read" in caplog.text


def test_a_download_goes_on_from_the_primary(follows, gone, monkeypatch):
    for number in range(3):
        Contact.objects.create(email=f"r{number}@example.org", email_key=f"r{number}")
    monkeypatch.setattr("runfit.lib.csv_export.BATCH", 2)

    rows = in_batches(Contact.objects.using(replica.ALIAS), lambda contact: contact.pk)

    assert [len(batch) for batch in rows] == [2, 1]


def test_nothing_is_written_there(other):
    Contact.objects.create(email="r@example.org", email_key="r")
    contact = Contact.objects.using(replica.ALIAS).get()
    with CaptureQueriesContext(other) as asked:
        contact.save()
        contact.delete()

    assert not asked
    assert not Contact.objects.exists()
    assert not router.allow_migrate(replica.ALIAS, "guides")
