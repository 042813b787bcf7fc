"""The WSGI guard rejects requests that Django can't parse, with error pages."""

import pytest

from runfit import guard
from runfit.wsgi import application
from tests.runfit.hostile import Server
from tests.runfit.test_hostile_requests import OF_DOCUMENTS, OF_SCRIPTED_PAGES, SECURITY

LONG = guard.LONGEST_ADDRESS


@pytest.fixture
def server() -> Server:
    return Server()


def is_a_page(answer) -> bool:
    return b"<h1" in answer.body and {*answer.headers} >= SECURITY


@pytest.mark.parametrize(
    "address",
    [
        "/" + "x" * LONG,
        "/privacy/?" + "x" * LONG,
        "/" + "%C3%A9" * (LONG // 6 + 1),
        "/static/" + "x" * LONG,
    ],
)
def test_url_longer_than_4_kilobytes(server, address):
    answer = server.get(address)

    assert answer.status == 414
    assert is_a_page(answer)


def test_url_of_4_kilobytes_is_accepted(server, db):
    assert server.get("/privacy/?" + "x" * (LONG - len("/privacy/"))).status == 200


@pytest.mark.parametrize("name", ["Cookie", "Content-Type", "User-Agent", "Referer"])
def test_header_longer_than_8_kilobytes(server, name):
    answer = server.get("/privacy/", headers={name: 'a="' + "\\;" * guard.LONGEST_HEADER})

    assert answer.status == 431
    assert is_a_page(answer)


@pytest.mark.parametrize(
    "address", ["/", "/?utm_source=a", "/nowhere/?a=b", "/admin/login/?next=a"]
)
@pytest.mark.parametrize("charset", ["hex", "undefined", "idna", "zip", "utf-16", "no-such"])
def test_url_is_not_decoded_with_other_codecs(server, default_content, address, charset):
    answer = server.get(address, headers={"Content-Type": f"x/y; charset={charset}"})

    assert answer.status == (404 if "nowhere" in address else 200)
    assert {*answer.headers} >= SECURITY


@pytest.mark.parametrize("charset", ["UTF-8", "utf8", "hex", "iso-8859-1"])
def test_forms_are_decoded_as_utf_8(server, default_content, charset):
    content_type = f"application/x-www-form-urlencoded; charset={charset}"

    answer = server.generic(
        "POST", "/guide/strength-guide/secret/", b"email=Zo%C3%AB", content_type
    )

    assert answer.status == 422
    assert "Zoë" in answer.body.decode()


def test_unparsable_content_type(server):
    answer = server.get("/privacy/", headers={"Content-Type": "x/y; a*=no-such''%41"})

    assert answer.status == 400
    assert is_a_page(answer)


@pytest.mark.parametrize("host", ["[", "evil.example", "a b"])
def test_disallowed_host(server, db, settings, host):
    settings.ALLOWED_HOSTS = ["testserver"]

    answer = server.get("/privacy/", headers={"Host": host})

    assert answer.status == 400
    assert is_a_page(answer)


def test_https_redirect_has_the_security_headers(server, settings, monkeypatch):
    settings.SECURE_SSL_REDIRECT = True
    monkeypatch.setattr("tests.runfit.hostile.application", guard.GuardedHandler())

    answer = server.get("/privacy/")

    assert (answer.status, answer.headers["Location"]) == (301, "https://testserver/privacy/")
    assert {*answer.headers} >= SECURITY


def test_error_in_the_error_page(server, monkeypatch):
    def fail(*args: object) -> None:
        raise RuntimeError("a fault of ours")

    monkeypatch.setattr(application, "get_response", fail)

    answer = server.get("/privacy/")

    assert answer.status == 500
    assert is_a_page(answer)


def test_django_security_headers_are_kept(server, default_content):
    answer = server.get("/admin/login/")

    assert answer.headers["Referrer-Policy"] == "same-origin"
    assert len(answer.headers) == len({name.lower() for name in answer.headers})


def test_what_a_page_loads_has_no_headers_of_pages(server, default_content):
    headers = {*server.get("/practice-b5401a.css").headers}

    assert headers & SECURITY == SECURITY - OF_DOCUMENTS


def test_a_worker_keeps_its_policy(server):
    plain = server.get("/guide/worker.js").headers
    worker = server.get("/guide/worker.js", headers={"Service-Worker": "script"}).headers

    assert "Content-Security-Policy" not in plain
    assert "default-src 'none'" in worker["Content-Security-Policy"]


def test_a_drawing_opened_alone_runs_nothing(server, default_content):
    headers = server.get("/media/pictures/m1_switch.svg").headers

    assert {*headers} & SECURITY == SECURITY - OF_SCRIPTED_PAGES
    assert headers["Content-Security-Policy"] == "default-src 'none'; frame-ancestors 'none'"
