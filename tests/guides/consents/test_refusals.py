"""After a restore, who said no since the copy was made has said no again."""

from datetime import timedelta

import pytest
from django.core.management import call_command
from django.utils import timezone

from guides import selectors
from guides.consents.services import (
    consent_confirm,
    consent_withdraw,
    contact_resubscribe,
    contact_unsubscribe,
)
from guides.email_addresses import address_hmac
from guides.models import Consent, Delivery, Suppression
from guides.states import State

SECRET = Consent.Purpose.SECRET
pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _list(settings, tmp_path):
    settings.ERASURE_LIST = tmp_path / "erasures.txt"


@pytest.fixture
def contact(ask, submission):
    contact = ask(submission, "anna@example.org").contact
    consent_confirm(contact=contact, purpose=SECRET, words="Yes", page="guides:guide")
    return contact


def restored(contact):
    """As it was before any no."""
    Suppression.objects.all().delete()
    contact.consents.filter(step=Consent.Step.WITHDRAWN).delete()
    contact.deliveries.update(state=State.QUEUED, reason="")


def test_an_unsubscribe_is_done_again(contact):
    contact_unsubscribe(contact=contact)
    restored(contact)
    assert selectors.consent_holds(contact, SECRET)

    call_command("replay_erasures")

    assert selectors.address_suppression(contact.email).reason == "unsubscribed"
    assert not selectors.consent_holds(contact, SECRET)
    assert {*Delivery.objects.values_list("state", flat=True)} == {State.CANCELLED}
    lines = contact.consents.count()
    call_command("replay_erasures")
    assert contact.consents.count() == lines


def test_who_subscribed_again_before_the_copy_stays(contact):
    contact_unsubscribe(contact=contact)
    contact_resubscribe(contact=contact)

    call_command("replay_erasures")

    assert not selectors.address_suppressed(contact.email)


def test_a_no_to_one_purpose_is_said_again(contact):
    consent_withdraw(contact=contact, purpose=SECRET, page="guides:own")
    restored(contact)

    call_command("replay_erasures")

    assert selectors.consent_step(contact, SECRET) == Consent.Step.WITHDRAWN
    assert not selectors.address_suppressed(contact.email)


def test_a_yes_after_the_no_stands(contact):
    consent_withdraw(contact=contact, purpose=SECRET, page="guides:own")
    restored(contact)
    Consent.objects.filter(purpose=SECRET).update(at=timezone.now() + timedelta(seconds=1))

    call_command("replay_erasures")

    assert selectors.consent_holds(contact, SECRET)


def test_a_complaint_counts_without_a_contact_and_over_a_bounce(settings, contact):
    now = timezone.now().isoformat()
    unknown = address_hmac("someone@example.org")
    settings.ERASURE_LIST.write_text(
        f"{now} complained {unknown}\n{now} complained {address_hmac(contact.email)}\n"
    )
    Suppression.objects.create(address_hmac=address_hmac(contact.email), reason="bounced")

    call_command("replay_erasures")

    assert {*Suppression.objects.values_list("address_hmac", "reason")} == {
        (unknown, "complained"),
        (address_hmac(contact.email), "complained"),
    }
