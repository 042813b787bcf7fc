"""The one mail that asks to measure again: when it is made, what stops it, what it says."""

import smtplib
from datetime import timedelta

import pytest
import time_machine
from django.urls import reverse
from django.utils import timezone

from guides import selectors, signed_links
from guides.consents import wording
from guides.consents.services import (
    consent_confirm,
    consent_withdraw,
    contact_erase,
    contact_unsubscribe,
    follow_up_cancel,
)
from guides.delivery.worker import drain
from guides.mail import messages
from guides.models import Consent, Delivery, EmailText, Guide, GuideEdition
from guides.publishing.restore import guide_edition_restore
from guides.publishing.services import guide_check, guide_publish
from guides.states import FOLLOW_UP_AFTER, GIVE_UP_AFTER, Kind, State
from runfit.lib import caching
from tests.assessments.small import token_of
from tests.e2e.walk import CHECK, USUAL
from tests.guides import samples
from tests.support import mail_backends

FOLLOW_UP = Consent.Purpose.FOLLOW_UP
BUSY = smtplib.SMTPDataError(452, b"full")
HEALTH = ("hip", "tight", "pain", "mobility", "glute", "safety", "measure", "strength", "health")


def follow_ups():
    return Delivery.objects.filter(kind=Kind.FOLLOW_UP).order_by("pk")


def confirm(contact) -> None:
    consent_confirm(
        contact=contact, purpose=FOLLOW_UP, words=wording.FOLLOW_UP, page="guides:guide"
    )


def withdraw(contact) -> None:
    consent_withdraw(contact=contact, purpose=FOLLOW_UP, page="guides:preferences")


@pytest.fixture
def confirmed(ask, submission):
    """Who ticked the box, has the guide, and said yes on its page."""
    contact = ask(submission, follow_up=True, state=State.SENT).contact
    confirm(contact)
    return contact


@pytest.fixture
def quick(monkeypatch):
    monkeypatch.setattr("assessments.runner.form_token.MINIMUM_AGE", 0.0)


@pytest.fixture
def due(confirmed):
    """Four weeks have passed."""
    follow_ups().update(due_at=timezone.now(), queued_at=timezone.now())
    return follow_ups().get()


def test_a_tick_alone_makes_none(ask, submission):
    ask(submission, follow_up=True)

    assert follow_ups().count() == 0


def test_the_yes_makes_one_that_is_due_in_four_weeks(confirmed):
    row = follow_ups().get()

    wait = row.due_at - timezone.now()
    assert timedelta(0) <= FOLLOW_UP_AFTER - wait < timedelta(minutes=1)
    assert (row.state, row.contact, row.submission) == (State.QUEUED, confirmed, None)
    assert row.masked_email == "r•••@example.org"


def test_it_waits_four_weeks_and_then_goes_out_once(confirmed, faults):
    assert drain() == (0, False)

    with time_machine.travel(timezone.now() + FOLLOW_UP_AFTER + timedelta(seconds=1)):
        assert drain() == (1, False)
        confirm(confirmed)
        assert drain() == (0, False)

    assert [message.to for message in mail_backends.taken] == [["runner@example.org"]]


def test_the_48_hours_of_trying_begin_when_it_is_due(confirmed, faults):
    due = follow_ups().get().due_at
    faults.extend([BUSY, BUSY])

    with time_machine.travel(due + timedelta(minutes=1)):
        drain()
        assert follow_ups().get().state == State.RETRY
    with time_machine.travel(due + GIVE_UP_AFTER):
        drain()
        assert follow_ups().get().state == State.FAILED


def test_it_is_no_request_for_a_guide(confirmed, ask, submit, submission, client):
    """It counts in no limit, and stands on no page as if it were the guide."""
    Delivery.objects.filter(kind=Kind.GUIDE).update(queued_at=timezone.now() - timedelta(days=2))

    assert ask(submit()).state == State.QUEUED
    assert selectors.deliveries_of(submission).get().kind == Kind.GUIDE
    page = client.get(reverse("guides:on_its_way", args=[submission.token]))
    assert 'name="again"' in page.content.decode()


