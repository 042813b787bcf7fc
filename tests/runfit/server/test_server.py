"""The web server over real connections."""

import json
import os
import signal
import socket
import subprocess
import sys
import time
from contextlib import closing, contextmanager, suppress
from pathlib import Path

import pytest

from runfit.server.request_bodies import TOO_MUCH
from runfit.server.wsgi_bridge import THREADS
from tests.runfit.server.serving import PIECE, PIECES
from tests.support.ports import free_port, listens
from tests.support.processes import wait_for

ALL = len(PIECE) * PIECES


@contextmanager
def serving(workers=1):
    port = free_port()
    command = [sys.executable, "-m", "tests.runfit.server.serving", str(port), str(workers)]
    with subprocess.Popen(command) as process:
        wait_for(lambda: listens(port), "the server")
        try:
            yield port, process
        finally:
            process.terminate()
            process.wait(20)


@pytest.fixture(scope="module")
def port():
    with serving() as (port, _):
        yield port


@pytest.fixture
def connect(port):
    opened = []

    def connect(*, taking=None):
        each = socket.socket()
        if taking:
            each.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, taking)
        each.settimeout(10)
        each.connect(("127.0.0.1", port))
        opened.append(each)
        return each

    yield connect
    for each in opened:
        each.close()


def say(connection, *lines, body=b""):
    connection.sendall("\r\n".join([*lines, "", ""]).encode() + body)


def heard(connection):
    """Read until the server closes the connection."""
    pieces = []
    try:
        while piece := connection.recv(1 << 16):
            pieces.append(piece)
    except ConnectionResetError:
        pass
    return b"".join(pieces)


def answer(connect, *lines, body=b""):
    """The status and body of one response."""
    first, *others = lines
    with closing(connect()) as connection:
        say(connection, f"{first} HTTP/1.1", "Host: h", "Connection: close", *others, body=body)
        head, _, rest = heard(connection).partition(b"\r\n\r\n")
    return int(head.split()[1]), rest


def told(connect, *lines, body=b""):
    status, rest = answer(connect, *lines, body=body)
    assert status == 200
    return json.loads(rest)


def test_slow_body_is_refused_and_holds_no_thread(connect):
    slow = [connect() for _ in range(4 * THREADS)]
    begun = time.monotonic()
    for each in slow:
        say(each, "POST /count/ HTTP/1.1", "Host: h", "Content-Length: 50", body=b"a")

    assert told(connect, "GET /")["REQUEST_METHOD"] == "GET"
    assert time.monotonic() - begun < 0.5
    for each in slow:
        assert heard(each).startswith(b"HTTP/1.1 408 ")
    assert time.monotonic() - begun < 5


def test_trickling_body_is_refused(connect):
    connection = connect()
    say(connection, "POST / HTTP/1.1", "Host: h", "Content-Length: 90000")
    begun = time.monotonic()
    with suppress(OSError):
        while time.monotonic() < begun + 5:
            connection.sendall(b"a")
            time.sleep(0.1)

    assert time.monotonic() - begun < 3


def test_large_upload_has_time_while_it_makes_progress(connect):
    body = b"b" * 250_000
    connection = connect()
    say(
        connection, "POST /admin/upload/ HTTP/1.1", "Host: h", "Connection: close",
        f"Content-Length: {len(body)}",
    )  # fmt: skip
    for start in range(0, len(body), 50_000):
        connection.sendall(body[start : start + 50_000])
        time.sleep(0.2)

    assert json.loads(heard(connection).partition(b"\r\n\r\n")[2])["body"] == len(body)


SAID = {
    "nothing": b"",
    "a part of a line": b"GET / HTT",
    "a part of the headers": b"GET / HTTP/1.1\r\nHost: h\r\n",
    "nothing more": b"GET / HTTP/1.1\r\nHost: h\r\n\r\n",
}


def test_idle_connection_is_closed(connect):
    connections = [connect() for _ in SAID]
    for connection, said in zip(connections, SAID.values(), strict=True):
        connection.sendall(said)
    begun = time.monotonic()

    for connection in connections:
        heard(connection)

    assert time.monotonic() - begun < 4


