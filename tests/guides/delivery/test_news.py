"""News emails on their way: each yes gets one, whatever happens meanwhile."""

from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta

import pytest
from django.core import mail
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from assessments.models import Submission
from guides import selectors
from guides.consents.services import consent_confirm, consent_withdraw, contact_erase
from guides.delivery import news as on_the_way
from guides.delivery.news import news_confirm, news_queue, news_stop, news_takes
from guides.delivery.outbox import delivery_requeue
from guides.delivery.worker import drain
from guides.email_addresses import address_hmac
from guides.models import Consent, Delivery, NewsEmail, Suppression
from guides.reasons import ONE_A_DAY
from guides.states import Kind, State
from tests.guides.factories import ConsentFactory

pytestmark = pytest.mark.django_db

WORDS = "Tell me first"
SECRET = Consent.Purpose.SECRET


@pytest.fixture(autouse=True)
def _no_pace(settings):
    settings.NEWS_LIMIT_HOUR = 0


def write(**columns):
    values = {"subject": "Ready", "preview": "Yes", "body": "Hi", "language": "en"}
    news = NewsEmail(**values, wordings=[WORDS], **columns)
    news.tested = news.fingerprint
    news.save()
    return news


def confirm(news):
    return news_confirm(news=news, seen=[*news.words, *news.wordings])


def states():
    return [*Delivery.objects.order_by("pk").values_list("state", "reason")]


def test_a_yes_taken_back_after_the_confirmation_stops_its_email():
    queued, not_yet = ConsentFactory.create_batch(2)
    confirm(write())
    consent_withdraw(contact=not_yet.contact, purpose=SECRET, page="guides:preferences")
    news_queue()
    consent_withdraw(contact=queued.contact, purpose=SECRET, page="guides:preferences")

    drain()

    assert mail.outbox == []
    assert states() == [(State.CANCELLED, "The contact turned it off.")]


def test_a_new_yes_does_not_revive_an_email_for_an_older_one():
    yes = ConsentFactory()
    confirm(write())
    news_queue()
    Consent.objects.create(contact=yes.contact, purpose=SECRET, step=Consent.Step.WITHDRAWN)
    Consent.objects.create(contact=yes.contact, purpose=SECRET, step=Consent.Step.CONFIRMED)

    drain()

    assert mail.outbox == []


def test_one_yes_allows_one_email_and_may_be_said_again(settings):
    yes = ConsentFactory()
    for _ in range(2):
        confirm(write())
        drain()
    assert len(mail.outbox) == 1
    assert selectors.consent_used(yes.contact, SECRET)

    Delivery.objects.update(sent_at=timezone.now() - timedelta(days=2))
    consent_confirm(contact=yes.contact, purpose=SECRET, words=WORDS, page="guides:secret")
    assert not selectors.consent_used(yes.contact, SECRET)
    confirm(write())
    drain()

    assert len(mail.outbox) == 2


def test_what_was_stopped_can_be_told_in_another_email_but_not_twice():
    ConsentFactory()
    first = write()
    confirm(first)
    news_queue()
    news_stop(news=first)
    confirm(write())
    drain()
    Delivery.objects.filter(news=first).update(state=State.FAILED)
    delivery_requeue(delivery=Delivery.objects.get(news=first))

    Delivery.objects.filter(state=State.SENT).update(sent_at=timezone.now() - timedelta(days=2))
    drain()

    assert len(mail.outbox) == 1


def test_suppressed_addresses_get_nothing_and_say_why():
    yes = ConsentFactory()
    hmac = address_hmac(yes.contact.email)
    Suppression.objects.create(address_hmac=hmac, reason=Suppression.Reason.ERASED)
    news = write()
    audience = selectors.news_audience(news)
    confirm(news)

    drain()

    assert (audience.readers, audience.suppressed) == (0, 1)
    assert states() == [(State.CANCELLED, on_the_way.SUPPRESSED)]
    assert mail.outbox == []


@pytest.mark.parametrize("retaken", [True, False])
def test_a_safety_stop_leaves_its_runner_out(contact, submission, submit, retaken):
    ConsentFactory(contact=contact)
    stop = submit(safety=("chest",))
    if retaken:
        Submission.objects.filter(pk=stop.pk).update(retest_of=submission)
    news = write()

    audience = selectors.news_audience(news)
    confirm(news)
    news_queue()

    assert (audience.readers, audience.stopped) == ((0, 1) if retaken else (1, 0))
    assert Delivery.objects.filter(kind=Kind.NEWS).count() == audience.readers


def test_erased_readers_get_nothing():
    queued, not_yet = ConsentFactory.create_batch(2)
    confirm(write())
    contact_erase(contact=not_yet.contact)
    news_queue()
    contact_erase(contact=queued.contact)

    drain()

    assert mail.outbox == []


def test_it_waits_a_day_after_another_email():
    yes = ConsentFactory()
    Delivery.objects.create(
        kind=Kind.SERIES, contact=yes.contact, dedupe_key="s", state=State.SENT,
        sent_at=timezone.now(),
    )  # fmt: skip
    confirm(write())

    drain()

    assert states()[1] == (State.RETRY, ONE_A_DAY)


def test_readers_are_queued_in_batches_of_constant_cost(monkeypatch):
    monkeypatch.setattr(on_the_way, "BATCH", 4)
    ConsentFactory.create_batch(4)
    costs = []
    for more in (0, 20):
        ConsentFactory.create_batch(more)
        news = write()
        confirm(news)
        with CaptureQueriesContext(connection) as captured:
            on_the_way._batch_queue(news.pk)
        costs.append(len(captured))
        news_queue()

    assert costs == [7, 7]
    assert Delivery.objects.count() == 24
    assert not selectors.news_going_out().exists()


def test_a_batch_that_fails_is_queued_again_as_a_whole(monkeypatch):
    ConsentFactory.create_batch(3)
    news = write()
    confirm(news)
    with monkeypatch.context() as broken:
        broken.setattr(NewsEmail.objects, "filter", None)
        with pytest.raises(TypeError):
            on_the_way._batch_queue(news.pk)

    news_queue()

    assert Delivery.objects.count() == 3


def test_no_more_are_due_in_an_hour_than_the_settings_allow(settings):
    settings.NEWS_LIMIT_HOUR = 60
    ConsentFactory.create_batch(3)
    confirm(write())
    news_queue()

    times = [*Delivery.objects.order_by("pk").values_list("due_at", flat=True)]

    assert [later - times[0] for later in times] == [timedelta(minutes=n) for n in range(3)]
    settings.NEWS_LIMIT_HOUR, settings.MAIL_PER_SECOND = 100_000, 1
    assert news_takes(3600) == timedelta(hours=1)


@pytest.mark.django_db(transaction=True)
def test_two_tabs_and_two_workers_send_everyone_one_email(monkeypatch):
    monkeypatch.setattr(on_the_way, "BATCH", 2)
    ConsentFactory.create_batch(9)
    news = write()

    def at_once(work):
        def one(_):
            try:
                return work()
            finally:
                connection.close()

        with ThreadPoolExecutor(4) as pool:
            return [*pool.map(one, range(4))]

    assert sorted(at_once(lambda: confirm(news))) == [False, False, False, True]
    at_once(news_queue)

    assert Delivery.objects.count() == 9
    assert NewsEmail.objects.get().queued == 9
