"""The check of a connection that costs no round trip."""

import pytest
from django.db import connection, connections
from django.test.utils import CaptureQueriesContext

pytestmark = pytest.mark.only_postgres


@pytest.fixture
def other(transactional_db):
    """A connection beside the test's own."""
    copy = connection.copy()
    copy.ensure_connection()
    yield copy
    copy.close()


def test_a_connection_that_is_well_is_not_asked(other):
    with CaptureQueriesContext(other) as captured:
        assert other.is_usable()

    assert not captured


def test_a_connection_whose_server_went_away_is_not_used(other):
    with connections["default"].cursor() as cursor:
        # Waits until it is gone.
        backend = other.connection.info.backend_pid
        cursor.execute("SELECT pg_terminate_backend(%s, 10000)", [backend])

    assert not other.is_usable()
