"""Socket and file limits that granian has no options for."""

import resource
import socket
from contextlib import suppress
from pathlib import Path

UNREAD_MS = 60_000
KEEPALIVE_AFTER = 60
MOST_OPEN = 65_536


def allow_many_files() -> int:
    """Raise the limit on open files, since every connection is one. Returns the limit."""
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    most = MOST_OPEN if hard == resource.RLIM_INFINITY else min(hard, MOST_OPEN)
    if soft != resource.RLIM_INFINITY and soft < most:
        with suppress(ValueError, OSError):
            resource.setrlimit(resource.RLIMIT_NOFILE, (most, hard))
            return most
    return soft if soft != resource.RLIM_INFINITY else most


def set_tcp_timeouts() -> None:
    """Makes Linux close connections whose peer reads nothing for a minute, or is gone. Connections
    inherit this from the listening socket, which granian creates."""
    files = Path("/proc/self/fd")
    if not files.is_dir():
        return
    for name in [file.name for file in files.iterdir()]:
        with suppress(OSError):  # not a socket, or the directory's own descriptor
            candidate = socket.socket(fileno=int(name))
            try:
                if _listens(candidate):
                    candidate.setsockopt(socket.SOL_SOCKET, socket.SO_KEEPALIVE, 1)
                    candidate.setsockopt(socket.IPPROTO_TCP, socket.TCP_KEEPIDLE, KEEPALIVE_AFTER)
                    candidate.setsockopt(socket.IPPROTO_TCP, socket.TCP_USER_TIMEOUT, UNREAD_MS)
            finally:
                candidate.detach()  # it isn't ours to close


def _listens(candidate: socket.socket) -> bool:
    by_network = candidate.family in {socket.AF_INET, socket.AF_INET6}
    return by_network and bool(candidate.getsockopt(socket.SOL_SOCKET, socket.SO_ACCEPTCONN))
