"""A 1.5 MB guide behind nginx: RunFit checks the link, nginx sends the file."""

import os
import shutil
import socket
import statistics
import threading
import time
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import timedelta

from django.core.files.base import ContentFile
from django.core.files.storage import default_storage
from django.utils import timezone

from benchmarks import runners
from benchmarks.bench import Bench
from benchmarks.comparison import Row
from benchmarks.load import Server
from benchmarks.turns import Sides, Turn, Work
from guides import selectors, signed_links
from guides.models import Contact, DownloadLink, GuideEdition
from tests.support.ports import free_port, listens
from tests.support.processes import Process, wait_for

SIZE = 1_500_000
NAME = "guides/uploads/bench.pdf"
CONFIG = """\
{user}
daemon off;
worker_processes 2;
pid {folder}/nginx.pid;
error_log {folder}/nginx-error.log;
events {{ worker_connections 1024; }}
http {{
    access_log off;
    sendfile on;
    client_body_temp_path {folder}/nginx-body;
    proxy_temp_path {folder}/nginx-proxy;
    fastcgi_temp_path {folder}/nginx-fastcgi;
    uwsgi_temp_path {folder}/nginx-uwsgi;
    scgi_temp_path {folder}/nginx-scgi;
    upstream site {{ server 127.0.0.1:{site}; keepalive 16; }}
    upstream ceiling {{ server 127.0.0.1:{ceiling}; keepalive 16; }}
    server {{
        listen 127.0.0.1:{port};
        proxy_http_version 1.1;
        proxy_set_header Connection "";
        proxy_set_header Host 127.0.0.1;
        location /static/ {{ alias {media}/; }}
        location /files/ {{ internal; alias {media}/; }}
        location /unsigned/ {{ proxy_pass http://ceiling; }}
        location / {{ proxy_pass http://site; }}
    }}
}}
"""
SLOW_READERS = 20
SLOW_BYTES, SLOW_PAUSE = 4096, 0.1
LOOKS = 10


@dataclass
class Behind:
    """nginx and the URLs to request."""

    server: Server
    signed: str
    static = f"/static/{NAME}"
    unsigned = f"/unsigned/{NAME}"

    def get(self, path: str) -> Work:
        def work(seconds: float) -> Turn:
            turn = self.server.get(path, seconds, {})
            return Turn(turn.done, turn.seconds)

        return work


@contextmanager
def behind_nginx(bench: Bench) -> Iterator[Behind]:
    port = free_port()
    site = bench.serve("runfit.rsgi:application", environ={"ACCEL_LOCATION": "/files/"})
    config = bench.folder / "nginx.conf"
    config.write_text(
        CONFIG.format(
            user="user root;" if os.geteuid() == 0 else "",
            folder=bench.folder,
            site=site.port,
            ceiling=bench.ceiling.port,
            port=port,
            media=default_storage.path("").rstrip("/"),
        )
    )
    nginx = Process([str(shutil.which("nginx")), "-c", config], bench.folder / "nginx.log")
    try:
        wait_for(lambda: listens(port), "nginx")
        behind = Behind(Server(nginx, port), f"/guide/{token()}/download/")
        whole = [
            behind.server.fetch(path, {}).body
            for path in (behind.signed, behind.static, behind.unsigned)
        ]
        assert {len(body) for body in whole} == {SIZE}
        yield behind
    finally:
        nginx.stop()
        site.process.stop()


def token() -> str:
    """The URL of an edition with an uploaded PDF."""
    live = selectors.guide_live_for("tight-hips")
    assert live
    if not default_storage.exists(NAME):
        default_storage.save(NAME, ContentFile(b"%PDF-1.7\n".ljust(SIZE, b"x")))
    content = GuideEdition.objects.values_list("content", flat=True).get(pk=live.pk)
    uploaded, _ = GuideEdition.objects.get_or_create(
        guide=live.guide, number=1000, defaults={"content": content, "upload": NAME}
    )
    submission = runners.submission(runners.live(), runners.ANSWERS)
    contact, _ = Contact.objects.get_or_create(
        email_key="reader@example.org", defaults={"email": "reader@example.org"}
    )
    link = DownloadLink.objects.create(
        contact=contact,
        submission=submission,
        edition=uploaded,
        profile=submission.profile,
        expires_at=timezone.now() + timedelta(days=1),
    )
    return signed_links.guide_token(link)


@contextmanager
def beside_static(bench: Bench) -> Iterator[Sides]:
    with behind_nginx(bench) as behind:
        yield behind.get(behind.signed), behind.get(behind.static)


@contextmanager
def beside_unsigned(bench: Bench) -> Iterator[Sides]:
    with behind_nginx(bench) as behind:
        yield behind.get(behind.signed), behind.get(behind.unsigned)


@contextmanager
def meanwhile(bench: Bench) -> Iterator[Sides]:
    """The time of another page while twenty clients read slowly."""
    with behind_nginx(bench) as behind:

        def looks(seconds: float) -> Turn:
            with slow_readers(behind):
                took = [timed(f"{behind.server.url}/check/tight-hips/") for _ in range(LOOKS)]
            return Turn(1, statistics.median(took))

        yield looks, lambda seconds: Turn(1, 0.1)


@contextmanager
def slow_readers(behind: Behind) -> Iterator[None]:
    over = threading.Event()
    request = f"GET {behind.signed} HTTP/1.1\r\nHost: 127.0.0.1\r\n\r\n".encode()

    def read() -> None:
        with socket.create_connection(("127.0.0.1", behind.server.port)) as line:
            line.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, SLOW_BYTES)
            line.sendall(request)
            begun.release()
            while not over.wait(SLOW_PAUSE) and line.recv(SLOW_BYTES):
                pass

    begun = threading.Semaphore(0)
    threads = [threading.Thread(target=read) for _ in range(SLOW_READERS)]
    for thread in threads:
        thread.start()
    try:
        for _ in threads:
            begun.acquire()
        yield
    finally:
        over.set()
        for thread in threads:
            thread.join()


def timed(url: str) -> float:
    begun = time.monotonic()
    with urllib.request.urlopen(url) as answer:
        answer.read()
    return time.monotonic() - begun


NEEDS = ("wrk", "nginx")
ROWS = (
    Row(
        "download",
        "Download of 1.5 MB with a signed link, behind nginx",
        "nginx, the file alone",
        beside_static,
        at_least=0.5,
        needs=NEEDS,
    ),
    Row(
        "download-unsigned",
        "the same",
        "a view that says X-Accel-Redirect and asks for nothing",
        beside_unsigned,
        at_least=0.85,
        needs=NEEDS,
    ),
    Row(
        "download-meanwhile",
        "Another page while 20 download slowly",
        "100 ms",
        meanwhile,
        at_most=1,
        needs=NEEDS,
    ),
)
