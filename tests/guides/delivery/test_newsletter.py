"""Consents and erasures posted to the PT's newsletter tool, over real HTTP."""

import hashlib
import hmac
import time
from datetime import datetime, timedelta

import pytest
import time_machine
from anymail.signals import AnymailTrackingEvent, EventType
from django.utils import timezone

from guides import selectors, signed_links
from guides.consents.services import (
    consent_confirm,
    consent_withdraw,
    contact_erase,
    contact_unsubscribe,
)
from guides.delivery import circuit_breaker, outbox, posting
from guides.delivery.worker import drain
from guides.models import Consent, Delivery
from guides.states import GIVE_UP_AFTER, OPEN, Kind, State
from guides.tracking.services import mail_events_add
from tests.guides.delivery.claims import claim
from tests.support.newsletter_tool import running_tool
from tests.support.ports import free_port

FOLLOW_UP, SECRET = Consent.Purpose.FOLLOW_UP, Consent.Purpose.SECRET
SECRET_KEY = "between-us"


@pytest.fixture
def tool(settings):
    with running_tool() as tool:
        settings.NEWSLETTER_URL, settings.NEWSLETTER_SECRET = tool.url, SECRET_KEY
        settings.OUTGOING_PRIVATE_HOSTS = ["127.0.0.1"]
        yield tool


@pytest.fixture
def contact(ask, submission):
    """A contact whose guide was sent, so that only consents are left to deliver."""
    return ask(submission, state=State.SENT).contact


def confirm(contact, purpose=SECRET) -> None:
    consent_confirm(contact=contact, purpose=purpose, words="Yes", page="guides:secret")


def withdraw(contact, purpose=SECRET) -> None:
    consent_withdraw(contact=contact, purpose=purpose, page="guides:preferences")


def rows():
    return Delivery.objects.filter(kind=Kind.NEWSLETTER).order_by("pk")


def states() -> list[str]:
    return list(rows().values_list("state", flat=True))


def make_due() -> None:
    rows().exclude(state=State.SENT).update(due_at=timezone.now())


def test_confirmation_and_withdrawal_are_posted_in_order(tool, contact):
    confirm(contact)
    assert drain() == (1, False)
    withdraw(contact)
    assert drain() == (1, False)

    consents = contact.consents.filter(purpose=SECRET).order_by("pk")
    assert tool.told == [
        {
            "address": "runner@example.org",
            "purpose": "secret",
            "step": step,
            "at": at.isoformat(),
            "source": source,
        }
        for (step, source), at in zip(
            [("confirmed", "guides:secret"), ("withdrawn", "guides:preferences")],
            consents.values_list("at", flat=True),
            strict=True,
        )
    ]
    assert datetime.fromisoformat(tool.told[0]["at"]).tzinfo is not None


def test_post_has_signature_timestamp_and_idempotency_key(tool, contact):
    tool.answers = [500]
    confirm(contact)
    drain()
    make_due()
    drain()

    for headers, body in tool.heard:
        timestamp = headers["X-RunFit-Timestamp"]
        signed = hmac.new(SECRET_KEY.encode(), f"{timestamp}.".encode() + body, hashlib.sha256)
        assert headers["X-RunFit-Signature"] == f"sha256={signed.hexdigest()}"
        assert abs(time.time() - int(timestamp)) < 60
        assert headers["Content-Type"] == "application/json"
        assert headers["path"] == "/hook?list=7"
    assert [headers["Idempotency-Key"] for headers, _ in tool.heard] == [rows()[0].dedupe_key] * 2


def test_post_contains_no_answers_and_no_result(tool, contact, submission):
    confirm(contact)
    drain()

    [(headers, body)] = tool.heard
    sent = f"{headers}{body.decode()}"
    assert submission.profile not in sent
    assert submission.token not in sent
    assert set(tool.told[0]) == {"address", "purpose", "step", "at", "source"}


