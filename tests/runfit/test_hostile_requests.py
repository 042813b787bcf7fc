"""Fuzzing: no request gets a 500 or a trace, each response has the security headers, and nothing
takes much longer than the rest. `bin/fuzz` sends many more."""

import logging
import os
import time
import traceback
from collections import Counter, defaultdict
from contextlib import suppress
from dataclasses import dataclass, field
from math import ceil
from random import Random
from statistics import median

import pytest
from django.apps import apps
from django.contrib.auth.models import User
from django.core.signals import got_request_exception
from django.test import Client

from guides import signed_links
from guides.models import DownloadLink
from tests.guides.conftest import (  # noqa: F401 - fixtures
    ask,
    contact,
    delivery,
    guide_edition,
    submission,
    submit,
)
from tests.runfit import hostile
from tests.runfit.hostile import Answer, Hostile, Server

pytestmark = pytest.mark.django_db(transaction=True)

SEED = int(os.environ.get("FUZZ_SEED", "1"))
REQUESTS = int(os.environ.get("FUZZ_REQUESTS", "0"))
"""How many requests `bin/fuzz` asks for. Without it, there's one small round, not timed."""
ROUND = 400  # about so many requests, each round with rows of its own: some requests delete them
FOR_VISITORS, AT_THE_DESK = 20, 50
"""How many times the CPU of the median page a request may take. The editor of a whole self-check is
30 times a list."""
MEANT_TO_TAKE_LONG = "/publish/"
"""It proves the whole self-check, or sets PDFs, for the PT alone."""
FRAMED_BY_THE_DESK = "/phone/"
SECURITY = {
    "Cache-Control",
    "Content-Security-Policy",
    "Cross-Origin-Opener-Policy",
    "Cross-Origin-Resource-Policy",
    "Permissions-Policy",
    "Referrer-Policy",
    "X-Content-Type-Options",
    "X-Frame-Options",
}
OF_SCRIPTED_PAGES = {"Cross-Origin-Opener-Policy", "Permissions-Policy"}
OF_DOCUMENTS = {
    *OF_SCRIPTED_PAGES, "Content-Security-Policy", "Referrer-Policy", "X-Frame-Options",
}  # fmt: skip
NEEDLESS = {
    "text/css": OF_DOCUMENTS,
    "text/javascript": OF_DOCUMENTS,
    "application/javascript": OF_DOCUMENTS,
    "image/svg+xml": OF_SCRIPTED_PAGES,
}
"""Security headers that browsers don't obey on a type, so it's sent without them."""
LOOKS = {
    "text/html": b"<",
    "text/css": b":root",
    "text/calendar": b"begin:vcalendar",
    "text/plain": b"",
    "text/javascript": b"",
    "application/javascript": b"",
    "application/json": (b"{", b"["),
    "application/manifest+json": b"{",
    "application/pdf": b"%pdf-",
    "image/png": b"\x89png",
    "image/jpeg": b"\xff\xd8",
    "image/webp": b"riff",
    "image/svg+xml": b"<svg",
}
"""How content of each type that's shown in the browser starts."""
TRACES = (
    b"Traceback (most recent",
    b"site-packages",
    b"DJANGO_SETTINGS_MODULE",
    b"django.db.utils",
)
LAST = ("delete", "erase", "restore", "logout")
"""URLs to request last, since they delete what others need."""


@pytest.fixture
def quiet():
    logging.disable(logging.CRITICAL)
    yield
    logging.disable(logging.NOTSET)


@pytest.fixture
def faults():
    """The error of every request that got a 500."""
    found = []

    def note(sender, **kwargs):
        found.append(traceback.format_exc().strip().splitlines()[-1])

    got_request_exception.connect(note)
    yield found
    got_request_exception.disconnect(note)


def first_row(app, model):
    with suppress(LookupError):
        return apps.get_model(app, model).objects.order_by("pk").first()


@pytest.fixture
def fill(submission, delivery, contact):  # noqa: F811
    """Fills URL patterns with existing objects, unless a value is given."""
    link = DownloadLink.objects.get()
    real = {
        "slug": "tight-hips", "guide/slug": "strength-guide", "colour": "aabbcc", "number": "1",
        "result/token": submission.token, "guide/token": signed_links.guide_token(link),
        "unsubscribe/token": signed_links.unsubscribe_token(contact),
        "preferences/token": signed_links.preferences_token(contact),
        "profile": "mobility_first", "paper": "a4", "name": "x.eml", "app_label": "guides",
        "url": "nothing/", "folder": "pictures", "path": "m1_switch.svg",
        "content_type_id": "1", "object_id": "1", "key": "mobility_first", "stamp": "x",
        "language": "en",
    }  # fmt: skip

    def filled(template, names, **given):
        first, *rest = template.split("/")
        values = {name: real.get(f"{first}/{name}") or real.get(name) for name in names}
        if first == "admin" and {"pk", "object_id", "id"} & {*names} and len(rest) > 3:
            row = first_row(*rest[:2])
            values |= dict.fromkeys(("pk", "object_id", "id"), row.pk if row else 1)
        return "/" + template % {**values, **given}

    return filled


