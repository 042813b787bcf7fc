"""While another writer holds the database lock, forms get a page that re-posts them."""

import errno
import html
import re
import sqlite3
from collections.abc import Iterator
from contextlib import closing, contextmanager

import pytest
from django.contrib.auth.models import User
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import OperationalError, ProgrammingError, connection
from django.test import Client, RequestFactory
from django.urls import reverse

from assessments.models import Submission
from assessments.selectors import edition_live
from guides.models import Contact, Delivery
from runfit.busy_page import busy_page
from runfit.lib.database.transient_errors import is_transient
from runfit.sqlite.lock_waits import LockQueue
from tests.assessments.small import SMALL, edition_of, token_of
from tests.support.http_runner import ANSWERS

CHECK = "/check/tight-hips/"
WRITTEN = ["assessments_submission", "guides_contact", "guides_delivery", "auth_user"]


@contextmanager
def somebody_writes() -> Iterator[None]:
    """Holds the lock in a second connection, like another process."""
    connection.close()  # so that the page opens a new one
    if connection.vendor == "sqlite":
        with closing(sqlite3.connect(connection.settings_dict["NAME"], timeout=30)) as other:
            other.execute("BEGIN IMMEDIATE")
            yield
    else:
        other = connection.copy()
        with closing(other), other.cursor() as cursor:
            cursor.execute(f"BEGIN; LOCK TABLE {', '.join(WRITTEN)} IN SHARE ROW EXCLUSIVE MODE")
            yield


@pytest.fixture
def site(transactional_db, default_content, monkeypatch) -> Client:
    """A site whose requests wait for a fifth of a second."""
    monkeypatch.setattr("runfit.sqlite.lock_waits._waiters", LockQueue())
    for place in ("runfit.sqlite.lock_waits", "runfit.postgresql.base"):
        monkeypatch.setattr(f"{place}.REQUEST_SECONDS", 0.2)
    return Client(raise_request_exception=False)


def fields(response) -> dict[str, list[str]]:
    """The data that the page's form would post."""
    found: dict[str, list[str]] = {}
    for tag in re.findall(r"<input[^>]*>", response.content.decode()):
        name, value = (
            html.unescape(match[1]) if (match := re.search(rf'{what}="([^"]*)"', tag)) else ""
            for what in ("name", "value")
        )
        found.setdefault(name, []).append(value)
    return found


def is_busy(response) -> bool:
    body = response.content.decode()
    return (
        response.status_code == 503
        and response["Retry-After"] == "5"
        and "Please try again in a moment" in body
        and "default-src 'none'" in response["Content-Security-Policy"]
    )


def test_busy_page_reposts_answers(site):
    edition = edition_live("tight-hips")
    sent = {**ANSWERS, "reach": ["knee"], "form_token": token_of(edition)}
    with somebody_writes():
        response = site.post(f"{CHECK}?utm_source=blog", sent)

    assert is_busy(response)
    assert 'action="/check/tight-hips/?utm_source=blog"' in response.content.decode()
    assert "RunFit" in response.content.decode().partition("<main")[0]  # with the practice's header
    again = site.post(f"{CHECK}?utm_source=blog", fields(response))
    assert again.status_code == 303
    assert Submission.objects.get().source == "blog"


def test_busy_page_reposts_address_and_thanks_only_once_stored(site):
    edition = edition_live("tight-hips")
    site.post(CHECK, {**ANSWERS, "form_token": token_of(edition)})
    ask = f"/result/{Submission.objects.get().token}/guide/"
    with somebody_writes():
        response = site.post(ask, {"email": 'o\'"hara"@example.org', "website": ""})
        response = site.post(ask, {"email": "ana@example.org", "website": ""})
        assert not Contact.objects.exists()

    assert is_busy(response)
    assert fields(response) == {"email": ["ana@example.org"], "website": [""]}
    assert site.post(ask, fields(response)).status_code == 303
    assert Delivery.objects.count() == 1


def test_hook_after_answers_is_not_skipped_for_a_lock(site, monkeypatch):
    """For example, a safety stop that cancels a follow-up."""
    done: list[str] = []

    def write(request, submission):
        Contact.objects.create(email="ana@example.org", email_key="ana@example.org")
        done.append(submission.token)

    def held(request, submission):
        with somebody_writes():
            write(request, submission)

    sent = {**ANSWERS, "form_token": token_of(edition_live("tight-hips"))}
    monkeypatch.setattr("assessments.hooks.answers_stored", [held])
    response = site.post(CHECK, sent)
    assert is_busy(response)
    assert done == []

    monkeypatch.setattr("assessments.hooks.answers_stored", [write])
    assert site.post(CHECK, fields(response)).status_code == 303
    assert done == [Submission.objects.get().token]


