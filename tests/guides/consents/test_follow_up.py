"""The follow-up email: when it is created, what cancels it, and what it contains."""

import smtplib
from datetime import timedelta
from html import unescape

import pytest
import time_machine
from django.urls import reverse
from django.utils import timezone

from assessments.submissions.signed_links import retest_path
from guides import selectors, signed_links
from guides.consents import wording
from guides.consents.services import (
    consent_confirm,
    consent_withdraw,
    contact_erase,
    contact_unsubscribe,
    follow_ups_cancel,
)
from guides.delivery.worker import drain
from guides.mail import messages
from guides.models import Consent, Delivery, DownloadLink, EmailText, Guide, GuideEdition
from guides.publishing.restore import guide_edition_restore
from guides.publishing.services import guide_overview, guide_publish
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
    """A contact who checked the box, got the guide, and confirmed on its page."""
    contact = ask(submission, follow_up=True, state=State.SENT).contact
    confirm(contact)
    return contact


@pytest.fixture
def no_minimum_age(monkeypatch):
    monkeypatch.setattr("assessments.runner.form_token.MINIMUM_AGE", 0.0)


@pytest.fixture
def due(confirmed):
    """The follow-up after four weeks."""
    follow_ups().update(due_at=timezone.now(), queued_at=timezone.now())
    return follow_ups().get()


def test_checked_box_alone_creates_no_follow_up(ask, submission):
    ask(submission, follow_up=True)

    assert follow_ups().count() == 0


def test_confirmation_creates_follow_up_due_in_four_weeks(confirmed):
    row = follow_ups().get()

    wait = row.due_at - timezone.now()
    assert timedelta(0) <= FOLLOW_UP_AFTER - wait < timedelta(minutes=1)
    assert (row.state, row.contact, row.submission) == (State.QUEUED, confirmed, None)
    assert row.masked_email == "r•••@example.org"


def test_follow_up_is_sent_once_after_four_weeks(confirmed, faults):
    assert drain() == (0, False)

    with time_machine.travel(timezone.now() + FOLLOW_UP_AFTER + timedelta(seconds=1)):
        assert drain() == (1, False)
        confirm(confirmed)
        assert drain() == (0, False)

    assert [message.to for message in mail_backends.taken] == [["runner@example.org"]]


def test_retry_period_begins_when_follow_up_is_due(confirmed, faults):
    due = follow_ups().get().due_at
    faults.extend([BUSY, BUSY])

    with time_machine.travel(due + timedelta(minutes=1)):
        drain()
        assert follow_ups().get().state == State.RETRY
    with time_machine.travel(due + GIVE_UP_AFTER):
        drain()
        assert follow_ups().get().state == State.FAILED


def test_follow_up_does_not_count_as_guide_request(confirmed, ask, submit, submission, client):
    """It counts toward no limit, and no page takes it for the guide's email."""
    Delivery.objects.filter(kind=Kind.GUIDE).update(queued_at=timezone.now() - timedelta(days=2))

    assert ask(submit()).state == State.QUEUED
    assert selectors.deliveries_of(submission).get().kind == Kind.GUIDE
    page = client.get(reverse("guides:on_its_way", args=[submission.token]))
    assert 'name="again"' in page.content.decode()


@pytest.mark.parametrize(
    ("stop", "reason"),
    [
        (withdraw, "The contact turned it off."),
        (
            lambda contact: contact_unsubscribe(contact=contact),
            "The contact unsubscribed.",
        ),
        (
            lambda contact: follow_ups_cancel(contacts=[contact.pk]),
            "Newer answers took its place.",
        ),
    ],
)
def test_events_that_cancel_follow_up(confirmed, stop, reason):
    stop(confirmed)

    assert [(row.state, row.reason) for row in follow_ups()] == [(State.CANCELLED, reason)]


def test_erasure_deletes_follow_up(confirmed):
    contact_erase(contact=confirmed)

    assert Delivery.objects.count() == 0


def test_withdrawal_is_recorded_once_and_keeps_guide_delivery(ask, submission):
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


def test_confirming_again_creates_new_follow_up(confirmed):
    withdraw(confirmed)
    confirm(confirmed)

    assert list(follow_ups().values_list("state", flat=True)) == [State.CANCELLED, State.QUEUED]


