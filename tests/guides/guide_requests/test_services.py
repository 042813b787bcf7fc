from datetime import timedelta
from importlib import import_module

import pytest
import time_machine
from django.apps import apps
from django.utils import timezone

from assessments.submissions.request_limits import LimitReachedError
from guides import selectors
from guides.consents.services import (
    consent_confirm,
    contact_erase,
    contact_resubscribe,
    contact_unsubscribe,
)
from guides.email_addresses import address_hmac
from guides.guide_requests.links import link_renew, link_request_add, link_requests_answer
from guides.guide_requests.services import (
    Resend,
    guide_send_again,
    resend_of,
)
from guides.models import Consent, Contact, Delivery, DownloadLink, LinkRequest, Suppression
from guides.states import State


def open_mail() -> int:
    return Delivery.objects.exclude(state=State.CANCELLED).count()


def test_a_request_stores_contact_consent_link_and_delivery(ask, submission):
    delivery = ask(submission, "Runner@Example.org")

    assert delivery.state == State.QUEUED
    assert delivery.masked_email == "R•••@Example.org"
    assert delivery.contact.email == "Runner@Example.org"
    assert delivery.contact.email_key == "runner@example.org"
    assert delivery.link.profile == submission.profile
    assert delivery.link.expires_at - delivery.link.created_at == timedelta(days=90)
    assert list(Consent.objects.values_list("purpose", "step")) == [("guide", "asked")]


def test_checked_box_is_recorded_as_unconfirmed(ask, submission):
    ask(submission, follow_up=True)

    assert set(Consent.objects.values_list("purpose", "step")) == {
        ("guide", "asked"),
        ("follow_up", "asked"),
    }


def test_double_click_sends_one_email(ask, submission):
    assert ask(submission) == ask(submission)
    assert Delivery.objects.count() == 1


def test_address_gets_one_guide_email_per_day(ask, submit):
    ask(submit())
    second = ask(submit())

    assert second.state == State.CANCELLED
    assert second.reason == "This address got its guide email in the last 24 hours."
    assert second.masked_email == "r•••@example.org"
    assert open_mail() == 1


def test_address_can_request_again_next_day(ask, submit):
    ask(submit(), queued_at=timezone.now() - timedelta(hours=25))

    assert ask(submit()).state == State.QUEUED


def test_suppressed_address_gets_nothing_and_creates_no_contact(ask, submit, contact):
    contact_erase(contact=contact)

    delivery = ask(submit())

    assert (delivery.state, delivery.contact) == (State.CANCELLED, None)
    assert delivery.masked_email == "r•••@example.org"
    assert Contact.objects.count() == 0


def test_corrected_address_cancels_email_to_mistyped_one(ask, submission):
    wrong = ask(submission, "runer@example.org")
    right = ask(submission, "runner@example.org")

    wrong.refresh_from_db()
    assert (wrong.state, right.state) == (State.CANCELLED, State.QUEUED)


@pytest.mark.parametrize(("later", "seconds"), [(0, 60), (18.5, 42), (60, 0), (600, 0)])
def test_resend_says_how_many_seconds_remain(ask, submission, later, seconds):
    delivery = ask(submission, state=State.SENT, attempts=1)

    with time_machine.travel(delivery.queued_at + timedelta(seconds=later), tick=False):
        resend = resend_of([delivery])

    assert resend == Resend(allowed=not seconds, waits_until=None, next_at=None, seconds=seconds)


def test_fourth_address_within_an_hour_is_delayed(ask, submission):
    mailed = [
        ask(submission, f"{name}@example.org", attempts=1, state=State.SENT) for name in "abc"
    ]

    fourth = ask(submission, "d@example.org")
    fifth = ask(submission, "e@example.org")

    fourth.refresh_from_db()
    assert fourth.state == State.CANCELLED
    assert fifth.state == State.QUEUED
    assert fifth.due_at == fourth.due_at == mailed[0].due_at + timedelta(hours=1)
    resend = resend_of([fifth])
    assert (resend.allowed, resend.waits_until, resend.next_at) == (False, fifth.due_at, None)
    with time_machine.travel(fifth.due_at + timedelta(seconds=1)):
        assert list(selectors.deliveries_due(timezone.now())) == [fifth]