def test_read_only_pages_work_during_a_lock(site):
    site.post(CHECK, {**ANSWERS, "form_token": token_of(edition_live("tight-hips"))})
    result = Submission.objects.get().get_absolute_url()
    with somebody_writes():
        statuses = {path: site.get(path).status_code for path in ("/", CHECK, result, "/privacy/")}
        ready = site.get("/health/ready/").json()

    assert set(statuses.values()) == {200}
    assert ready["degraded"] == []


def test_desk_busy_page_reposts_input_but_not_passwords(site):
    site.force_login(User.objects.create_superuser("ana"))
    add = reverse("admin:auth_user_add")
    typed = {"username": "bo", "usable_password": "true", "password1": "x9!kLm20", "_save": "Save"}
    with somebody_writes():
        response = site.post(add, {**typed, "password2": "x9!kLm20"})

    assert is_busy(response)
    assert b"x9!kLm20" not in response.content
    kept = fields(response)
    assert kept["username"] == ["bo"]
    assert {name for name in kept if kept[name] == [""]} == {"password1", "password2"}
    again = {**kept, "password1": "x9!kLm20", "password2": "x9!kLm20"}
    assert site.post(add, again).status_code == 302
    assert User.objects.filter(username="bo").exists()


def test_busy_page_never_echoes_the_password_that_confirms_a_sign_in():
    sent = {"confirm_password": "x9!kLm20", "which": "all"}

    response = busy_page(RequestFactory().post("/admin/guides/contact/export/", sent))

    assert b"x9!kLm20" not in response.content
    assert fields(response)["which"] == ["all"]
    assert fields(response)["confirm_password"] == [""]


def test_busy_page_asks_for_files_again():
    sent = {"title": 'A "guide"\nof mine', "pdf": SimpleUploadedFile("my <plan>.pdf", b"%PDF-1.7")}

    response = busy_page(RequestFactory().post("/admin/guides/guide/1/change/", sent))

    body = response.content.decode()
    assert 'enctype="multipart/form-data"' in body
    assert "Choose “my &lt;plan&gt;.pdf” again" in body
    assert fields(response) == {"title": ['A "guide"\nof mine'], "pdf": [""]}


def test_url_with_two_leading_slashes_is_escaped(db):
    request = RequestFactory().get("/")
    request.path = "//evil.test/x"

    body = busy_page(request).content.decode()

    assert 'href="/%2Fevil.test/x"' in body


def test_busy_page_is_in_the_language_of_the_self_check(db):
    edition_of({**SMALL, "language": "es"})

    body = busy_page(RequestFactory().post("/check/small/", {"reach": "knee"})).content.decode()

    assert '<html lang="es" dir="ltr">' in body
    assert "Lo que escribiste sigue aquí." in body
    assert "Enviar de nuevo" in body


def test_busy_page_needs_no_database(client, default_content):
    def refuse(*args):
        raise OperationalError("connection refused")

    client.raise_request_exception = False
    with connection.execute_wrapper(refuse):
        response = client.post(CHECK, {"safety": "none"})
        opened = client.get("/")

    assert is_busy(response)
    assert fields(response) == {"safety": ["none"]}
    assert is_busy(opened)
    assert '<a class="btn" href="/">Try again</a>' in opened.content.decode()


@pytest.mark.only_postgres
def test_read_only_database_gives_the_busy_page(client, default_content):
    client.raise_request_exception = False
    with connection.cursor() as cursor:
        cursor.execute("SET TRANSACTION READ ONLY")

    response = client.post(CHECK, {**ANSWERS, "form_token": token_of(edition_live("tight-hips"))})

    assert response.status_code == 503
    assert fields(response)["reach"] == ["knee"]


def real_error(*statements):
    """An OperationalError as Django raises it for SQLite."""
    with closing(sqlite3.connect(":memory:")) as database:
        try:
            for statement in statements:
                database.execute(statement)
        except sqlite3.OperationalError as error:
            raised = OperationalError(*error.args)
            raised.__cause__ = error
            return raised
    raise AssertionError("It went well.")


def test_transient_errors():
    full = real_error("PRAGMA max_page_count = 2", "CREATE TABLE a (b)", "CREATE TABLE c (d)")
    assert str(full) == "database or disk is full"
    assert is_transient(full)
    assert is_transient(OSError(errno.ENOSPC, "No space left on device"))
    assert is_transient(OperationalError("the database system is starting up"))


def test_permanent_errors():
    assert not is_transient(real_error("SELECT * FROM missing"))
    assert not is_transient(OSError(errno.ENOENT, "No such file"))
    assert not is_transient(ProgrammingError("column does not exist"))
    assert not is_transient(RuntimeError())
    assert not is_transient(None)
