"""The proxies of docs/proxies, as real processes in front of RunFit's web server: whatever headers a
client makes up, it's known by the address that it connects from."""

import json
import os
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from tests.support.ports import free_port, listens
from tests.support.proxies import caddy, haproxy, nginx

CLIENT = "127.0.0.7"
MADE_UP = "198.51.100.66"
FORGERIES = [
    (),
    (f"X-Forwarded-For: {MADE_UP}",),
    (f"X-Forwarded-For: {MADE_UP}", f"X-Forwarded-For: {MADE_UP}"),
    (f"X_Forwarded_For: {MADE_UP}",),
    (f"X-Forwarded_For: {MADE_UP}", f"X_FORWARDED-FOR: {MADE_UP}"),
    (f"x-forwarded-for: {MADE_UP}", f"X_Forwarded_For: {MADE_UP}, {MADE_UP}"),
    (f"X-Real-IP: {MADE_UP}", f"Forwarded: for={MADE_UP}", f"True-Client-IP: {MADE_UP}"),
    ("X-Forwarded-For: ", f"Remote_Addr: {MADE_UP}", f"REMOTE-ADDR: {MADE_UP}"),
]

pytestmark = pytest.mark.proxies


@pytest.fixture(scope="module")
def web() -> Iterator[int]:
    port = free_port()
    with running([sys.executable, "-m", "tests.runfit.forwarded", str(port)], port):
        yield port


@pytest.fixture(params=[nginx, haproxy, caddy], ids=["nginx", "HAProxy", "Caddy"])
def proxy(request: pytest.FixtureRequest, web: int, tmp_path: Path) -> Iterator[int]:
    port = free_port()
    with running(request.param(port, web, tmp_path), port):
        yield port


@contextmanager
def running(command: list[str], port: int, output: Path = Path(os.devnull)) -> Iterator[None]:
    with output.open("w") as file, subprocess.Popen(command, stdout=file, stderr=file) as process:
        try:
            _wait_for(port)
            yield
        finally:
            process.terminate()


def _wait_for(port: int) -> None:
    until = time.monotonic() + 20
    while not listens(port):
        assert time.monotonic() < until, "it doesn't listen"
        time.sleep(0.05)


def answer(port: int, headers: tuple[str, ...]) -> list[str]:
    """The client's address and the host, as the application saw them."""
    text = sent(port, "/", headers)
    return json.loads(text[text.index("[") : text.rindex("]") + 1])


def sent(port: int, path: str, headers: tuple[str, ...] = ()) -> str:
    with socket.create_connection(("127.0.0.1", port), 10, (CLIENT, 0)) as connection:
        lines = [f"GET {path} HTTP/1.1", "Host: runfit.example.org", *headers, "Connection: close"]
        connection.sendall("\r\n".join([*lines, "", ""]).encode())
        return b"".join(iter(lambda: connection.recv(65536), b"")).decode()


@pytest.mark.skipif(
    sys.platform != "linux", reason="Linux alone has more addresses on the loopback"
)
def test_made_up_headers_change_no_address(proxy):
    seen = [answer(proxy, headers) for headers in FORGERIES]

    assert [address for address, _ in seen] == [CLIENT] * len(FORGERIES)
    assert all(host.startswith("runfit.example.org") for _, host in seen)


@pytest.mark.parametrize("is_up", [True, False])
@pytest.mark.parametrize("command", [nginx, haproxy, caddy], ids=["nginx", "HAProxy", "Caddy"])
def test_no_log_of_a_proxy_holds_a_link(web, tmp_path, command, is_up):
    port, output = free_port(), tmp_path / "output"
    with running(command(port, web if is_up else free_port(), tmp_path), port, output):
        status = sent(port, "/guide/1.s3cret/", ("Referer: /guide/1.s3cret/",)).split()[1]

    assert status == "200" if is_up else status in {"502", "503"}
    assert not [path for path in tmp_path.iterdir() if path.is_file() and "s3cret" in read(path)]
    if command is nginx:
        assert f"GET {status}" in read(tmp_path / "runfit.log")
    if command is caddy and not is_up:
        assert "connection refused" in read(output)


def read(path: Path) -> str:
    return path.read_text(errors="replace")


@pytest.mark.parametrize("last", ["X_Forwarded_For", "X-Forwarded_For", "x_forwarded-for"])
def test_header_with_an_underscore_never_counts(web, last):
    """Without a proxy that drops it, and as the last header of all."""
    headers = ("X-Forwarded-For: 203.0.113.9", f"{last}: {MADE_UP}")

    assert answer(web, headers)[0] == "203.0.113.9"
