"""Events posted to a real receiver: signed, retried, refused, never twice under another id."""

import base64
import time
from datetime import UTC, datetime, timedelta

import pytest
import time_machine
from django.utils import timezone
from standardwebhooks import Webhook, WebhookVerificationError

from guides.consents.services import consent_confirm, consent_withdraw
from guides.delivery import posting
from guides.delivery.dispatch import claim_rows, due_rows
from guides.delivery.webhooks import sending
from guides.delivery.webhooks.services import webhook_reseed, webhook_retry, webhook_test
from guides.delivery.worker import drain
from guides.models import Consent, Delivery, WebhookEndpoint
from guides.states import GIVE_UP_AFTER, LEASE, Kind, State
from tests.support.ports import free_port


def rows():
    return Delivery.objects.filter(kind=Kind.WEBHOOK).order_by("pk")


def states() -> list[str]:
    return list(rows().values_list("state", flat=True))


def make_due() -> None:
    rows().exclude(state=State.SENT).update(due_at=timezone.now())


def verified(tool, endpoint, secret: str = "") -> list[dict]:
    receiver = Webhook(secret or sending.secret(endpoint))
    return [receiver.verify(body, headers) for headers, body in tool.heard]


def test_test_event_is_signed_as_the_library_verifies(tool, endpoint):
    webhook_test(endpoint=endpoint)

    assert drain() == (1, False)

    [event] = verified(tool, endpoint)
    assert event == {
        "id": rows().get().message_id,
        "type": "test",
        "timestamp": rows().get().queued_at.astimezone(UTC).isoformat(),
        "data": {},
    }
    [(headers, _body)] = tool.heard
    headers = {name.lower(): value for name, value in headers.items()}
    assert headers["webhook-id"] == event["id"]
    assert headers["content-type"] == "application/json"


def test_signature_is_that_of_the_specification(endpoint, monkeypatch):
    """Its own test vector."""
    key = base64.b64decode("MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw")
    monkeypatch.setattr(sending, "_key", lambda seed: key)
    at = datetime.fromtimestamp(1614265330, tz=UTC)

    number = "msg_p5jXN8AQM9LWM0D4loKWxJek"  # pragma: allowlist secret
    signature = "g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE="  # pragma: allowlist secret
    headers = sending.signed_headers(endpoint, number, b'{"test": 2432232314}', at)

    assert headers == {
        "webhook-id": number,
        "webhook-timestamp": "1614265330",
        "webhook-signature": f"v1,{signature}",
    }


def test_old_secret_works_for_a_day(tool, endpoint):
    old = sending.secret(endpoint)
    webhook_reseed(endpoint=endpoint)
    webhook_test(endpoint=endpoint)
    drain()

    assert verified(tool, endpoint, old) == verified(tool, endpoint)
    assert old != sending.secret(endpoint)
    with time_machine.travel(timezone.now() + timedelta(hours=25), tick=True):
        webhook_test(endpoint=endpoint)
        drain()
        tool.heard = tool.heard[-1:]
        assert verified(tool, endpoint)
        with pytest.raises(WebhookVerificationError):
            verified(tool, endpoint, old)


def test_every_try_has_the_same_id_and_body(tool, endpoint):
    tool.answers = [500]
    webhook_test(endpoint=endpoint)
    drain()
    row = rows().get()
    assert (row.state, row.reason) == (State.RETRY, "The tool couldn't take it just now (500).")
    make_due()
    drain()

    first, second = verified(tool, endpoint)
    assert first == second
    assert states() == [State.SENT]


def test_worker_that_dies_after_the_post_posts_it_again_with_the_same_id(tool, endpoint):
    webhook_test(endpoint=endpoint)
    delivery = next(claim_rows(due_rows()))
    sending.post(delivery)  # and is killed before it settles the row

    with time_machine.travel(timezone.now() + LEASE + timedelta(seconds=1), tick=True):
        assert drain() == (1, False)
        first, second = tool.told

    assert first == second
    assert states() == [State.SENT]


@pytest.mark.parametrize("status", [400, 401, 404, 422])
def test_refusal_is_final_until_sent_again_by_hand(tool, endpoint, status):
    tool.answers = [status]
    webhook_test(endpoint=endpoint)
    drain()

    row = rows().get()
    assert (row.state, row.reason) == (State.FAILED, f"The tool refused it ({status}).")
    assert webhook_retry(endpoint=endpoint) == 1
    drain()
    assert states() == [State.SENT]