def test_http2_prior_knowledge_is_refused(connect):
    connection = connect()
    connection.sendall(b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n")

    assert not heard(connection)


def test_chunked_body_is_read(connect):
    said = told(
        connect, "POST /", "Transfer-Encoding: chunked", body=b"3\r\nabc\r\n4\r\ndefg\r\n0\r\n\r\n"
    )

    assert (said["body"], said["CONTENT_LENGTH"]) == (7, "7")


def test_expect_100_continue_is_answered(connect):
    connection = connect()
    say(connection, "POST / HTTP/1.1", "Host: h", "Content-Length: 3", "Expect: 100-continue")
    assert connection.recv(100).startswith(b"HTTP/1.1 100 Continue")
    connection.sendall(b"abc")

    assert b'"body": 3' in connection.recv(5000)


@pytest.mark.parametrize(
    "begin",
    [b"Content-Length: 10\r\n\r\nabc", b"Transfer-Encoding: chunked\r\n\r\n3\r\nabc\r\n"],
    ids=["shorter than said", "without an end"],
)
def test_truncated_body_never_reaches_the_application(connect, begin):
    connection = connect()
    connection.sendall(b"POST / HTTP/1.1\r\nHost: h\r\n" + begin)
    connection.shutdown(socket.SHUT_WR)

    assert b'"body"' not in heard(connection)


def test_too_long_body_is_refused(connect):
    large, larger = "Content-Length: 100001", "Content-Length: 1000001"
    chunks = b"20000\r\n" + b"c" * 0x20000 + b"\r\n"

    # Django checks the Content-Length, and has a page for it.
    assert told(connect, "POST /check/", large)["CONTENT_LENGTH"] == "100001"
    assert answer(connect, "POST /admin/", larger, body=b"c" * 1_000_001)[0] == 413
    assert answer(connect, "POST /check/", "Transfer-Encoding: chunked", body=chunks)[0] == 413


@pytest.mark.parametrize("kind", ["multipart/form-data; boundary=b", " Multipart/Form-Data"])
def test_too_long_multipart_form_is_refused(connect, kind):
    """Django only checks the length of other bodies, and would see an empty form here."""
    body = b"d" * 100_001
    said = (f"Content-Type: {kind}", f"Content-Length: {len(body)}")

    assert answer(connect, "POST /check/", *said, body=body) == (413, TOO_MUCH.encode())


def test_wsgi_environ(connect):
    said = told(
        connect, "GET /a%20b/caf%C3%A9?x=%20", "X-Forwarded-For: 10.0.0.1",
        "X-Forwarded-For: 10.0.0.2", "X_Forwarded_For: 10.0.0.3", "Cookie: a=1", "Cookie: b=2",
    )  # fmt: skip

    assert said["PATH_INFO"].encode("latin-1").decode() == "/a b/café"
    assert said["QUERY_STRING"] == "x=%20"
    assert said["HTTP_X_FORWARDED_FOR"] == "10.0.0.1,10.0.0.2"  # not the header with an underscore
    assert said["HTTP_COOKIE"] == "a=1; b=2"
    assert (said["REMOTE_ADDR"], said["SERVER_PROTOCOL"]) == ("127.0.0.1", "HTTP/1.1")


def test_application_error_is_a_bare_500(connect):
    assert answer(connect, "GET /broken")[0] == 500
    assert told(connect, "GET /")


def test_head_response_has_no_body(connect):
    assert answer(connect, "HEAD /stream") == (200, b"")


@pytest.mark.parametrize("path", ["/stream", "/whole"])
def test_slow_clients_hold_no_thread(connect, path):
    for each in [connect(taking=4096) for _ in range(2 * THREADS)]:
        say(each, f"GET {path} HTTP/1.1", "Host: h", "Connection: close")
        each.recv(100)

    begun = time.monotonic()
    assert told(connect, "GET /")
    assert time.monotonic() - begun < 0.8


@pytest.mark.parametrize("path", ["/stream", "/whole"])
def test_client_that_pauses_gets_everything(connect, path):
    connection = connect()
    say(connection, f"GET {path} HTTP/1.1", "Host: h", "Connection: close")
    connection.recv(100)
    time.sleep(0.3)

    assert len(heard(connection)) > ALL


@pytest.mark.skipif(sys.platform != "linux", reason="Linux alone can be told to")
def test_unread_response_is_dropped(connect):
    connections = {path: connect(taking=4096) for path in ("/stream", "/whole")}
    for path, connection in connections.items():
        say(connection, f"GET {path} HTTP/1.1", "Host: h", "Connection: close")
    time.sleep(3.5)

    for connection in connections.values():
        assert len(heard(connection)) < ALL


def test_files_are_sent_without_a_thread(connect, tmp_path):
    small, large = tmp_path / "small", tmp_path / "large"
    small.write_bytes(b"small")
    large.write_bytes(PIECE * 10)

    assert answer(connect, f"GET /file?{small}") == (200, b"small")
    assert answer(connect, f"GET /file?{large}") == (200, PIECE * 10)


def test_shutdown_finishes_open_requests():
    with serving() as (port, process):
        idle, busy = (socket.create_connection(("127.0.0.1", port), 10) for _ in range(2))
        with idle, busy:
            say(idle, "GET / HTTP/1.1", "Host: h")
            assert idle.recv(5000)
            say(busy, "GET /slow HTTP/1.1", "Host: h")
            time.sleep(0.2)
            process.terminate()
            begun = time.monotonic()

            assert b'"PATH_INFO": "/slow"' in heard(busy)
            assert process.wait(20) == 0
            assert time.monotonic() - begun < 5


def children(process):
    return Path(f"/proc/{process.pid}/task/{process.pid}/children").read_text().split()


@pytest.mark.skipif(sys.platform != "linux", reason="asks /proc")
def test_killed_process_is_respawned_while_the_other_serves():
    with serving(workers=2) as (port, process):
        wait_for(lambda: len(children(process)) == 2, "both")
        killed = children(process)[0]
        os.kill(int(killed), signal.SIGKILL)

        for _ in range(50):
            with socket.create_connection(("127.0.0.1", port), 10) as visitor:
                say(visitor, "GET / HTTP/1.1", "Host: h", "Connection: close")
                with suppress(ConnectionResetError):  # of the killed process
                    heard(visitor)
            if killed not in children(process) and len(children(process)) == 2:
                break
            time.sleep(0.05)

        assert killed not in children(process)
        assert len(children(process)) == 2