def test_no_second_follow_up_for_same_guide(confirmed, due, faults):
    drain()
    withdraw(confirmed)
    confirm(confirmed)

    assert [row.state for row in follow_ups()] == [State.SENT]


def test_another_guide_allows_another_follow_up(confirmed, due, faults, ask, submit):
    drain()
    Delivery.objects.update(queued_at=timezone.now() - timedelta(days=30))

    ask(submit(), follow_up=True)

    assert selectors.consent_step(confirmed, FOLLOW_UP) == Consent.Step.ASKED
    confirm(confirmed)
    assert [row.state for row in follow_ups()] == [State.SENT, State.QUEUED]


def test_unconfirmed_request_does_not_undo_confirmation(confirmed, ask, submit, faults):
    follow_ups().update(state=State.FAILED)
    Delivery.objects.filter(kind=Kind.GUIDE).update(queued_at=timezone.now() - timedelta(days=2))

    ask(submit(), follow_up=True)

    assert selectors.consent_step(confirmed, FOLLOW_UP) == Consent.Step.ASKED
    assert selectors.consent_holds(confirmed, FOLLOW_UP)


def test_unsubscribed_contact_must_resubscribe_before_confirming(confirmed):
    contact_unsubscribe(contact=confirmed)
    confirm(confirmed)

    assert selectors.consent_step(confirmed, FOLLOW_UP) == Consent.Step.WITHDRAWN
    assert [row.state for row in follow_ups()] == [State.CANCELLED]


def test_confirmation_by_erased_contact_does_nothing(confirmed):
    contact_erase(contact=confirmed)

    confirm(confirmed)
    withdraw(confirmed)

    assert Consent.objects.count() == 0


@pytest.mark.parametrize("how", ["ledger", "suppressed"])
def test_consent_is_checked_again_on_sending(confirmed, due, faults, how):
    if how == "ledger":
        Consent.objects.create(contact=confirmed, purpose=FOLLOW_UP, step="withdrawn", page="x")
    else:
        contact_unsubscribe(contact=confirmed)
        follow_ups().update(state=State.QUEUED)

    assert drain() == (0, False)

    assert mail_backends.taken == []
    assert (row := follow_ups().get()).state == State.CANCELLED
    assert row.reason == "It wasn't wanted anymore."


@pytest.mark.usefixtures("no_minimum_age")
@pytest.mark.parametrize(
    ("safety", "state"),
    [("chest", State.CANCELLED), ("pregnant", State.QUEUED), ("none", State.QUEUED)],
)
def test_safety_stop_in_same_browser_cancels_follow_up(client, ask, submission, safety, state):
    link = ask(submission, follow_up=True, state=State.SENT).link
    client.post(f"/guide/{signed_links.guide_token(link)}/", {"action": "confirm"})
    cookie = client.cookies["follow_up"]

    fields = USUAL | {"safety": safety, "reach": "skipped"}
    client.post(CHECK, fields | {"form_token": token_of(submission.edition, "later")})

    assert follow_ups().get().state == state
    assert CHECK.startswith(cookie["path"])
    assert (cookie["httponly"], cookie["samesite"]) == (True, "Lax")
    assert 0 <= (FOLLOW_UP_AFTER + GIVE_UP_AFTER).total_seconds() - cookie["max-age"] < 60
    assert "runner" not in cookie.value


@pytest.mark.usefixtures("no_minimum_age")
@pytest.mark.parametrize(
    ("safety", "state"), [("chest", State.CANCELLED), ("pregnant", State.QUEUED)]
)
def test_safety_stop_at_a_retake_cancels_follow_up_on_any_device(
    client, confirmed, submission, safety, state
):
    at = retest_path(submission)
    assert "follow_up" not in client.cookies

    fields = USUAL | {"safety": safety, "reach": "skipped"}
    client.post(at, fields | {"form_token": token_of(submission.edition, "later")})

    assert follow_ups().get().state == state