@pytest.fixture
def servers(pt):
    """Servers for a visitor, the PT and a superuser."""
    return [Server(), signed_in(pt), signed_in(User.objects.create_superuser("ana"))]


def signed_in(user):
    client = Client()
    client.force_login(user)
    return Server(client.cookies)


def bad(each, answer):
    secure = {*answer.headers} >= wanted(answer) and is_unframed(each, answer)
    traced = any(trace in answer.body for trace in TRACES)
    return answer.status >= 500 or not secure or not fits(answer) or traced


def wanted(answer):
    kind = answer.headers.get("Content-Type", "").partition(";")[0]
    return SECURITY - NEEDLESS.get(kind, set())


def is_unframed(each, answer):
    """Whether no other site may frame it. The desk frames its own previews."""
    if "X-Frame-Options" not in wanted(answer):
        return True
    policy = answer.headers.get("Content-Security-Policy", "")
    if "frame-ancestors 'none'" in policy and answer.headers.get("X-Frame-Options") == "DENY":
        return True
    return "frame-ancestors 'self'" in policy and FRAMED_BY_THE_DESK in each.address


def fits(answer):
    """Whether the content is what its type says. What isn't a page or part of one is downloaded, or
    opens in a program of its own."""
    kind = answer.headers.get("Content-Type", "").partition(";")[0]
    if not answer.body or "Content-Encoding" in answer.headers:
        return True
    if kind not in LOOKS:
        return answer.headers.get("Content-Disposition", "").startswith("attachment")
    return answer.body.lstrip()[:200].lower().startswith(LOOKS[kind])


def is_last(each):
    return any(word in each.address for word in LAST)


@dataclass
class Sender:
    """Sends as a visitor, or, to the admin, as the PT or a superuser. Keeps what went wrong."""

    servers: list[Server]
    random: Random
    faults: list[str]
    statuses: Counter[int] = field(default_factory=Counter)
    failed: list[tuple[int, list[str], Hostile]] = field(default_factory=list)
    costs: dict[Server, list[tuple[Hostile, int, float]]] = field(
        default_factory=lambda: defaultdict(list)
    )

    def send(self, each: Hostile) -> Answer:
        stranger, *staff = self.servers
        server = self.random.choice(staff) if each.address.startswith("/admin/") else stranger
        self.faults.clear()
        answer, cost = timed(server, each)
        self.costs[server].append((each, answer.status, cost))
        self.statuses[answer.status] += 1
        if bad(each, answer):
            self.failed.append((answer.status, self.faults[:1], each))
        return answer

    def slow(self) -> list[tuple[float, Hostile]]:
        """Requests that take far more CPU than the pages that the same person usually gets, each
        time they're sent, and how many times more."""
        found = []
        for server, sent in self.costs.items():
            usual = median(cost for _, status, cost in sent if status == 200)
            limit = usual * (FOR_VISITORS if server is self.servers[0] else AT_THE_DESK)
            found += [
                (cost / usual, each)
                for each, _, cost in sent
                if MEANT_TO_TAKE_LONG not in each.address
                and cost > limit
                and all(timed(server, each)[1] > limit for _ in range(2))
            ]
        return found


def timed(server: Server, each: Hostile) -> tuple[Answer, float]:
    began = time.process_time()
    answer = server.send(each)
    return answer, time.process_time() - began


def send_round(sender: Sender, fill) -> None:
    asked = [*hostile.one_for_each(sender.random, fill)]
    for at in hostile.pages(sender.random, fill):
        page = sender.send(Hostile("GET", at))
        if page.status == 200 and page.headers["Content-Type"].startswith("text/html"):
            asked.append(hostile.mangled(sender.random, at, page.body))
    for each in sorted(asked, key=is_last):
        sender.send(each)


@pytest.mark.ignore_template_errors  # of Django's user admin
@pytest.mark.usefixtures("quiet")
@pytest.mark.parametrize("number", range(ceil(REQUESTS / ROUND) or 1))
def test_no_request_is_answered_with_a_500(servers, fill, faults, number):
    sender = Sender(servers, Random(SEED + number), faults)
    send_round(sender, fill)

    assert sender.failed == []
    assert len(sender.statuses) > 8
    if REQUESTS:
        assert sender.slow() == []
