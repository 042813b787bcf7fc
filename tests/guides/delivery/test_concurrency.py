"""Concurrent requests, claims and drains, each on its own database connection."""

import re
import smtplib
import threading
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import TypeVar

import pytest
from django.db import connection
from django.http import HttpResponse
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from assessments.models import Submission
from guides.delivery.rate_limit import slot_take
from guides.delivery.worker import drain
from guides.guide_requests.scheduling import HOUR
from guides.mail.connection import thread_connection
from guides.models import Consent, Contact, Delivery
from guides.reasons import ONE_A_DAY
from guides.signed_links import address_token
from guides.states import Kind, State
from tests.guides.delivery.claims import claim
from tests.support import mail_backends

pytestmark = pytest.mark.django_db(transaction=True)

T = TypeVar("T")
THREADS = 8


def in_threads(work: Callable[[int], T], times: int) -> list[T]:
    """Runs `work` in several threads, and closes each thread's connections."""

    def one(number: int) -> T:
        try:
            return work(number)
        finally:
            thread_connection().close()
            connection.close()

    with ThreadPoolExecutor(THREADS) as pool:
        return list(pool.map(one, range(times)))


def post(url: str, answers: dict[str, str]) -> HttpResponse:
    """Posts, and retries while SQLite is busy (503), as Retry-After says. The tests run more
    requests at once than a server has threads."""
    client = Client(raise_request_exception=False)
    for _ in range(20):
        response = client.post(url, answers)
        if response.status_code != 503:
            break
        time.sleep(0.1)
    return response


def test_concurrent_identical_requests_send_one_email(submission, faults):
    url = f"/result/{submission.token}/guide/"

    responses = in_threads(lambda _: post(url, {"email": "runner@example.org"}), times=50)

    assert [response.status_code for response in responses] == [303] * 50
    assert Delivery.objects.count() == Contact.objects.count() == 1
    assert drain() == (1, False)


def test_a_link_to_type_another_address_that_is_posted_twice_at_once_works_once(ask, submission):
    ask(submission, "wrong@example.org", state=State.SENT, attempts=1)
    url = reverse("guides:change_address", args=[address_token(submission)])

    responses = in_threads(lambda n: post(url, {"email": f"r{n}@example.org"}), times=8)

    assert sorted(response.status_code for response in responses) == [303, *[410] * 7]
    assert Contact.objects.count() == Delivery.objects.count() == 2


def test_concurrent_requests_from_different_results_send_one_email(submit, guide_edition, faults):
    urls = [f"/result/{submit().token}/guide/" for _ in range(12)]

    responses = in_threads(lambda n: post(urls[n], {"email": "runner@example.org"}), times=12)

    assert {response.status_code for response in responses} == {303}
    assert Delivery.objects.exclude(state=State.CANCELLED).count() == 1
    assert Delivery.objects.count() == 12


def test_concurrent_claims_never_share_a_row(ask, submit):
    for number in range(6):
        ask(submit(), f"r{number}@example.org")

    claimed = in_threads(lambda _: claim(), times=16)

    pks = [delivery.pk for delivery in claimed if delivery]
    assert sorted(pks) == sorted(Delivery.objects.values_list("pk", flat=True))
    assert set(Delivery.objects.values_list("attempts", flat=True)) == {1}


def test_concurrent_drains_send_every_email_once(ask, submit, faults):
    for number in range(12):
        ask(submit(), f"r{number}@example.org")

    sent = in_threads(lambda _: drain().sent, times=4)

    assert sum(sent) == 12
    recipients = [recipient for message in mail_backends.taken for recipient in message.to]
    assert sorted(recipients) == sorted(f"r{number}@example.org" for number in range(12))