@pytest.mark.parametrize(
    ("stop", "reason"),
    [
        (withdraw, "The contact took it back."),
        (
            lambda contact: contact_unsubscribe(contact=contact),
            "The contact unsubscribed.",
        ),
        (
            lambda contact: follow_up_cancel(contact_pk=contact.pk),
            "Answers that came later took its place.",
        ),
    ],
)
def test_what_stops_it(confirmed, stop, reason):
    stop(confirmed)

    assert [(row.state, row.reason) for row in follow_ups()] == [(State.CANCELLED, reason)]


def test_an_erasure_leaves_none(confirmed):
    contact_erase(contact=confirmed)

    assert Delivery.objects.count() == 0


def test_taking_it_back_is_kept_once_and_leaves_the_guide_alone(ask, submission):
    delivery = ask(submission, follow_up=True)
    confirm(delivery.contact)
    for _ in range(2):
        withdraw(delivery.contact)

    steps = delivery.contact.consents.filter(purpose=FOLLOW_UP).order_by("pk")
    assert list(steps.values_list("step", "page")) == [
        ("asked", "guides:request"),
        ("confirmed", "guides:guide"),
        ("withdrawn", "guides:preferences"),
    ]
    delivery.refresh_from_db()
    assert delivery.state == State.QUEUED


def test_who_says_yes_again_gets_one(confirmed):
    withdraw(confirmed)
    confirm(confirmed)

    assert list(follow_ups().values_list("state", flat=True)) == [State.CANCELLED, State.QUEUED]


def test_who_had_it_gets_no_second_one_for_the_same_guide(confirmed, due, faults):
    drain()
    withdraw(confirmed)
    confirm(confirmed)

    assert [row.state for row in follow_ups()] == [State.SENT]


def test_another_guide_may_bring_another(confirmed, due, faults, ask, submit):
    drain()
    Delivery.objects.update(queued_at=timezone.now() - timedelta(days=30))

    ask(submit(), follow_up=True)

    assert selectors.consent_step(confirmed, FOLLOW_UP) == Consent.Step.ASKED
    confirm(confirmed)
    assert [row.state for row in follow_ups()] == [State.SENT, State.QUEUED]


def test_a_tick_of_anyone_takes_no_yes_away(confirmed, ask, submit, faults):
    follow_ups().update(state=State.FAILED)
    Delivery.objects.filter(kind=Kind.GUIDE).update(queued_at=timezone.now() - timedelta(days=2))

    ask(submit(), follow_up=True)

    assert selectors.consent_step(confirmed, FOLLOW_UP) == Consent.Step.ASKED
    assert selectors.consent_holds(confirmed, FOLLOW_UP)


def test_who_stopped_all_mail_must_take_that_back_first(confirmed):
    contact_unsubscribe(contact=confirmed)
    confirm(confirmed)

    assert selectors.consent_step(confirmed, FOLLOW_UP) == Consent.Step.WITHDRAWN
    assert [row.state for row in follow_ups()] == [State.CANCELLED]


def test_a_yes_of_who_was_erased_meanwhile_is_nothing(confirmed):
    contact_erase(contact=confirmed)

    confirm(confirmed)
    withdraw(confirmed)

    assert Consent.objects.count() == 0


@pytest.mark.parametrize("how", ["ledger", "suppressed"])
def test_the_consent_is_asked_once_more_when_it_is_sent(confirmed, due, faults, how):
    if how == "ledger":
        Consent.objects.create(contact=confirmed, purpose=FOLLOW_UP, step="withdrawn", page="x")
    else:
        contact_unsubscribe(contact=confirmed)
        follow_ups().update(state=State.QUEUED)

    assert drain() == (0, False)

    assert mail_backends.taken == []
    assert (row := follow_ups().get()).state == State.CANCELLED
    assert row.reason == "It was no longer wanted."


