"""Delivery over real SMTP."""

import pytest

from guides.delivery.worker import drain
from guides.models import Delivery
from guides.states import State


def states() -> dict[str, str]:
    return dict(Delivery.objects.values_list("contact__email", "state"))


def test_emails_share_a_connection_and_arrive_complete(ask, submit, sink):
    for name in ("one", "two"):
        ask(submit(), f"{name}@example.org")

    assert drain() == (2, False)

    assert sorted(message["To"] for message in sink.messages) == [
        "one@example.org",
        "two@example.org",
    ]
    assert all(max(map(len, raw.split(b"\r\n"))) <= 998 for raw in sink.raw)


@pytest.mark.parametrize(
    ("reply", "state"), [("550 no such user", State.FAILED), ("451 try later", State.RETRY)]
)
def test_refused_email_does_not_affect_others(ask, submit, sink, reply, state):
    sink.refuse["bad@example.org"] = reply
    ask(submit(), "bad@example.org")
    ask(submit(), "good@example.org")

    assert drain() == (1, False)

    assert states() == {"bad@example.org": state, "good@example.org": State.SENT}


def test_refused_sender_pauses_mail(delivery, sink):
    sink.refuse_sender = "550 not from here"

    assert drain() == (0, True)
    assert states() == {"runner@example.org": State.RETRY}


def test_unreachable_server_is_retried(delivery, sink, settings):
    settings.EMAIL_PORT = 1

    assert drain() == (0, False)
    assert states() == {"runner@example.org": State.RETRY}