@pytest.fixture
def waiting(ask, submission):
    """The delayed email to a fourth address, after three that got theirs."""
    for name in "abc":
        ask(submission, f"{name}@example.org", attempts=1, state=State.SENT)
    return ask(submission, "d@example.org")


@pytest.mark.parametrize(
    ("asks", "state"),
    [
        (("e@example.org", "203.0.113.9"), State.CANCELLED),
        (("e@example.org", "198.51.100.7"), State.QUEUED),
        (("a@example.org", "203.0.113.9"), State.QUEUED),
        (("a@example.org", "198.51.100.7"), State.QUEUED),
    ],
    ids=["a correction", "a friend", "had its guide", "had its guide, elsewhere"],
)
def test_delayed_email_is_canceled_only_by_correction(ask, submission, waiting, asks, state):
    email, network = asks
    ask(submission, email, network=network)

    waiting.refresh_from_db()
    assert waiting.state == state


@pytest.mark.parametrize("why", ["had a guide for another result", "wants no mail"])
def test_refused_address_does_not_cancel_delayed_email(ask, submit, submission, waiting, why):
    contact = ask(submit(), "x@example.org", state=State.SENT, attempts=1).contact
    if why == "wants no mail":
        contact_unsubscribe(contact=contact)

    assert ask(submission, "x@example.org").state == State.CANCELLED

    waiting.refresh_from_db()
    assert waiting.state == State.QUEUED


def test_fifth_address_is_delayed_behind_fourth(ask, submission, waiting):
    fifth = ask(submission, "e@example.org", network="198.51.100.7")

    second = Delivery.objects.get(contact__email="b@example.org")
    assert fifth.due_at == second.due_at + timedelta(hours=1) > waiting.due_at


def test_canceled_emails_do_not_count_toward_limit(ask, submission):
    for name in "abc":
        contact = ask(submission, f"{name}@example.org").contact
        contact_unsubscribe(contact=contact)

    assert ask(submission, "d@example.org").due_at <= timezone.now()


def test_corrected_typos_do_not_count_toward_limit(ask, submission):
    for name in "abcde":
        last = ask(submission, f"{name}@example.org")

    assert last.due_at <= timezone.now()


def test_suppressed_address_is_delayed_alike(ask, submit, contact):
    contact_erase(contact=contact)
    known, refused = submit(), submit()
    for email, submission in (("new@example.org", known), ("runner@example.org", refused)):
        for name in "abc":
            ask(submission, f"{name}{submission.pk}@example.org", attempts=1, state=State.SENT)
        ask(submission, email)

    waits = [
        resend_of(list(selectors.deliveries_of(submission))).waits_until is not None
        for submission in (known, refused)
    ]
    assert waits == [True, True]


def test_network_has_hourly_limit(ask, submit, settings):
    settings.GUIDE_LIMIT_NETWORK_HOUR = 2
    for number in range(2):
        ask(submit(), f"r{number}@example.org", network="203.0.113.9")

    with pytest.raises(LimitReachedError):
        ask(submit(), "r3@example.org", network="203.0.113.9")
    assert ask(submit(), "r3@example.net", network="203.0.113.10").state == State.QUEUED


def test_all_networks_share_hourly_limit(ask, submit, settings):
    settings.GUIDE_LIMIT_HOUR = 1
    ask(submit(), "a@example.org", network="203.0.113.9")

    with pytest.raises(LimitReachedError):
        ask(submit(), "b@example.org", network="203.0.113.10")


def test_limits_reset_after_an_hour(ask, submit, settings):
    settings.GUIDE_LIMIT_HOUR = 1
    ask(submit(), "a@example.org")

    with time_machine.travel(timezone.now() + timedelta(hours=1)):
        assert ask(submit(), "b@example.org").state == State.QUEUED


def again(submission) -> None:
    guide_send_again(submission=submission, network="203.0.113.9")


def test_send_again_is_allowed_after_a_minute(ask, submission):
    ask(submission, state=State.SENT)
    again(submission)
    assert open_mail() == 1

    with time_machine.travel(timezone.now() + timedelta(seconds=61)):
        again(submission)
    assert open_mail() == 2