@pytest.mark.parametrize("purpose", [FOLLOW_UP, SECRET])
def test_unconfirmed_consent_is_not_posted(tool, ask, submission, purpose):
    contact = ask(submission, follow_up=True, state=State.SENT).contact
    withdraw(contact, purpose)

    assert rows().count() == 0
    confirm(contact, purpose)
    withdraw(contact, purpose)
    assert rows().count() == 2


def test_nothing_is_queued_without_newsletter_url(contact, settings):
    settings.NEWSLETTER_URL = ""
    confirm(contact)
    contact_erase(contact=contact)

    assert Delivery.objects.count() == 0


def test_queued_consent_is_canceled_when_newsletter_url_is_removed(tool, contact, settings):
    confirm(contact)
    settings.NEWSLETTER_URL = ""

    assert drain() == (0, False)
    assert states() == [State.CANCELLED]


@pytest.mark.parametrize("status", [200, 201, 204])
def test_success_status_settles_as_sent(tool, contact, status):
    tool.answers = [status]
    confirm(contact)
    drain()

    assert states() == [State.SENT]


@pytest.mark.parametrize("status", [400, 401, 404, 410, 422])
def test_client_error_status_settles_as_failed(tool, contact, status):
    tool.answers = [status]
    confirm(contact)
    drain()

    assert states() == [State.FAILED]
    assert rows().get().reason == f"The newsletter tool refused it ({status})."


@pytest.mark.parametrize(
    ("status", "reason"),
    [
        *((status, "sent us on to another address ({}). Correct it.") for status in (301, 307)),
        *((status, "couldn't take it just now ({}).") for status in (408, 425, 429, 500, 503)),
    ],
)
def test_other_statuses_are_retried_without_following_redirects(tool, contact, status, reason):
    tool.answers = [status]
    confirm(contact)
    drain()

    row = rows().get()
    assert (row.state, row.attempts) == (State.RETRY, 1)
    assert row.reason == f"The newsletter tool {reason.format(status)}"
    assert timedelta(seconds=50) < row.due_at - timezone.now() < timedelta(seconds=80)
    assert len(tool.heard) == 1
    make_due()
    drain()
    assert states() == [State.SENT]


def test_delivery_fails_after_48_hours(tool, contact):
    tool.answers = [503]
    confirm(contact)
    rows().update(queued_at=timezone.now() - GIVE_UP_AFTER)
    drain()

    assert states() == [State.FAILED]


@pytest.fixture
def tool_is_down(settings):
    """A newsletter tool that is down."""
    settings.NEWSLETTER_URL = f"http://127.0.0.1:{free_port()}/"
    settings.NEWSLETTER_SECRET, settings.OUTGOING_PRIVATE_HOSTS = SECRET_KEY, ["127.0.0.1"]


@pytest.mark.usefixtures("tool_is_down")
def test_unreachable_tool_does_not_delay_mail(contact, ask, submit, sink, caplog):
    for purpose in (FOLLOW_UP, SECRET):
        confirm(contact, purpose)
    ask(submit(), "other@example.org")

    assert drain() == (1, False)

    assert [message["To"] for message in sink.messages] == ["other@example.org"]
    assert "CRITICAL" not in {record.levelname for record in caplog.records}
    first, second = sorted(rows(), key=lambda row: -row.attempts)
    assert (first.state, first.attempts) == (State.RETRY, 1)
    assert first.reason == "The newsletter tool couldn't be reached."
    assert (second.state, second.attempts) == (
        State.QUEUED,
        0,
    )  # not tried, because the tool is down
    assert timedelta(seconds=50) < second.due_at - timezone.now() < timedelta(seconds=70)


def test_accepted_consent_does_not_end_mail_pause(tool, contact):
    circuit_breaker.pause(reason="The mail server refused our sign-in.")
    confirm(contact)

    assert drain() == (1, False)
    assert selectors.mail_status().paused_since is not None


@pytest.fixture
def one_row_per_query(monkeypatch):
    monkeypatch.setattr("guides.delivery.dispatch.CANDIDATES", 1)


