"""Django's PostgreSQL, with a check of its connections that costs no round trip."""

import select
from typing import Any

from django.db.backends.postgresql import base


class DatabaseWrapper(base.DatabaseWrapper):
    connection: Any

    def is_usable(self) -> bool:
        """Asked once in each request. A server that went away has closed its end, and an idle
        connection on which there is something to read is asked a question, as Django does."""
        poll = select.poll()
        poll.register(self.connection.fileno(), select.POLLIN)
        return not poll.poll(0) or super().is_usable()
