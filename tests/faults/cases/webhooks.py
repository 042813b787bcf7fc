"""Webhooks of a mail service: repeated, concurrent, and forged."""

import base64
import json
import urllib.error
import urllib.request
from collections import Counter
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from urllib.parse import urljoin

from guides.models import Delivery, MailEvent, Suppression
from tests.faults.measures import Measured, Size
from tests.faults.stack import Stack, part
from tests.support.ports import free_port
from tests.support.site import Site

SECRET = "postmark:aiGoo7Ro"
TIMES = 3


def replayed(stack: Stack, size: Size) -> Measured:
    """One bounce is posted three times in a row, another three times at once, two are forged."""
    first, second, third, fourth = stack.rows.mails(4)
    stack.worker()
    stack.drained()
    with _told(stack) as url, ThreadPoolExecutor(TIMES) as pool:
        taken = [_post(url, first, SECRET) for _ in range(TIMES)]
        in_turn = _stored()
        taken += pool.map(lambda _: _post(url, second, SECRET), range(TIMES))
        at_once = _stored() - in_turn
        refused = [_post(url, third, f"{SECRET}x"), _post(url, fourth, "")]
        strangers = _stored() - in_turn - at_once
    return Measured(
        f"in turn: {_words(in_turn)}; at once: {_words(at_once)}; answered {_statuses(taken)}; "
        f"by the strangers: {_words(strangers)}; answered {_statuses(refused)}",
        ok=in_turn == at_once == Counter(events=1, suppressions=1)
        and not strangers
        and set(taken) == {200}
        and set(refused) == {400},
    )


@contextmanager
def _told(stack: Stack) -> Iterator[str]:
    """A web server configured for a mail service, on the same database."""
    port = free_port()
    site = f"http://localhost:{port}"
    environ = {
        "EMAIL_URL": "postmark://server-token",
        "MAIL_WEBHOOK_SECRET": SECRET,
        "SITE_URL": site,
    }
    web = Site(part(stack.folder, "webhook"), port, environ).web()
    try:
        yield urljoin(site, "/webhooks/postmark/tracking/")
    finally:
        web.kill()


def _post(url: str, delivery: Delivery, secret: str) -> int:
    """Posts Postmark's payload for a hard bounce. Returns the response status."""
    said = {
        "RecordType": "Bounce",
        "ID": delivery.pk,
        "Type": "HardBounce",
        "Email": str(delivery.contact),
        "BouncedAt": "2026-05-05T16:33:54Z",
        "MessageID": "00000000-0000-0000-0000-000000000000",
        "Metadata": {"delivery": str(delivery.pk)},
    }
    headers = {"Content-Type": "application/json"}
    if secret:
        headers["Authorization"] = f"Basic {base64.b64encode(secret.encode()).decode()}"
    request = urllib.request.Request(url, json.dumps(said).encode(), headers)
    try:
        with urllib.request.urlopen(request, timeout=30) as answer:
            return int(answer.status)
    except urllib.error.HTTPError as error:
        with error:
            return error.code


def _stored() -> Counter[str]:
    return Counter(events=MailEvent.objects.count(), suppressions=Suppression.objects.count())


def _words(stored: Counter[str]) -> str:
    return f"{stored['events']} event, {stored['suppressions']} suppression"


def _statuses(answers: list[int]) -> str:
    return ", ".join(map(str, sorted(set(answers))))
