"""PgBouncer in front of PostgreSQL: pg_dump's settings must not reach RunFit's pages."""

import pytest
from django.db import connection

from guides.backups import postgresql
from guides.backups.faults import BackupError
from tests.support.pooler import running_pooler

pytestmark = [pytest.mark.only_postgres, pytest.mark.pooler]


@pytest.fixture
def behind(db, settings):
    """Backups go through a pooler in this mode."""

    def behind(mode):
        with running_pooler(mode) as pooler:
            settings.DIRECT_DATABASE = {
                **connection.settings_dict, "HOST": "127.0.0.1", "PORT": pooler.port
            }  # fmt: skip
            with postgresql.snapshot() as snapshot:
                return snapshot.counts()

    return behind


def test_a_backup_needs_sessions_of_its_own(behind):
    with pytest.raises(BackupError, match="DIRECT_DATABASE_URL"):
        behind("transaction")

    assert behind("session")["django_migrations"] > 100


def test_a_backup_goes_past_the_pooler(db, settings, monkeypatch):
    direct = {**connection.settings_dict}
    with running_pooler("transaction") as pooler:
        monkeypatch.setitem(connection.settings_dict, "HOST", "127.0.0.1")
        monkeypatch.setitem(connection.settings_dict, "PORT", pooler.port)
        settings.DIRECT_DATABASE = direct
        with postgresql.snapshot() as snapshot:
            assert snapshot.counts()["django_migrations"] > 100