@pytest.mark.usefixtures("no_minimum_age")
@pytest.mark.parametrize("value", ["1", "1:x:y", ""])
def test_forged_cookie_cancels_nothing(client, confirmed, submission, value):
    client.cookies["follow_up"] = value

    fields = {"safety": "chest", "form_token": token_of(submission.edition, "later")}
    response = client.post(CHECK, fields)

    assert response.status_code == 303
    assert follow_ups().get().state == State.QUEUED


def test_follow_up_links_to_self_check_with_published_words(due, sink):
    drain()

    [message] = sink.messages
    words = samples.default_edition().emails.follow_up
    text = message.get_body(("plain",)).get_content()
    page = message.get_body(("html",)).get_content()
    assert message["Subject"] == words.subject.replace("{practice}", "RunFit")
    for part in (text, page):
        retest = f"http://testserver/guide/{signed_links.guide_token(due.link)}/retest/"
        assert retest in part
        assert "/guide/" not in part.replace(retest, "")
        assert words.body[2] in unescape(part)
    for line in (message["Subject"], words.preview):
        assert not any(word in line.casefold() for word in HEALTH)


def test_follow_up_leads_on_where_its_own_link_was_turned_off(due):
    text = str(messages.build(due).body)
    DownloadLink.objects.update(revoked_at=timezone.now())
    alone = str(messages.build(due).body)
    new = DownloadLink.objects.create(
        contact=due.contact,
        submission=due.link.submission,
        edition=due.link.edition,
        profile=due.link.profile,
        expires_at=due.link.expires_at,
    )

    def leads(link):
        return f"http://testserver/guide/{signed_links.guide_token(link)}/retest/"

    assert leads(due.link) in text
    assert "http://testserver/check/tight-hips/?utm_source=measure-again" in alone
    assert "/guide/" not in alone
    assert leads(new) in str(messages.build(due).body)


def test_follow_up_uses_latest_published_words(due):
    EmailText.objects.filter(kind="follow_up").update(subject="Hello from {practice}")
    guide_publish(guide=Guide.objects.get(), user=None)

    assert messages.build(due).subject == "Hello from RunFit"


@pytest.fixture
def without_follow_up_email(guide_edition):
    """A published edition without a follow-up email."""
    EmailText.objects.filter(kind="follow_up").delete()
    guide_publish(guide=Guide.objects.get(), user=None)
    caching.clear()


def test_follow_up_is_not_offered_without_words(client, submission, ask, without_follow_up_email):
    result = f"/result/{submission.token}/"
    assert 'name="follow_up"' not in client.get(result).content.decode()
    client.post(f"{result}guide/", {"email": "runner@example.org", "follow_up": "on"})
    assert 'name="follow_up"' not in client.get(f"{result}on-its-way/").content.decode()
    contact = Delivery.objects.get().contact
    assert not contact.consents.filter(purpose=FOLLOW_UP).exists()

    confirm(contact)

    assert follow_ups().count() == 0


def test_follow_up_fails_if_words_were_removed(due, faults, without_follow_up_email):
    follow_ups().update(strikes=4)

    drain()

    assert follow_ups().get().reason == "It couldn't be put together (CannotBuildError)."


def test_guide_page_mentions_follow_up_only_while_pending(client, confirmed):
    url = f"/guide/{signed_links.guide_token(confirmed.links.get())}/"
    assert "You'll get one email in four weeks" in client.get(url).content.decode()

    follow_ups().update(state=State.SENT)

    assert "You'll get one email in four weeks" not in client.get(url).content.decode()


def test_restored_version_sets_its_follow_up_words(guide_edition, without_follow_up_email):
    guide = Guide.objects.get()
    first, second = GuideEdition.objects.order_by("number")

    guide_edition_restore(edition=first)
    kinds = {*EmailText.Kind}
    assert {email.kind for email in guide.emails.all()} == kinds
    guide_edition_restore(edition=second)
    assert {email.kind for email in guide.emails.all()} == kinds - {EmailText.Kind.FOLLOW_UP}


def test_checker_reports_draft_without_follow_up_words(guide_edition):
    EmailText.objects.filter(kind="follow_up").delete()

    codes = [finding.code for finding in guide_overview(guide=Guide.objects.get())[1]]

    assert "follow_up_missing" in codes
