"""The attacked site: its content, answers, and web server."""

import http.client
import itertools
import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator, Mapping
from contextlib import ExitStack, contextmanager
from io import StringIO
from pathlib import Path
from urllib.parse import urlencode

from django.conf import settings
from django.core.management import call_command
from django.db import connections

from assessments.models import Submission
from assessments.selectors import edition_live
from assessments.submissions.services import submission_create
from tests.support.http_runner import ANSWERS
from tests.support.ports import free_port, listens
from tests.support.proxies import nginx

CSRF = "a" * 32
"""Any will do, if cookie and field agree."""
_numbers = itertools.count()


def prepare() -> None:
    call_command("prepare", stdout=StringIO())


def submission() -> Submission:
    """The answers of another runner, who may ask for the guide."""
    edition = edition_live("tight-hips")
    assert edition is not None
    answers = {key: value for key, value in ANSWERS.items() if key != "safety"}
    nonce = f"attack {next(_numbers)}"
    made = submission_create(
        edition=edition, answers=answers | {"worst_pain": 2}, safety=["none"], nonce=nonce
    )
    return Submission.objects.select_related("edition__assessment").get(token=made.token)


class Browser:
    """One kept connection to the site."""

    def __init__(self, port: int) -> None:
        self.connection = http.client.HTTPConnection("127.0.0.1", port, timeout=60)

    def post(self, path: str, fields: Mapping[str, str], client: str) -> tuple[int, float, str]:
        """The status, the time in seconds, and the page."""
        headers = {
            "Content-Type": "application/x-www-form-urlencoded",
            "Host": "localhost",
            "X-Forwarded-For": client,
            "Cookie": f"csrftoken={CSRF}",
        }
        begun = time.perf_counter()
        self.connection.request(
            "POST", path, urlencode({**fields, "csrfmiddlewaretoken": CSRF}), headers
        )
        response = self.connection.getresponse()
        body = response.read()
        return response.status, time.perf_counter() - begun, body.decode()


@contextmanager
def web(**environ: str) -> Iterator[Browser]:
    """The web server; with more than one trusted proxy, nginx in front of it."""
    port = free_port()
    command = [sys.executable, "-m", "runfit.server", "--port", str(port), "--workers", "2"]
    connections.close_all()
    with ExitStack() as stack:
        stack.enter_context(_listening(command, port, environ))
        if settings.TRUSTED_PROXIES > 1:
            folder = Path(stack.enter_context(tempfile.TemporaryDirectory()))
            web, port = port, free_port()
            stack.enter_context(_listening(nginx(port, web, folder), port, {}))
        yield Browser(port)


@contextmanager
def _listening(command: list[str], port: int, environ: Mapping[str, str]) -> Iterator[None]:
    environ = {**os.environ, **environ}
    with subprocess.Popen(command, env=environ, stderr=subprocess.DEVNULL) as process:
        try:
            while not listens(port):
                time.sleep(0.1)
            yield
        finally:
            process.terminate()


def client(number: int) -> str:
    """One of many client addresses."""
    return f"10.{number >> 16 & 255}.{number >> 8 & 255}.{number & 255}"