@pytest.mark.usefixtures("quick")
@pytest.mark.parametrize(
    ("safety", "state"),
    [("chest_or_clot", State.CANCELLED), ("needs_clearance", State.QUEUED), ("none", State.QUEUED)],
)
def test_a_later_safety_stop_in_the_browser_that_said_yes_stops_it(
    client, ask, submission, safety, state
):
    link = ask(submission, follow_up=True, state=State.SENT).link
    client.post(f"/guide/{signed_links.guide_token(link)}/", {"action": "confirm"})
    note = client.cookies["follow_up"]

    fields = USUAL | {"safety": safety, "reach": "skipped"}
    client.post(CHECK, fields | {"form_token": token_of(submission.edition, "later")})

    assert follow_ups().get().state == state
    assert CHECK.startswith(note["path"])
    assert (note["httponly"], note["samesite"]) == (True, "Lax")
    assert note["max-age"] == (FOLLOW_UP_AFTER + GIVE_UP_AFTER).total_seconds()
    assert "runner" not in note.value


@pytest.mark.usefixtures("quick")
@pytest.mark.parametrize("value", ["1", "1:x:y", ""])
def test_a_note_that_was_made_up_stops_nothing(client, confirmed, submission, value):
    client.cookies["follow_up"] = value

    fields = {"safety": "chest_or_clot", "form_token": token_of(submission.edition, "later")}
    response = client.post(CHECK, fields)

    assert response.status_code == 303
    assert follow_ups().get().state == State.QUEUED


def test_it_leads_to_the_self_check_in_the_pt_s_words(due, sink):
    drain()

    [message] = sink.messages
    words = samples.default_edition().emails.follow_up
    text = message.get_body(("plain",)).get_content()
    page = message.get_body(("html",)).get_content()
    assert message["Subject"] == words.subject.replace("{practice}", "RunFit")
    for part in (text, page):
        assert f"http://testserver{CHECK}" in part
        assert "/guide/" not in part
        assert words.body[2] in part
    for line in (message["Subject"], words.preview):
        assert not any(word in line.casefold() for word in HEALTH)


def test_it_has_the_words_that_were_published_last(due):
    EmailText.objects.filter(kind="follow_up").update(subject="Hello from {practice}")
    guide_publish(guide=Guide.objects.get(), user=None)

    assert messages.build(due).subject == "Hello from RunFit"


@pytest.fixture
def wordless(guide_edition):
    """An edition of before there was such a mail."""
    EmailText.objects.filter(kind="follow_up").delete()
    guide_publish(guide=Guide.objects.get(), user=None)
    caching.clear()


def test_without_words_nobody_is_offered_it(client, submission, ask, wordless):
    result = f"/result/{submission.token}/"
    assert 'name="follow_up"' not in client.get(result).content.decode()
    client.post(f"{result}guide/", {"email": "runner@example.org", "follow_up": "on"})
    assert 'name="follow_up"' not in client.get(f"{result}on-its-way/").content.decode()
    contact = Delivery.objects.get().contact
    assert not contact.consents.filter(purpose=FOLLOW_UP).exists()

    confirm(contact)

    assert follow_ups().count() == 0


def test_words_that_are_gone_meanwhile_make_it_fail(due, faults, wordless):
    follow_ups().update(strikes=4)

    drain()

    assert follow_ups().get().reason == "It could not be put together (CannotBuildError)."


def test_the_guide_page_says_that_it_comes_only_while_it_does(client, confirmed):
    url = f"/guide/{signed_links.guide_token(confirmed.links.get())}/"
    assert "You will get one email in four weeks" in client.get(url).content.decode()

    follow_ups().update(state=State.SENT)

    assert "You will get one email in four weeks" not in client.get(url).content.decode()


def test_a_version_brings_its_words_back_or_takes_them_away(guide_edition, wordless):
    guide = Guide.objects.get()
    first, second = GuideEdition.objects.order_by("number")

    guide_edition_restore(edition=first)
    assert guide.emails.count() == 2
    guide_edition_restore(edition=second)
    assert guide.emails.get().kind == EmailText.Kind.GUIDE


def test_a_draft_without_its_words_is_told(guide_edition):
    EmailText.objects.filter(kind="follow_up").delete()

    codes = [found.code for found in guide_check(guide=Guide.objects.get())]

    assert "follow_up_missing" in codes
