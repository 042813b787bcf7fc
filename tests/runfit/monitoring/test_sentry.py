"""What really reaches Sentry, from a process of its own: the SDK changes Django for good."""

import gzip
import json
import os
import subprocess
import sys

import pytest

from runfit.monitoring.sentry import KEPT
from tests.runfit.test_docs import ROOT
from tests.support.newsletter_tool import running_tool

FAILING = """
import logging, sys
import django
from django.conf import settings
plain = {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"}
settings.STORAGES = {**settings.STORAGES, "staticfiles": plain}
django.setup()
import sentry_sdk
from runfit.wsgi import application

def ask(path):
    environ = {
        "PATH_INFO": path, "QUERY_STRING": "email=query@example.org", "REQUEST_METHOD": "POST",
        "SERVER_NAME": "localhost", "SERVER_PORT": "80", "wsgi.url_scheme": "http",
        "wsgi.input": sys.stdin.buffer, "CONTENT_TYPE": "application/x-www-form-urlencoded",
        "CONTENT_LENGTH": "22", "HTTP_COOKIE": "sessionid=a-secret-session",
        "HTTP_X_FORWARDED_FOR": "203.0.113.9", "REMOTE_ADDR": "203.0.113.9",
        "HTTP_AUTHORIZATION": "Bearer a-secret-key",
    }
    application(environ, lambda *args: None)

ANSWER = "yrev"[::-1]  # lines of the source are sent, too
ask("/result/Secret-token-of-a-runner-0123456789/clearance/")
ask("/result/Secret-token-of-a-runner-0123456789/clearance/")
try:
    raise ValueError("the first line\\nDETAIL: Failing row contains (tight, %s)" % ANSWER)
except ValueError:
    logging.getLogger("x").exception("No mail for %s", "pt@example.org", extra={"row": ANSWER})
for number in range(3):
    logging.getLogger("x").error("Mail is late: %s", number)
sentry_sdk.flush(5)
"""


@pytest.fixture(scope="module")
def reports(tmp_path_factory):
    """The events that a failing request and a logged error send, and all bytes."""
    folder = tmp_path_factory.mktemp("sentry")
    (folder / "static").mkdir()
    with running_tool() as tool:
        environ = {
            **os.environ,
            "DJANGO_SETTINGS_MODULE": "runfit.settings",
            "DATABASE_URL": "", "SITE_URL": "", "SECRET_KEY": "",
            "VAR_DIR": str(folder),
            "SENTRY_DSN": f"http://key@127.0.0.1:{tool.port}/1",
        }  # fmt: skip
        done = subprocess.run(
            [sys.executable, "-c", FAILING], cwd=ROOT, env=environ, check=False,
            input=b"pain=agony&knee=hurts&", capture_output=True,
        )  # fmt: skip
        assert done.returncode == 0, done.stderr.decode()
        sent = [gzip.decompress(body).decode() for _, body in tool.heard]
    events = [json.loads(envelope.split("\n")[2]) for envelope in sent]
    return events, "\n".join(sent)


def test_errors_arrive_each_once(reports):
    events, _ = reports

    *errors, message = events
    assert [event["exception"]["values"][-1]["type"] for event in errors] == [
        "OperationalError",
        "ValueError",
    ]
    assert all(event["exception"]["values"][-1]["stacktrace"]["frames"] for event in errors)
    assert message["logentry"] == {"message": "Mail is late: 0"}


def test_nothing_of_the_visitor_arrives(reports):
    events, everything = reports

    assert events[0]["logentry"] == {"message": "Internal Server Error: /result/…/clearance/"}
    assert {name for event in events for name in event} <= {*KEPT, "logentry", "tags"}
    for secret in ("Secret", "secret", "example.org", "203.0.113.9", "very", "agony", "hurts"):
        assert secret not in everything.replace(FAILING, ""), secret


def test_an_event_names_its_request(reports):
    events, _ = reports

    assert len(events[0]["tags"]["request_id"]) == 32
    assert events[1]["logentry"] == {"message": "No mail for …@…"}
    assert events[1]["exception"]["values"][0]["value"] == "the first line"