@pytest.mark.usefixtures("one_row_per_query")
def test_consents_are_posted_while_mail_is_paused(tool, contact, ask, submit, sink):
    """Regardless of how many emails are queued before them."""
    sink.refuse_sender = "550 not from here"
    for number in range(2):
        ask(submit(), f"r{number}@example.org")
    confirm(contact)
    assert drain() == (1, True)
    confirm(contact, FOLLOW_UP)
    assert drain() == (1, True)

    assert [post["purpose"] for post in tool.told] == ["secret", "follow_up"]
    mails = Delivery.objects.filter(kind=Kind.GUIDE).exclude(contact=contact)
    assert [(mail.state in OPEN, mail.attempts) for mail in mails] == [(True, 0)] * 2
    assert selectors.mail_status().paused_since is not None


@pytest.mark.usefixtures("tool_is_down")
def test_unreachable_tool_is_retried_during_mail_pause(contact, ask, submit, sink):
    sink.refuse_sender = "550 not from here"
    ask(submit(), "other@example.org")
    confirm(contact)

    assert drain() == (0, True)
    assert [(row.state, row.attempts) for row in rows()] == [(State.RETRY, 1)]


def test_mail_is_claimed_before_consents(tool, contact, ask, submit):
    confirm(contact)
    rows().update(due_at=timezone.now() - timedelta(hours=1))
    mail = ask(submit(), "other@example.org")

    assert claim() == mail
    assert claim().kind == Kind.NEWSLETTER


@pytest.mark.parametrize("dribble", [0.02, 5.0])
def test_hanging_or_trickling_tool_times_out(tool, contact, monkeypatch, dribble):
    monkeypatch.setattr(posting, "TIMEOUT", 0.3)
    tool.dribble = dribble
    confirm(contact)

    began = time.monotonic()
    drain()

    assert time.monotonic() - began < 3
    assert states() == [State.RETRY]


def test_tool_on_a_private_network_is_not_posted_to_unless_listed(tool, contact, settings):
    settings.OUTGOING_PRIVATE_HOSTS = []
    confirm(contact)
    drain()

    row = rows().get()
    assert (row.state, tool.heard) == (State.RETRY, [])
    assert row.reason == "The newsletter tool isn't public, and not in OUTGOING_PRIVATE_HOSTS."


def test_delayed_yes_is_not_posted_after_no(tool, contact):
    tool.answers = [500]
    confirm(contact)
    drain()
    withdraw(contact)
    make_due()
    drain()
    make_due()
    drain()

    assert states() == [State.CANCELLED, State.SENT]
    assert tool.told[-1]["step"] == "withdrawn"


def test_unsubscribe_posts_withdrawal_for_every_consent(tool, contact):
    for purpose in (FOLLOW_UP, SECRET):
        confirm(contact, purpose)
    withdraw(contact, SECRET)
    contact_unsubscribe(contact=contact)
    drain()

    assert sorted((post["purpose"], post["step"]) for post in tool.told) == [
        ("follow_up", "withdrawn"),
        ("secret", "withdrawn"),
    ]


def report(event_type: str, contact, kind: str = "HardBounce", number: int = 1) -> None:
    """Stores a Postmark event about an email to this contact."""
    event = AnymailTrackingEvent(
        event_type=event_type,
        recipient=contact.email,
        event_id=number,
        esp_event={"Type": kind},
    )
    mail_events_add(provider="Postmark", events=[event])


