"""Requests, claims and drains that meet, on real connections of their own."""

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

from assessments.models import Submission
from guides.delivery.dispatch import claim
from guides.delivery.rate_limit import slot_take
from guides.delivery.worker import drain
from guides.mail.connection import thread_connection
from guides.models import Contact, Delivery
from guides.states import State
from tests.support import mail_backends

pytestmark = pytest.mark.django_db(transaction=True)

T = TypeVar("T")
AT_ONCE = 8


def together(work: Callable[[int], T], times: int) -> list[T]:
    """Run `work` in as many threads as there are, each on a connection that is closed after."""

    def one(number: int) -> T:
        try:
            return work(number)
        finally:
            thread_connection().close()
            connection.close()

    with ThreadPoolExecutor(AT_ONCE) as pool:
        return list(pool.map(one, range(times)))


def post(url: str, answers: dict[str, str]) -> HttpResponse:
    """More pages at once than a server has threads may be told by SQLite that it's busy. They
    ask again, as the answer's Retry-After says."""
    client = Client(raise_request_exception=False)
    for _ in range(20):
        response = client.post(url, answers)
        if response.status_code != 503:
            break
        time.sleep(0.1)
    return response


def test_identical_requests_are_one_row_and_one_mail(submission, faults):
    url = f"/result/{submission.token}/guide/"

    responses = together(lambda _: post(url, {"email": "runner@example.org"}), times=50)

    assert [response.status_code for response in responses] == [303] * 50
    assert Delivery.objects.count() == Contact.objects.count() == 1
    assert drain() == (1, False)


def test_different_results_for_one_address_are_one_mail(submit, guide_edition, faults):
    urls = [f"/result/{submit().token}/guide/" for _ in range(12)]

    responses = together(lambda n: post(urls[n], {"email": "runner@example.org"}), times=12)

    assert {response.status_code for response in responses} == {303}
    assert Delivery.objects.exclude(state=State.CANCELLED).count() == 1
    assert Delivery.objects.count() == 12


def test_no_row_is_claimed_twice(ask, submit):
    for number in range(6):
        ask(submit(), f"r{number}@example.org")

    claimed = together(lambda _: claim(), times=16)

    pks = [delivery.pk for delivery in claimed if delivery]
    assert sorted(pks) == sorted(Delivery.objects.values_list("pk", flat=True))
    assert set(Delivery.objects.values_list("attempts", flat=True)) == {1}


def test_drains_at_once_send_each_mail_once(ask, submit, faults):
    for number in range(12):
        ask(submit(), f"r{number}@example.org")

    sent = together(lambda _: drain().sent, times=4)

    assert sum(sent) == 12
    recipients = [recipient for message in mail_backends.taken for recipient in message.to]
    assert sorted(recipients) == sorted(f"r{number}@example.org" for number in range(12))


class Slow(mail_backends.FaultyBackend):
    """Counts how many mails it is handed at once."""

    at_once = most = 0

    def send_messages(self, email_messages):
        Slow.at_once += 1
        Slow.most = max(Slow.most, Slow.at_once)
        time.sleep(0.2)
        Slow.at_once -= 1
        return super().send_messages(email_messages)


def test_one_drain_hands_over_as_many_mails_at_once_as_it_may(ask, submit, faults, settings):
    settings.EMAIL_BACKEND, settings.MAIL_AT_ONCE = "tests.guides.delivery.test_concurrency.Slow", 3
    for number in range(10):
        ask(submit(), f"r{number}@example.org")
    Slow.most = 0

    assert drain() == (10, False)

    assert Slow.most == 3
    recipients = [recipient for message in mail_backends.taken for recipient in message.to]
    assert sorted(recipients) == sorted(f"r{number}@example.org" for number in range(10))
    assert set(Delivery.objects.values_list("state", "attempts")) == {(State.SENT, 1)}


def test_who_meets_a_refusal_ends_it_for_all_lanes(ask, submit, faults, settings):
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


def test_drains_at_once_keep_the_pace_together(ask, submit, sink, settings):
    settings.MAIL_PER_SECOND = 4
    for number in range(7):
        ask(submit(), f"r{number}@example.org")
    begun = time.monotonic()

    sent = together(lambda _: drain().sent, times=4)

    assert sum(sent) == len(sink.raw) == 7
    assert time.monotonic() - begun >= 6 / 4


def test_a_slot_is_taken_once(db, settings):
    settings.MAIL_PER_SECOND = 1
    until = time.monotonic() + 0.5

    assert sum(together(lambda _: slot_take(until), times=8)) == 1


def test_a_double_click_on_the_self_check_is_one_submission(default_content, monkeypatch):
    monkeypatch.setattr("assessments.runner.form_token.MINIMUM_AGE", 0)
    page = Client().get("/check/tight-hips/").content.decode()
    token = re.search(r'name="form_token" value="([^"]*)"', page)
    answers = {"safety": "saddle", "form_token": token[1]}

    locations = together(lambda _: post("/check/tight-hips/", answers)["Location"], times=10)

    assert set(locations) == {f"/result/{Submission.objects.get().token}/"}