@pytest.mark.parametrize("status", [301, 307, 308, 408, 429, 500, 503])
def test_other_statuses_are_retried_and_no_redirect_is_followed(tool, endpoint, status):
    tool.answers = [status]
    webhook_test(endpoint=endpoint)
    drain()

    assert states() == [State.RETRY]
    assert len(tool.heard) == 1


def test_a_redirect_is_named_as_one(tool, endpoint):
    tool.answers = [308]
    webhook_test(endpoint=endpoint)
    drain()

    assert rows().get().reason == "The tool sent us on to another address (308). Correct it."


def test_an_address_may_have_letters_of_any_alphabet(tool, endpoint):
    endpoint.address = f"{endpoint.address}&liste=läuferin"
    endpoint.save()
    webhook_test(endpoint=endpoint)
    drain()

    assert states() == [State.SENT]


def test_it_is_given_up_after_48_hours(tool, endpoint):
    tool.answers = [503]
    webhook_test(endpoint=endpoint)
    rows().update(queued_at=timezone.now() - GIVE_UP_AFTER)
    drain()

    assert states() == [State.FAILED]


def test_gone_turns_the_webhook_off_and_cancels_what_waits(tool, endpoint, contact):
    tool.answers = [410]
    webhook_test(endpoint=endpoint)
    drain()

    endpoint.refresh_from_db()
    assert (endpoint.is_on, endpoint.gone_at is not None) == (False, True)
    assert sorted(states()) == [State.CANCELLED, State.FAILED]
    assert len(tool.heard) == 1
    confirm(contact)
    assert rows().count() == 2


def confirm(contact, purpose=Consent.Purpose.SECRET) -> None:
    consent_confirm(contact=contact, purpose=purpose, words="Yes", page="guides:secret")


def test_silent_tool_makes_its_own_rows_wait_and_no_others(tool, endpoint):
    down = WebhookEndpoint.objects.create(
        name="Down", address=f"http://127.0.0.1:{free_port()}/", results=True
    )
    webhook_reseed(endpoint=down)
    for each in (down, down, endpoint):
        webhook_test(endpoint=each)

    drain()

    assert sorted(rows().filter(endpoint=down).values_list("state", "attempts")) == [
        (State.QUEUED, 0),
        (State.RETRY, 1),
    ]
    assert states()[-1] == State.SENT


@pytest.mark.parametrize("dribble", [0.02, 5.0])
def test_hanging_or_trickling_tool_times_out(tool, endpoint, monkeypatch, dribble):
    monkeypatch.setattr(posting, "TIMEOUT", 0.3)
    tool.dribble = dribble
    webhook_test(endpoint=endpoint)

    began = time.monotonic()
    drain()

    assert time.monotonic() - began < 3
    assert states() == [State.RETRY]


def test_name_that_leads_to_a_private_network_is_not_posted_to(tool, endpoint, settings):
    settings.OUTGOING_PRIVATE_HOSTS = []
    webhook_test(endpoint=endpoint)
    drain()

    row = rows().get()
    assert (row.state, tool.heard) == (State.RETRY, [])
    assert row.reason == "The tool isn't public, and not in OUTGOING_PRIVATE_HOSTS."


def test_delayed_yes_is_not_posted_after_no(tool, endpoint, contact):
    rows().delete()
    tool.answers = [500, 500]
    confirm(contact)
    drain()
    consent_withdraw(contact=contact, purpose=Consent.Purpose.SECRET, page="guides:preferences")
    make_due()
    drain()
    make_due()
    drain()

    assert [event["type"] for event in tool.told][-1] == "consent.withdrawn"
    yes = rows().get(event="consent.given")
    assert yes.state == State.CANCELLED


def test_event_that_cannot_be_built_does_not_stop_the_rest(tool, endpoint, monkeypatch):
    whole = sending.payload
    webhook_test(endpoint=endpoint)
    webhook_test(endpoint=endpoint)
    bad = rows()[0].pk

    def payload(delivery):
        if delivery.pk == bad:
            raise ValueError("broken")
        return whole(delivery)

    monkeypatch.setattr(sending, "payload", payload)
    drain()

    assert states() == [State.RETRY, State.SENT]
