"""Django's PostgreSQL, with a check of its connections that costs no round trip, and with ends to
how long anybody waits for a peer that is gone without a word."""

import select
from typing import Any

from django.db.backends.postgresql import base

from runfit.lock_timeout import REQUEST_SECONDS, in_request

SILENCE: dict[str, Any] = {
    "connect_timeout": 5,
    # A query that nobody acknowledges, and an answer that never comes since the network is cut.
    "tcp_user_timeout": 15_000,
    "keepalives_idle": 10,
    "keepalives_interval": 5,
    "keepalives_count": 3,
}
"""For libpq. What DATABASE_URL says counts more: `?connect_timeout=20`."""
SERVER_SILENCE = (
    "SET tcp_keepalives_idle = 30; SET tcp_keepalives_interval = 10; SET tcp_keepalives_count = 3;"
    "SET idle_in_transaction_session_timeout = '5min'"
)
"""The same from the other end: a process that is gone must not keep its locks for hours. Set with
SET, because connection poolers refuse the libpq parameter `options`. There's no statement timeout:
building an index may take as long as it takes."""


class DatabaseWrapper(base.DatabaseWrapper):
    connection: Any

    def get_connection_params(self) -> dict[str, Any]:
        return {**SILENCE, **super().get_connection_params()}

    def get_new_connection(self, conn_params: dict[str, Any]) -> Any:
        connection = super().get_new_connection(conn_params)
        connection.autocommit = True  # as Django sets it anyway, or the words would open a block
        with connection.cursor() as cursor:
            cursor.execute(SERVER_SILENCE)
            if in_request():
                cursor.execute(f"SET lock_timeout = {REQUEST_SECONDS * 1000:.0f}")
        return connection

    def is_usable(self) -> bool:
        """Django asks SELECT 1 in every request. A server that has gone away closes its end, which
        shows without asking, so only a connection with something to read, or one that met an error,
        is asked. One that died in a query is closed, and has no socket."""
        if self.connection.closed:
            return False
        if not self.errors_occurred and self._is_quiet():
            return True
        return super().is_usable()

    def _is_quiet(self) -> bool:
        poll = select.poll()
        poll.register(self.connection.fileno(), select.POLLIN)
        return not poll.poll(0)
