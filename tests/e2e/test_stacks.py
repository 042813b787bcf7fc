"""The whole flow on real processes: embedded, and on PostgreSQL, Redis, Celery and SMTP."""

import json
import re
import sqlite3
import uuid
from collections.abc import Iterator
from contextlib import closing
from email import message_from_bytes, policy
from email.message import EmailMessage
from io import BytesIO
from pathlib import Path

import psycopg2
import pytest
from pypdf import PdfReader

from tests.e2e import raw
from tests.e2e.left_behind import places
from tests.support.http_runner import Page, Runner, guide_path, running
from tests.support.postgres import database
from tests.support.processes import wait_for
from tests.support.smtp_server import running_sink

ANSWER = '"hamstring_feel": "most_days"'


def pdf_text(page: Page) -> str:
    reader = PdfReader(BytesIO(page.body))
    return " ".join(" ".join(sheet.extract_text() for sheet in reader.pages).split())


def walk_to_thanks(runner: Runner) -> Page:
    result = runner.answer()
    assert "Mobility first" in result.text
    thanks = runner.ask(result, "runner@example.org")
    assert "runner@example.org" in thanks.text
    return thanks


def walk_from_mail(runner: Runner, message: EmailMessage) -> None:
    assert message["To"] == "runner@example.org"
    path = guide_path(message)
    assert runner.get(path).status == 200
    pdf = runner.get(f"{path}download/")
    assert (pdf.status, pdf.headers["Content-Type"]) == (200, "application/pdf")
    assert "attachment" in pdf.headers["Content-Disposition"]
    text = pdf_text(pdf)
    for words in ("Mobility first", "Hip switches", "Heels-close bridge"):
        assert words in text
    assert text.index("Hip switches") < text.index("Heels-close bridge")


def test_embedded(tmp_path):
    var, log = tmp_path / "var", tmp_path / "log"
    mail = var / "mail"
    with running({"VAR_DIR": str(var)}, log) as runner:
        answers_before = places(var, log, ANSWER)
        thanks = walk_to_thanks(runner)
        assert "/admin/guides/delivery/inbox/" in thanks.body.decode()
        wait_for(lambda: list(mail.glob("*.eml")), "the mail")
        (file,) = mail.glob("*.eml")
        message = message_from_bytes(file.read_bytes(), policy=policy.default)
        walk_from_mail(runner, message)
        result, guide = thanks.url.split("/")[-3], guide_path(message).split("/")[2]
        assert runner.get(f"/guide/{guide[:-2]}/").status == 404
        assert runner.get(f"/rseult/{result}/").status == 404
        desk_looks_at(runner, password(log))
    text = log.read_text()
    assert text.count("Not Found") == 2
    # What docs/security.md says is kept, and nothing else.
    assert places(var, log, "runner@example.org") == {
        "guides_contact.email": 1, "guides_contact.email_key": 1, "mail": 1,
    }  # fmt: skip
    assert places(var, log, result) == {"assessments_submission.token": 1}
    assert places(var, log, guide) == {"mail": 1}
    assert places(var, log, ANSWER) - answers_before == {"assessments_submission.answers": 1}

    with running({"VAR_DIR": str(var)}, tmp_path / "again") as runner:
        assert runner.get("/").status == 200
        assert raw.answered(runner.site) == raw.REQUESTS
    assert "password" not in (tmp_path / "again").read_text()


def password(log: Path) -> str:
    found = re.search(r"name admin  password (\S{16})", log.read_text())
    assert found
    return found[1]


def desk_looks_at(runner: Runner, password: str) -> None:
    """The PT looks for the runner, and reads what there is about them."""
    form = runner.get("/admin/login/?next=/admin/guides/contact/")
    hidden = form.hidden("/admin/login/?next=/admin/guides/contact/")
    found = runner.post(form.url, {**hidden, "username": "admin", "password": password})
    assert found.headers["Location"] == "/admin/guides/contact/"
    runner.get("/admin/guides/contact/?q=runner@example.org")
    assert "runner@example.org" in runner.get("/admin/guides/contact/1/change/").text
    assert runner.get("/admin/assessments/submission/1/change/").status == 200


def asked(var: Path, what: str) -> list[tuple[object, ...]]:
    with closing(sqlite3.connect(var / "db.sqlite3")) as database:
        return database.execute(what).fetchall()


def test_events_are_written_on_shutdown(tmp_path):
    var = tmp_path / "var"
    kept = "SELECT COUNT(*) FROM assessments_daycount WHERE step = 'kept'"
    with running({"VAR_DIR": str(var)}, tmp_path / "log") as runner:
        for _ in range(3):
            runner.get("/?utm_source=blog")
        # The mail loop also aggregates events.
        wait_for(lambda: asked(var, kept) == [(1,)], "the counted day")
        assert json.loads(runner.get("/health/ready/").body)["deliver"]["age_seconds"] < 60

    seen = asked(var, "SELECT step, source, bot, SUM(number) FROM assessments_sight")
    assert seen == [("visit", "blog", 1, 3)]


@pytest.fixture
def database_url() -> Iterator[str]:
    """A temporary database on the test server."""
    with database(f"runfit_e2e_{uuid.uuid4().hex[:8]}") as url:
        yield url


@pytest.mark.postgres
@pytest.mark.redis
def test_production_stack(tmp_path: Path, database_url: str, redis_url: str):
    environ = {
        "VAR_DIR": str(tmp_path / "var"),
        "DATABASE_URL": database_url,
        "REDIS_URL": redis_url,
        "SECRET_KEY": "only-for-this-test",
        "SITE_URL": "http://localhost",
    }
    with (
        running_sink() as sink,
        running({**environ, "EMAIL_URL": sink.url}, tmp_path / "log") as runner,
    ):
        assert json.loads(runner.get("/health/ready/").body)["status"] == "ok"
        thanks = walk_to_thanks(runner)
        assert "inbox" not in thanks.text
        wait_for(lambda: sink.messages, "the mail")
        (message,) = sink.messages
        walk_from_mail(runner, message)
        queue_again_without_a_hint(database_url)
        wait_for(lambda: len(sink.messages) == 2, "the second mail")  # beat, every 15 s
        ready = json.loads(runner.get("/health/ready/").body)
        assert max(ready[part]["age_seconds"] for part in ("worker", "beat")) < 60
    assert len({sent["Message-ID"] for sent in sink.messages}) == 1
    assert "runner@example.org" not in (tmp_path / "log").read_text()


def queue_again_without_a_hint(database_url: str) -> None:
    """Simulates a crash between the mail server's 250 and our commit, with all hints lost."""
    with (
        closing(psycopg2.connect(database_url)) as connection,
        connection,
        connection.cursor() as cursor,
    ):
        cursor.execute("UPDATE guides_delivery SET state = 'queued', due_at = now()")