def test_double_click_on_send_again_sends_one_email(ask, submission):
    ask(submission, state=State.SENT)

    with time_machine.travel(timezone.now() + timedelta(seconds=61)):
        again(submission)
        again(submission)

    assert open_mail() == 2


def test_send_again_does_nothing_while_queued(ask, submission):
    ask(submission)

    with time_machine.travel(timezone.now() + timedelta(seconds=61)):
        again(submission)

    assert open_mail() == 1


def test_send_again_is_limited_to_three_a_day(ask, submission):
    ask(submission, state=State.SENT)
    start = timezone.now()

    for minutes in (2, 4, 6, 8):
        with time_machine.travel(start + timedelta(minutes=minutes)):
            again(submission)
            Delivery.objects.update(state=State.SENT)

    assert open_mail() == 3


def test_send_again_without_a_request_does_nothing(submission):
    again(submission)

    assert Delivery.objects.count() == 0


def test_refused_request_is_not_sent_again(ask, submit):
    ask(submit(), state=State.SENT)
    refused = submit()
    ask(refused)

    with time_machine.travel(timezone.now() + timedelta(minutes=5)):
        again(refused)

    assert open_mail() == 1


def test_renewed_link_goes_to_same_address(delivery):
    DownloadLink.objects.update(expires_at=timezone.now())
    Delivery.objects.update(state=State.SENT, queued_at=timezone.now() - timedelta(days=31))

    link_renew(link=delivery.link, network="203.0.113.9")

    newest = selectors.deliveries_of(delivery.submission).first()
    assert newest.contact == delivery.contact
    assert newest.link != delivery.link
    assert not newest.link.expired


def test_page_of_refused_address_changes_alike_on_send_again(ask, submit, contact):
    contact_erase(contact=contact)
    known, refused = submit(), submit()
    ask(known, "new@example.org", state=State.SENT)
    ask(refused, "runner@example.org")
    start = timezone.now()
    rows = {known: [], refused: []}

    for minutes in (2, 4, 6, 8):
        with time_machine.travel(start + timedelta(minutes=minutes)):
            for submission, counts in rows.items():
                again(submission)
                deliveries = selectors.deliveries_of(submission)
                counts.append((deliveries.count(), resend_of(list(deliveries))))
            Delivery.objects.filter(state=State.QUEUED).update(state=State.SENT)

    assert [count for count, _ in rows[known]] == [2, 3, 3, 3]
    for submission in (known, refused):
        resends = [resend for _, resend in rows[submission]]
        assert [resend.allowed for resend in resends] == [False] * 4
        assert [resend.next_at is None for resend in resends] == [True, False, False, False]
    assert not Delivery.objects.filter(contact=None).exclude(state=State.CANCELLED).exists()


def test_consents_are_recorded_once_and_never_undo_confirmation(ask, submission):
    delivery = ask(submission, follow_up=True)
    consent_confirm(
        contact=delivery.contact, purpose=Consent.Purpose.FOLLOW_UP, words="yes", page="guide"
    )
    lines = Consent.objects.count()

    for _ in range(3):
        ask(submission, follow_up=True)
    ask(submission, follow_up=True, queued_at=timezone.now() - timedelta(hours=25))
    with time_machine.travel(timezone.now() + timedelta(hours=26)):
        ask(submission, follow_up=True)

    assert selectors.consent_step(delivery.contact, Consent.Purpose.FOLLOW_UP) == "confirmed"
    assert Consent.objects.count() == lines + 1  # for the guide requested the next day


def test_addresses_with_same_mask_are_counted_separately(ask, submission):
    for name in ("ra", "rb", "rc"):
        ask(submission, f"{name}@example.org", attempts=1, state=State.SENT)

    assert ask(submission, "rd@example.org").due_at > timezone.now()
    with time_machine.travel(timezone.now() + timedelta(minutes=61)):
        assert ask(submission, "re@example.org").due_at <= timezone.now()


def test_contact_with_guide_can_request_it_again(delivery, guide_edition):
    Delivery.objects.update(state=State.SENT, queued_at=timezone.now() - timedelta(days=3))

    for email in ("RUNNER@example.org", "stranger@example.org"):
        link_request_add(guide=guide_edition.guide, email=email, network="203.0.113.9")
    link_requests_answer()

    assert list(Delivery.objects.values_list("contact__email", "state")) == [
        ("runner@example.org", "queued"),
        ("runner@example.org", "sent"),
    ]


