"""Whether the time of a page tells if an address is known, unknown, or unsubscribed.

AUC is the chance that the time of one kind is longer than that of another: 0.5 tells nothing.
"""

import itertools
import random
from collections.abc import Callable, Sequence
from datetime import timedelta
from statistics import median

from django.conf import settings
from django.utils import timezone

from benchmarks.attacks.site import client, submission, web
from guides import selectors
from guides.consents.services import contact_unsubscribe
from guides.consents.wording import ASK
from guides.guide_requests import services
from guides.models import Contact, Delivery
from guides.signed_links import address_token
from guides.states import State

KINDS = ("known", "unknown", "unsubscribed")
NO_LIMIT = 1_000_000_000
Page = Callable[[], str]


def attack(number: int) -> None:
    """Without limits: whoever has many networks can go on for long."""
    settings.GUIDE_LIMIT_HOUR = settings.GUIDE_LIMIT_NETWORK_HOUR = NO_LIMIT
    pages: dict[str, Page] = {
        "/result/…/guide/": lambda: f"/result/{submission().token}/guide/",
        "/guide/…/address/": lambda: f"/guide/{address_token(submission())}/address/",
        "/guide/<slug>/secret/": lambda: "/guide/strength-guide/secret/",
        "/guide/<slug>/phone/": lambda: "/guide/strength-guide/phone/",
    }
    print(f"Times in ms, median of {number} each; AUC of the two kinds that differ most")
    known = _asked_before("known", number)
    unsubscribed = _asked_before("unsubscribed", number)
    for email in unsubscribed:
        contact_unsubscribe(contact=Contact.objects.get(email=email))
    for place, (name, page) in enumerate(pages.items()):
        unknown = [f"unknown-{place}-{count}@example.org" for count in range(number)]
        times = _times(page, dict(zip(KINDS, (known, unknown, unsubscribed), strict=True)))
        medians = ", ".join(f"{kind} {1000 * median(times[kind]):.2f}" for kind in KINDS)
        worst = max(abs(auc(a, b) - 0.5) for a, b in itertools.combinations(times.values(), 2))
        print(f"  {name:24} {medians}; AUC {0.5 + worst:.3f}", flush=True)


def _asked_before(kind: str, number: int) -> list[str]:
    addresses = [f"{kind}-{count}@example.org" for count in range(number)]
    for email in addresses:
        _ask(email)
    return addresses


def _ask(email: str) -> None:
    answers = submission()
    edition = selectors.guide_for(answers)
    assert edition is not None
    services.guide_request(
        submission=answers, edition=edition, email=email, words={"guide": ASK}, network=""
    )


def _times(page: Page, addresses: dict[str, list[str]]) -> dict[str, list[float]]:
    # Three days ago: who asked today is refused.
    Delivery.objects.filter(state=State.QUEUED).update(state=State.SENT)
    Delivery.objects.update(queued_at=timezone.now() - timedelta(days=3))
    posts = [(kind, page(), email) for kind, emails in addresses.items() for email in emails]
    random.shuffle(posts)
    times: dict[str, list[float]] = {kind: [] for kind in addresses}
    with web(GUIDE_LIMIT_HOUR=str(NO_LIMIT), GUIDE_LIMIT_NETWORK_HOUR=str(NO_LIMIT)) as browser:
        for number in range(50):  # fills the caches
            browser.post(page(), {"email": f"warm{number}@example.net"}, client(number))
        for number, (kind, path, email) in enumerate(posts):
            status, seconds, _ = browser.post(path, {"email": email}, client(number))
            assert status in {200, 303}, (status, path)
            times[kind].append(seconds)
    return times


def auc(first: Sequence[float], second: Sequence[float]) -> float:
    """The share of pairs in which the second took longer, from the sum of its ranks."""
    ranked = sorted([(value, 0) for value in first] + [(value, 1) for value in second])
    ranks = sum(rank for rank, (_, kind) in enumerate(ranked, 1) if kind)
    count = len(second)
    return (ranks - count * (count + 1) / 2) / (count * len(first))
