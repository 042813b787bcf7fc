"""RunFit compared to other questionnaire apps, with the same six questions and server."""

import html
import json
import os
import re
import subprocess
import urllib.request
from collections.abc import Iterator
from contextlib import AbstractContextManager, closing, contextmanager
from functools import cache, partial
from itertools import repeat
from urllib.parse import urlencode

import psycopg2
from django.conf import settings

from benchmarks import runners, self_checks
from benchmarks.bench import Bench
from benchmarks.comparison import Row
from benchmarks.load import Posts, Server
from benchmarks.rows import posts
from benchmarks.rows.pages import BROWSER
from benchmarks.turns import Sides, Turn, Work
from benchmarks.virtualenv import python_with
from tests.support.postgres import address, database
from tests.support.processes import ROOT

QUESTIONS = 6
PEERS = {"django-form-surveys": "2.5", "django-survey-and-report": "1.5"}
PEERS_ROWS = {
    "django-form-surveys": "djf_surveys_useranswer",
    "django-survey-and-report": "survey_response",
}
ALONGSIDE = ("django", "granian", "psycopg2-binary")  # the same versions as RunFit's
DATABASE = f"{settings.DATABASE_NAME}_peers"
INPUT = re.compile(r"<input\b[^>]*>")
ATTRIBUTE = re.compile(r'([\w-]+)="([^"]*)"')


@contextmanager
def pages(bench: Bench, peer: str) -> Iterator[Sides]:
    server, paths = running(bench)
    edition = self_checks.self_check(QUESTIONS)
    yield (
        partial(bench.site.get, f"/check/{edition.assessment.slug}/", headers=BROWSER),
        partial(server.get, paths[peer], headers=BROWSER),
    )


@contextmanager
def submissions(bench: Bench, peer: str) -> Iterator[Sides]:
    server, paths = running(bench)
    edition = self_checks.self_check(QUESTIONS)
    forms = runners.submissions(edition, self_checks.answers(QUESTIONS))
    path = f"/check/{edition.assessment.slug}/"
    yield (
        posts.posting(bench, bench.site, ((path, form) for form in forms), posts.SUBMISSIONS),
        posting(bench, server, paths[peer], PEERS_ROWS[peer]),
    )


def posting(bench: Bench, server: Server, path: str, table: str) -> Work:
    """Posts with the first answer to each question, repeatedly."""
    request = urllib.request.Request(f"{server.url}{path}")
    with urllib.request.urlopen(request) as answer:
        cookie = answer.headers["Set-Cookie"].partition(";")[0]
        page = answer.read().decode()
    form = urlencode(first_answers(page))
    again = Posts(repeat((path, form)), bench.folder / "peer.posts")

    rows = bench.keep(closing(psycopg2.connect(address(DATABASE))))
    rows.autocommit = True

    def work(seconds: float) -> Turn:
        with posts.each_stored(rows, table) as told:
            told.append(server.post(again, seconds, {"Cookie": cookie}))
        return told[0]

    return work


def first_answers(page: str) -> dict[str, str]:
    """The form data with the first choice of every field."""
    found: dict[str, str] = {}
    for tag in INPUT.findall(page):
        given = dict(ATTRIBUTE.findall(tag))
        if given.get("type") in ("hidden", "radio") and "name" in given:
            found.setdefault(given["name"], html.unescape(given.get("value", "")))
    return found


@cache
def running(bench: Bench) -> tuple[Server, dict[str, str]]:
    """Both peers on one server with a separate database."""
    python = python_with("peers", PEERS, *ALONGSIDE)
    bench.keep(database(DATABASE))
    given = settings.DATABASES["default"]
    environ = {
        "DJANGO_SETTINGS_MODULE": "benchmarks.peers.settings",
        "PEERS_FOLDER": str(bench.folder),
        **{
            f"PEERS_{part}": str(given[part] or "") for part in ("HOST", "PORT", "USER", "PASSWORD")
        },
        "PEERS_NAME": DATABASE,
        "PYTHONWARNINGS": "ignore",
    }
    questions = bench.folder / "questions.json"
    questions.write_text(json.dumps(self_checks.plainly(QUESTIONS)))
    prepared = subprocess.run(
        [python, "-m", "benchmarks.peers.prepare", questions],
        cwd=ROOT,
        env={**os.environ, **environ},
        stdout=subprocess.PIPE,
        check=True,
    )
    paths = dict(zip(PEERS, json.loads(prepared.stdout), strict=True))
    application = "benchmarks.peers.wsgi:application"
    return bench.granian(application, python=python, environ=environ), paths


def row(
    kind: str, what: str, peer: str, least: float, sides: "partial[AbstractContextManager[Sides]]"
) -> Row:
    name = f"{kind}-beside-{peer.removeprefix('django-')}"
    beside = f"{peer} {PEERS[peer]}"
    return Row(name, what, beside, sides, at_least=least, needs=("wrk",))


GET, POST = f"GET {QUESTIONS} questions", f"POST {QUESTIONS} answers"
ROWS = (
    *(row("questionnaire", GET, peer, 12, partial(pages, peer=peer)) for peer in PEERS),
    *(row("submission", POST, peer, 6, partial(submissions, peer=peer)) for peer in PEERS),
)