def test_send_again_after_unsubscribe_sends_nothing_and_looks_alike(ask, submission):
    contact = ask(submission).contact
    contact_unsubscribe(contact=contact)

    with time_machine.travel(timezone.now() + timedelta(minutes=2)):
        again(submission)

    rows = selectors.deliveries_of(submission)
    assert [row.state for row in rows] == [State.CANCELLED] * 2


SPELLINGS = (
    "runner+1@gmail.com",
    "r.unner@gmail.com",
    "RUNNER@googlemail.com",
    "run.ner+x@gmail.com",
)


def test_inbox_gets_three_emails_a_day_however_it_is_spelled(ask, submit):
    states = [
        ask(submit(), email, network=f"203.0.113.{number}").state
        for number, email in enumerate(SPELLINGS)
    ]

    assert states == ["queued", "queued", "queued", "cancelled"]
    mails = Delivery.objects.filter(state=State.QUEUED).order_by("pk")
    assert [mail.contact.email for mail in mails] == list(SPELLINGS[:3])  # as typed
    assert not Contact.objects.filter(email=SPELLINGS[3]).exists()


def test_other_emails_of_the_day_count_for_the_inbox(ask, submit):
    for email in SPELLINGS[:3]:
        last = ask(submit(), email, state=State.SENT)
    Delivery.objects.update(queued_at=timezone.now() - timedelta(hours=1))

    assert not link_renew(link=last.link, network="203.0.113.9")
    with time_machine.travel(timezone.now() + timedelta(hours=24)):
        assert link_renew(link=last.link, network="203.0.113.9")


def test_corrected_spelling_does_not_count(ask, submission):
    for email in SPELLINGS:
        last = ask(submission, email)

    assert last.state == State.QUEUED


def test_unsubscribe_refuses_the_whole_inbox(ask, submit):
    mails = [ask(submit(), email) for email in SPELLINGS[:2]]

    contact_unsubscribe(contact=mails[0].contact)

    assert set(Delivery.objects.values_list("state", flat=True)) == {"cancelled"}
    assert ask(submit(), SPELLINGS[2]).state == State.CANCELLED
    contact_resubscribe(contact=mails[1].contact)
    assert ask(submit(), SPELLINGS[2]).state == State.QUEUED


def test_older_suppressions_hold(ask, submit):
    """One of a plain address for its inbox, and one with a tag for that address."""
    Suppression.objects.create(address_hmac=address_hmac("a@example.org"), reason="unsubscribed")
    Suppression.objects.create(address_hmac=address_hmac("b+x@example.org"), reason="unsubscribed")

    addresses = ("a@example.org", "a+x@example.org", "b+x@example.org", "b@example.org")
    states = [ask(submit(), email).state for email in addresses]

    assert states == ["cancelled", "cancelled", "cancelled", "queued"]


def test_migration_refuses_the_inbox_of_who_refused_with_a_tag(ask, submit):
    tagged, plain = (ask(submit(), email).contact for email in ("b+x@gmail.com", "c@gmail.com"))
    Contact.objects.update(inbox_hmac="")
    Suppression.objects.create(address_hmac=address_hmac(tagged.email), reason="unsubscribed")
    migration = import_module("guides.migrations.0031_inboxes")

    migration.fill_inboxes(apps, None)

    assert [*Contact.objects.order_by("pk").values_list("inbox_hmac", flat=True)] == [
        address_hmac("b@gmail.com"),
        address_hmac(plain.email),
    ]
    assert selectors.address_suppressed("B@googlemail.com")
    assert not selectors.address_suppressed(plain.email)


def test_link_request_is_answered_once_and_forgotten(ask, submission, guide_edition):
    ask(submission, state=State.SENT)
    Delivery.objects.update(queued_at=timezone.now() - timedelta(days=2))
    for _ in range(2):
        link_request_add(
            guide=guide_edition.guide, email="runner@example.org", network="203.0.113.9"
        )
    assert "203.0.113" not in LinkRequest.objects.first().network

    for _ in range(2):
        link_requests_answer()

    assert open_mail() == 2
    assert not LinkRequest.objects.exists()
