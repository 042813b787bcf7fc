"""Django's PostgreSQL backend with a health check that needs no round trip, and with timeouts for
peers that vanish without closing the connection.

Works the same behind a pooler that gives out a session of the server for one transaction at a time
(PgBouncer's `pool_mode = transaction`): each transaction sets its own limits, and cursors of the
server's are only used within one.
"""

import select
from typing import Any

from django.db.backends.postgresql import base
from psycopg2 import extensions

from runfit.lock_timeout import REQUEST_SECONDS, in_request

SILENCE: dict[str, Any] = {
    "connect_timeout": 5,
    # For a query that is never acknowledged, and a result that never comes (cut network).
    "tcp_user_timeout": 15_000,
    "keepalives_idle": 10,
    "keepalives_interval": 5,
    "keepalives_count": 3,
}
"""Defaults for libpq. DATABASE_URL overrides them: `?connect_timeout=20`."""
SERVER_SILENCE = (
    "SET tcp_keepalives_idle = 30; SET tcp_keepalives_interval = 10; SET tcp_keepalives_count = 3"
)
"""The server's side: a dead process must not hold locks for hours. Uses SET, because connection
poolers reject libpq's `options`. A pooler has these toward its own clients."""
IDLE_LIMIT = "SET LOCAL idle_in_transaction_session_timeout = '5min';"
"""For the same. There's no statement timeout, since building an index may take long."""
LOCK_LIMIT = f"SET LOCAL lock_timeout = {REQUEST_SECONDS * 1000:.0f};"


class LimitedCursor(extensions.cursor):  # type: ignore[misc]  # psycopg2 has no types
    """The first statement of each transaction sets its limits, in the same round trip. A statement
    outside of one is a transaction of its own."""

    def execute(self, query: Any, vars: Any = None) -> None:  # noqa: A002 - psycopg2's name
        limits = self._limits()
        if limits:
            query, vars = limits.encode() + self.mogrify(query, vars), None  # noqa: A001
        super().execute(query, vars)

    def _limits(self) -> str:
        info = self.connection.info
        if self.name or info.transaction_status != extensions.TRANSACTION_STATUS_IDLE:
            return ""
        idle = "" if self.connection.autocommit else IDLE_LIMIT
        return idle + LOCK_LIMIT if in_request() else idle


class DatabaseWrapper(base.DatabaseWrapper):
    connection: Any

    def get_connection_params(self) -> dict[str, Any]:
        return {**SILENCE, **super().get_connection_params(), "cursor_factory": LimitedCursor}

    def get_new_connection(self, conn_params: dict[str, Any]) -> Any:
        connection = super().get_new_connection(conn_params)
        connection.autocommit = True  # as Django does later; otherwise SET would open a transaction
        with connection.cursor() as cursor:
            cursor.execute(SERVER_SILENCE)
        return connection

    def chunked_cursor(self) -> Any:
        """Outside of a transaction, behind a pooler, the next statement may meet another session,
        without the cursor. `in_batches` reads long tables there."""
        return super().chunked_cursor() if self.in_atomic_block else self.cursor()

    def is_usable(self) -> bool:
        """Django runs SELECT 1 in every request. A server that goes away closes its end, which
        makes the socket readable, so only a connection with data to read or an error needs the
        query. One that died during a query is closed, and has no socket."""
        if self.connection.closed:
            return False
        if not self.errors_occurred and self._is_quiet():
            return True
        return super().is_usable()

    def _is_quiet(self) -> bool:
        poll = select.poll()
        poll.register(self.connection.fileno(), select.POLLIN)
        return not poll.poll(0)
