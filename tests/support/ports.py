"""TCP ports on the loopback interface."""

import random
import socket
from contextlib import suppress

FIRST, LAST = 20_000, 32_767
"""Below the ports of outgoing connections. One of those may be taken at any moment before a server
binds it, even by a connection to itself, which asks whether the server listens yet."""


def free_port() -> int:
    picked = random.SystemRandom()  # of its own: pytest-randomly gives all processes the same seed
    while True:
        with suppress(OSError), socket.socket() as probe:
            probe.bind(("127.0.0.1", picked.randint(FIRST, LAST)))
            return int(probe.getsockname()[1])


def listens(port: int) -> bool:
    try:
        socket.create_connection(("127.0.0.1", port), timeout=1).close()
    except OSError:
        return False
    return True