def test_concurrent_drains_send_one_email_a_day_to_an_address(ask, submit, faults):
    for number in range(3):
        guide = ask(submit(), f"r{number}@example.org", state=State.SENT)
        Consent.objects.create(contact=guide.contact, purpose="follow_up", step="confirmed")
        for key in ("first", "second"):
            Delivery.objects.create(
                kind=Kind.FOLLOW_UP,
                contact=guide.contact,
                link=guide.link,
                dedupe_key=f"{key}:{number}",
            )

    for _ in range(6):  # those that met wait for a minute or two, each for its own
        in_threads(lambda _: drain(), times=3)
        waiting = Delivery.objects.filter(state=State.RETRY)
        waiting.filter(due_at__lt=timezone.now() + HOUR).update(due_at=timezone.now())

    recipients = [recipient for message in mail_backends.taken for recipient in message.to]
    assert sorted(recipients) == [f"r{number}@example.org" for number in range(3)]
    assert Delivery.objects.filter(state=State.RETRY, reason=ONE_A_DAY).count() == 3


class Slow(mail_backends.FaultyBackend):
    """Counts how many emails it receives concurrently."""

    at_once = most = 0

    def send_messages(self, email_messages):
        Slow.at_once += 1
        Slow.most = max(Slow.most, Slow.at_once)
        time.sleep(0.2)
        Slow.at_once -= 1
        return super().send_messages(email_messages)


def test_drain_uses_up_to_mail_at_once_threads(ask, submit, faults, settings):
    settings.EMAIL_BACKEND, settings.MAIL_AT_ONCE = "tests.guides.delivery.test_concurrency.Slow", 3
    for number in range(10):
        ask(submit(), f"r{number}@example.org")
    Slow.most = 0

    assert drain() == (10, False)

    assert Slow.most == 3
    recipients = [recipient for message in mail_backends.taken for recipient in message.to]
    assert sorted(recipients) == sorted(f"r{number}@example.org" for number in range(10))
    assert set(Delivery.objects.values_list("state", "attempts")) == {(State.SENT, 1)}


def test_refused_sign_in_stops_all_threads_of_a_drain(ask, submit, faults, settings):
    settings.EMAIL_BACKEND, settings.MAIL_AT_ONCE = "tests.guides.delivery.test_concurrency.Slow", 3
    for number in range(20):
        ask(submit(), f"r{number}@example.org")

    refusal = smtplib.SMTPAuthenticationError(535, b"no")
    timer = threading.Timer(0.3, faults.append, [refusal])
    timer.start()
    sent, paused = drain()
    timer.join()

    assert paused
    assert (
        sent == len(mail_backends.taken) == Delivery.objects.filter(state=State.SENT).count() < 20
    )
    waiting = Delivery.objects.exclude(state=State.SENT)
    assert set(waiting.values_list("attempts", "lease_token")) == {(0, "")}


def test_concurrent_drains_share_the_rate_limit(ask, submit, sink, settings):
    settings.MAIL_PER_SECOND = 4
    for number in range(7):
        ask(submit(), f"r{number}@example.org")
    begun = time.monotonic()

    sent = in_threads(lambda _: drain().sent, times=4)

    assert sum(sent) == len(sink.raw) == 7
    assert time.monotonic() - begun >= 6 / 4


def test_concurrent_workers_never_share_a_slot(db, settings):
    settings.MAIL_PER_SECOND = 1
    until = time.monotonic() + 0.5

    assert sum(in_threads(lambda _: slot_take(until), times=8)) == 1


def test_concurrent_posts_of_one_form_store_one_submission(default_content, monkeypatch):
    monkeypatch.setattr("assessments.runner.form_token.MINIMUM_AGE", 0)
    page = Client().get("/check/tight-hips/").content.decode()
    token = re.search(r'name="form_token" value="([^"]*)"', page)
    answers = {"safety": "saddle", "form_token": token[1]}

    locations = in_threads(lambda _: post("/check/tight-hips/", answers)["Location"], times=10)

    assert set(locations) == {f"/result/{Submission.objects.get().token}/"}
