"""What the server's sockets must know, where only the system can be told."""

import resource
import socket
from contextlib import suppress
from pathlib import Path

UNREAD_MS = 60_000
KEEPALIVE_AFTER = 60
MOST_OPEN = 65_536


def allow_many_files() -> int:
    """A connection is a file. How many one process may have."""
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    most = MOST_OPEN if hard == resource.RLIM_INFINITY else min(hard, MOST_OPEN)
    if soft != resource.RLIM_INFINITY and soft < most:
        with suppress(ValueError, OSError):
            resource.setrlimit(resource.RLIMIT_NOFILE, (most, hard))
            return most
    return soft if soft != resource.RLIM_INFINITY else most


def end_what_is_never_read() -> None:
    """Linux ends a connection whose peer takes nothing for a minute, or is gone without a word.
    Connections inherit this from the socket that listens, which granian makes."""
    files = Path("/proc/self/fd")
    if not files.is_dir():
        return
    for name in [file.name for file in files.iterdir()]:
        with suppress(OSError):  # no socket, or the one of the folder itself
            each = socket.socket(fileno=int(name))
            try:
                if _listens(each):
                    each.setsockopt(socket.SOL_SOCKET, socket.SO_KEEPALIVE, 1)
                    each.setsockopt(socket.IPPROTO_TCP, socket.TCP_KEEPIDLE, KEEPALIVE_AFTER)
                    each.setsockopt(socket.IPPROTO_TCP, socket.TCP_USER_TIMEOUT, UNREAD_MS)
            finally:
                each.detach()  # it is not ours to close


def _listens(each: socket.socket) -> bool:
    by_network = each.family in {socket.AF_INET, socket.AF_INET6}
    return by_network and bool(each.getsockopt(socket.SOL_SOCKET, socket.SO_ACCEPTCONN))