@pytest.mark.parametrize(
    ("event", "words"),
    [
        (EventType.BOUNCED, "ended when an email to you bounced)."),
        (EventType.COMPLAINED, "ended when one of our emails was marked as spam)."),
    ],
)
def test_bounce_or_complaint_posts_withdrawal(tool, contact, client, event, words):
    for purpose in (FOLLOW_UP, SECRET):
        confirm(contact, purpose)
    withdraw(contact, FOLLOW_UP)
    for number in (1, 2):
        report(event, contact, number=number)
    drain()

    consent = contact.consents.get(page=event)
    assert (consent.purpose, consent.step) == ("secret", "withdrawn")
    posted = {post["purpose"]: (post["step"], post["source"]) for post in tool.told}
    assert posted == {
        "follow_up": ("withdrawn", "guides:preferences"),
        "secret": ("withdrawn", event),
    }
    assert len(tool.told) == 2
    assert consent.at.isoformat() in {post["at"] for post in tool.told}
    page = client.get(f"/preferences/{signed_links.preferences_token(contact)}/").content.decode()
    assert f"News before anyone else ({words}" in page


@pytest.mark.parametrize("kind", ["SoftBounce", "Transient"])
def test_soft_bounce_withdraws_nothing(tool, contact, kind):
    confirm(contact)
    report(EventType.BOUNCED, contact, kind)
    drain()

    assert [post["step"] for post in tool.told] == ["confirmed"]
    assert selectors.consent_holds(contact, SECRET)


def test_failed_withdrawal_can_be_requeued(tool, contact):
    confirm(contact)
    contact_unsubscribe(contact=contact)
    rows().update(state=State.FAILED)
    first, second = rows()

    assert outbox.delivery_requeue(delivery=first)
    assert outbox.delivery_requeue(delivery=second)
    drain()

    assert [post["step"] for post in tool.told] == ["withdrawn"]


def test_erasure_is_posted_once_and_leaves_no_address(tool, contact):
    confirm(contact)
    contact_erase(contact=contact)
    [row] = Delivery.objects.all()
    assert (row.contact, row.consent, row.submission) == (None, None, None)

    assert drain() == (1, False)
    assert drain() == (0, False)

    assert [(post["address"], post["purpose"], post["step"]) for post in tool.told] == [
        ("runner@example.org", "all", "erased")
    ]
    stored = [str(value) for value in Delivery.objects.values().get().values()]
    assert not [value for value in stored if "runner" in value or "example.org" in value]


@pytest.mark.parametrize("refusal", ["at once", "after 48 hours"])
def test_failed_erasure_post_forgets_address_and_logs_error(tool, contact, caplog, refusal):
    confirm(contact)
    contact_erase(contact=contact)
    tool.answers = [410 if refusal == "at once" else 503]
    later = timedelta(0) if refusal == "at once" else GIVE_UP_AFTER
    with time_machine.travel(timezone.now() + later):
        drain()

    assert Delivery.objects.values_list("state", "erased_email").get() == (State.FAILED, "")
    message = "Cannot report an erasure to a tool. See contacts_export."
    assert message in caplog.messages
    assert "example.org" not in caplog.text
    assert outbox.delivery_requeue(delivery=Delivery.objects.get()) is False


def test_erasure_to_be_retried_logs_no_error(tool, contact, ask, submission, caplog):
    ask(submission, "other@example.org", state=State.FAILED)
    confirm(contact)
    contact_erase(contact=contact)
    tool.answers = [503]

    drain()

    posts = Delivery.objects.exclude(erased_email="")
    assert posts.values_list("state", flat=True).get() == State.RETRY
    assert "Cannot report an erasure" not in caplog.text


def test_erasing_contact_without_consent_posts_nothing(tool, contact):
    contact_erase(contact=contact)

    assert Delivery.objects.count() == 0


def test_erased_address_is_removed_when_post_keeps_killing_worker(tool, contact):
    confirm(contact)
    contact_erase(contact=contact)
    rows().update(strikes=5)

    assert claim() is None
    assert Delivery.objects.values_list("state", "erased_email").get() == (State.FAILED, "")


def test_preferences_page_lists_pending_newsletter_post(tool, contact, client):
    confirm(contact)
    page = client.get(f"/preferences/{signed_links.preferences_token(contact)}/").content.decode()

    assert "Your choice, passed on to our newsletter service (waiting)." in page
