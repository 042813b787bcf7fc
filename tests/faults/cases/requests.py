"""Concurrent requests: identical ones, link scanners, and an erasure while sending."""

import time
from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from urllib.parse import urlsplit

from django.conf import settings
from django.db import transaction

from assessments.models import Submission
from guides.consents.services import contact_erase
from guides.models import Consent, Contact, Delivery, Suppression
from guides.states import State
from tests.faults.measures import Measured, Size
from tests.faults.stack import Stack
from tests.support.database_rows import files_holding
from tests.support.processes import wait_for

LOOKED_AT = (
    "guides_contact", "guides_consent", "guides_suppression", "guides_downloadlink",
    "guides_delivery", "assessments_submission",
)  # fmt: skip
DOMAIN = "erase-me.example.org"
ERASED = 30


def identical(stack: Stack, size: Size) -> Measured:
    (token,) = stack.rows.tokens(1)
    with ThreadPoolExecutor(size.together) as pool:
        asks = list(
            pool.map(
                lambda _: stack.crowd.ask(token, "same@example.org"),
                range(size.together),
            )
        )
    stack.worker()
    stack.drained()
    rows, mails = stack.rows.deliveries.count(), len(stack.sink.mails())
    return Measured(
        f"{sum(ask.thanked for ask in asks)} thanked, {rows} row, {mails} mail",
        ok=all(ask.thanked for ask in asks) and rows == mails == 1,
    )


def scanner(stack: Stack, size: Size) -> Measured:
    (token,) = stack.rows.tokens(1)
    stack.crowd.ask(token, "scanned@example.org", follow_up="on")
    stack.worker()
    stack.drained()
    (mail,) = stack.sink.mails()
    guide, unsubscribe, own = (
        next(urlsplit(link).path for link in mail["links"] if part in link)
        for part in ("/guide/", "/unsubscribe/", "/preferences/")
    )
    secret, erase = f"{guide}secret/", f"{own}erase/"
    links = [guide, f"{guide}session/1/", f"{guide}download/", secret, unsubscribe, own, erase]
    before = stack.rows.picture(*LOOKED_AT)
    pages = [stack.crowd.runner.get(path) for path in links for _ in range(size.looks)]
    unchanged = stack.rows.picture(*LOOKED_AT) == before
    for path, action in ((guide, "confirm"), (secret, ""), (unsubscribe, "")):
        hidden = stack.crowd.runner.get(path).hidden(path)
        stack.crowd.runner.post(path, {**hidden, "action": action})
    said = Counter(Consent.objects.values_list("purpose", "step"))
    effects = [
        said["follow_up", "confirmed"], said["secret", "confirmed"], Suppression.objects.count(),
    ]  # fmt: skip
    stack.crowd.runner.post(erase, stack.crowd.runner.get(erase).hidden(erase))
    effects.append(1 - Contact.objects.count())
    return Measured(
        f"{len(pages)} GETs on {len(links)} links, {'nothing' if unchanged else 'something'} "
        f"changed; one POST each took effect {effects} times",
        ok=unchanged and {page.status for page in pages} == {200} and effects == [1, 1, 1, 1],
    )


def erase_while_sending(stack: Stack, size: Size) -> Measured:
    """Runners are erased while two workers send to them."""
    mails = stack.rows.mails(ERASED, domain=DOMAIN)
    tokens = [mail.submission.token for mail in mails if mail.submission]
    stack.sink.dial(delay=0.3)
    stack.worker()
    stack.nudge()
    wait_for(stack.sink.starts, "a hand-over")
    erased = {str(contact): _erase(contact) for contact in Contact.objects.order_by("-pk")}
    stack.drained()
    time.sleep(1)
    late = Counter(
        erased[start["to"]][0]
        for start in stack.sink.starts()
        if start["at"] > erased[start["to"]][1]
    )
    under_way = late.pop(State.SENDING, 0)
    left = _left_of_them(stack, tokens)
    met = Counter(state for state, _ in erased.values())
    return Measured(
        f"erased {dict(met)}: {late.total()} hand-overs started afterwards "
        f"({under_way} was under way); left: {', '.join(left) or 'nothing'}",
        ok=not late and not left and met[State.QUEUED] > 0,
    )


def _erase(contact: Contact) -> tuple[str, float]:
    """The delivery's state at the erasure, and when its row was gone."""
    with transaction.atomic():
        delivery = Delivery.objects.select_for_update().get(contact=contact)
        contact_erase(contact=contact)
    return delivery.state, time.time()


def _left_of_them(stack: Stack, tokens: list[str]) -> list[str]:
    left = stack.rows.holding(DOMAIN)
    if Submission.objects.filter(token__in=tokens).exists():
        left.append("answers")
    if DOMAIN in stack.redis.everything():
        left.append("Redis")
    for folder in (Path(settings.VAR_DIR), stack.site.folder):
        left += [path.name for path in files_holding(folder, DOMAIN.encode())]
    return left
