"""Malformed raw requests to a real server."""

import socket
from urllib.parse import urlsplit

SECURITY = (
    "content-security-policy",
    "cache-control",
    "cross-origin-opener-policy",
    "cross-origin-resource-policy",
    "permissions-policy",
    "referrer-policy",
    "x-content-type-options",
    "x-frame-options",
)
HOST = b"Host: localhost\r\n"
REQUESTS = {
    b"GET /privacy/?a=b HTTP/1.1\r\n" + HOST + b"Content-Type: x/y; charset=hex\r\n\r\n": 200,
    b"GET / HTTP/1.1\r\n" + HOST + b"User-Agent: \xff\r\nReferer: http://[\r\n\r\n": 200,
    b"GET /admin/ HTTP/1.1\r\n" + HOST + b"Cookie: sessionid=\xff\xfe\r\n\r\n": 302,
    b"GET /privacy/ HTTP/1.1\r\n" + HOST + b"Content-Type: x/y; a*=no-such''%41\r\n\r\n": 400,
    b"GET / HTTP/1.1\r\nHost: [\r\n\r\n": 400,
    b"GET /check/%FF%ED%A0%80%00/ HTTP/1.1\r\n" + HOST + b"\r\n": 404,
    b"GET /media/pictures/" + b"x" * 300 + b" HTTP/1.1\r\n" + HOST + b"\r\n": 404,
    b"OPTIONS * HTTP/1.1\r\n" + HOST + b"\r\n": 404,
    b"GET /" + b"x" * 5000 + b" HTTP/1.1\r\n" + HOST + b"\r\n": 414,
    b"GET / HTTP/1.1\r\n" + HOST + b'Cookie: a="' + b"\\" * 20_000 + b'"\r\n\r\n': 431,
    b"POST /count/ HTTP/1.1\r\n" + HOST + b"Transfer-Encoding: chunked\r\n\r\nzz\r\n": 400,
}
"""Requests and their statuses. Bytes that aren't HTTP are rejected by the HTTP library."""


def answered(site: str) -> dict[bytes, int]:
    """The status of each request, or 0 if its response lacks the security headers."""
    return {request: _status(urlsplit(site).port or 80, request) for request in REQUESTS}


def _status(port: int, request: bytes) -> int:
    with socket.create_connection(("127.0.0.1", port), timeout=10) as connection:
        connection.sendall(request)
        head = b""
        while b"\r\n\r\n" not in head and (piece := connection.recv(65536)):
            head += piece
    first, *headers = head.partition(b"\r\n\r\n")[0].decode("latin-1").lower().split("\r\n")
    names = {line.partition(":")[0] for line in headers}
    return int(first.split()[1]) if names >= {*SECURITY} else 0
