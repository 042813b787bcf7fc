"""Mozilla's Observatory would give every kind of page 100 points or more."""

from collections.abc import Callable
from http.cookies import SimpleCookie
from typing import NamedTuple

import pytest

from runfit import guard
from tests.runfit.hostile import Answer, Server
from tests.runfit.test_hostile_requests import signed_in

HALF_A_YEAR = 15_768_000
PRIVATE_REFERRERS = {
    "no-referrer", "same-origin", "strict-origin", "strict-origin-when-cross-origin",
}  # fmt: skip
PAGES = {
    "the runner's": "/",
    "the self-check": "/check/tight-hips/",
    "the sign-in": "/admin/login/",
    "the desk's": "/admin/",
    "a picture": "/media/pictures/m1_switch.svg",
    "a missing picture": "/media/pictures/none.png",
    "a missing page": "/nowhere/",
    "a broken link's": "/guide/1.forged/",
    "a missing page at the desk": "/admin/nowhere/",
    "a refused one": "/" + "x" * (guard.LONGEST_ADDRESS + 1),
}


class Seen(NamedTuple):
    """What the Observatory looks at."""

    headers: dict[str, str]
    csp: dict[str, str]
    cookies: SimpleCookie


def seen(answer: Answer) -> Seen:
    headers = {name.lower(): value for name, value in answer.headers.items()}
    parts = (part.split(maxsplit=1) for part in headers["content-security-policy"].split(";"))
    policy = {name: " ".join(value) for name, *value in parts}
    return Seen(headers, policy, SimpleCookie(headers.get("set-cookie", "")))


def loads(csp: dict[str, str], kind: str) -> str:
    return csp.get(kind, csp.get("default-src", "*"))


def hsts_seconds(page: Seen) -> int:
    header = page.headers.get("strict-transport-security", "max-age=0")
    return int(header.partition("max-age=")[2].partition(";")[0])


def cookies_are_safe(page: Seen) -> bool:
    return all(
        cookie["secure"] and cookie["samesite"] in {"Lax", "Strict"} and cookie["httponly"]
        for name, cookie in page.cookies.items()
        if name != "csrftoken"  # no session: a script reads it to send forms
    ) and all(cookie["secure"] and cookie["samesite"] for cookie in page.cookies.values())


PENALTIES: dict[str, tuple[int, Callable[[Seen], bool]]] = {
    "unsafe or missing policy": (
        25,
        lambda page: any(
            word in loads(page.csp, kind)
            for kind in ("script-src", "style-src", "object-src", "img-src")
            for word in ("unsafe-", "data:", "http:", "https:", "*")
        ),
    ),
    "cookies": (40, lambda page: not cookies_are_safe(page)),
    "short or no HSTS": (20, lambda page: hsts_seconds(page) < HALF_A_YEAR),
    "readable by other sites": (50, lambda page: "access-control-allow-origin" in page.headers),
    "referrer": (5, lambda page: page.headers.get("referrer-policy") not in PRIVATE_REFERRERS),
    "sniffing": (5, lambda page: page.headers.get("x-content-type-options") != "nosniff"),
    "framing": (20, lambda page: page.csp.get("frame-ancestors") not in {"'none'", "'self'"}),
    "old framing": (20, lambda page: page.headers.get("x-frame-options") != "DENY"),
    "embedding": (
        20,
        lambda page: page.headers.get("cross-origin-resource-policy") != "same-origin",
    ),
}
BONUSES: dict[str, tuple[int, Callable[[Seen], bool]]] = {
    "nothing by default": (10, lambda page: page.csp.get("default-src") == "'none'"),
    "private referrer": (5, lambda page: page.headers["referrer-policy"] in PRIVATE_REFERRERS),
    "framing by policy": (5, lambda page: "frame-ancestors" in page.csp),
}


def score(page: Seen) -> int:
    points = 100 - sum(points for points, is_so in PENALTIES.values() if is_so(page))
    return points + sum(more for more, is_so in BONUSES.values() if points >= 90 and is_so(page))


@pytest.fixture
def https(settings, monkeypatch):
    """A site behind TLS, with its own middleware: it reads these settings when it's made."""
    settings.SECURE_HSTS_SECONDS = 365 * 24 * 3600
    settings.SESSION_COOKIE_SECURE = settings.CSRF_COOKIE_SECURE = True
    monkeypatch.setattr("tests.runfit.hostile.application", guard.GuardedHandler())


@pytest.mark.usefixtures("default_content", "https")
def test_every_kind_of_page_gets_100_points(pt):
    server = signed_in(pt)

    points = {name: score(seen(server.get(at, secure=True))) for name, at in PAGES.items()}

    assert points == dict.fromkeys(PAGES, 120)


def test_browsers_know_every_device_of_the_policy(settings):
    """Chromium writes an error on each page about one that it doesn't know (seen in 156)."""
    assert "bluetooth" not in settings.PERMISSIONS_POLICY
    assert "camera=()" in settings.PERMISSIONS_POLICY


@pytest.mark.usefixtures("default_content", "https")
def test_a_guess_loses_points():
    plain = seen(Server().get("/"))

    assert score(plain) == 80  # without TLS, there's no HSTS
    assert score(plain._replace(csp={})) < score(plain)


@pytest.mark.usefixtures("default_content")
def test_caches_ask_again_unless_told_otherwise(pt):
    told = {
        name: signed_in(pt).get(at).headers["Cache-Control"]
        for name, at in PAGES.items()
        if name != "a picture"
    }

    assert all({"private", "no-store"} & {*value.split(", ")} for value in told.values()), told
