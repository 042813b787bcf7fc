"""The series: who gets its emails, when, in which words, and what ends it."""

from dataclasses import replace
from datetime import timedelta
from hashlib import sha256

import pytest
import time_machine
from django.urls import reverse
from django.utils import timezone

from guides import selectors, signed_links
from guides.consents import wording
from guides.consents.services import (
    consent_confirm,
    contact_erase,
    contact_unsubscribe,
    follow_ups_cancel,
)
from guides.content import SeriesEmail
from guides.delivery.worker import drain
from guides.email_addresses import address_hmac
from guides.guide_requests.services import guide_request
from guides.models import Consent, Delivery, DownloadLink, GuideEdition, Suppression
from guides.reasons import ONE_A_DAY
from guides.states import Kind, State
from runfit.lib import caching
from runfit.lib.json_format.writing import canonical
from tests.support import mail_backends

SERIES, FOLLOW_UP = Consent.Purpose.SERIES, Consent.Purpose.FOLLOW_UP
DAYS = (3, 10, 28, 84)
"""The plan takes six weeks, so the last one comes after its end."""
IN_PLAN = 3


def series(days=DAYS):
    return tuple(
        SeriesEmail(
            days=day,
            subject=f"Hello from {{practice}}, {day}",
            preview="You asked for this.",
            body=(f"**Day {{days}}** of {day}.",),
            button="Open my guide",
        )
        for day in days
    )


def publish(edition, emails):
    """The next edition, with these emails as its series."""
    content = selectors.guide_content(edition)
    text = canonical(replace(content, emails=replace(content.emails, series=emails)))
    number = edition.guide.editions.count() + 1
    caching.clear()
    return GuideEdition.objects.create(
        guide=edition.guide,
        number=number,
        content=text,
        sha256=sha256(text.encode()).hexdigest(),
    )


@pytest.fixture
def edition(guide_edition):
    return publish(guide_edition, series())


@pytest.fixture
def link(edition, submission):
    """Of a runner who checked the box, and got the guide."""
    guide_request(
        submission=submission,
        edition=edition,
        email="runner@example.org",
        words={"guide": wording.ASK, "series": wording.series_wording(IN_PLAN)},
        network="203.0.113.9",
    )
    Delivery.objects.update(state=State.SENT, sent_at=timezone.now())
    return DownloadLink.objects.get()


def confirm(contact, purpose=SERIES):
    consent_confirm(contact=contact, purpose=purpose, words="Yes", page="guides:guide")


@pytest.fixture
def contact(link):
    confirm(link.contact)
    return link.contact


def rows():
    return Delivery.objects.filter(kind=Kind.SERIES).order_by("pk")


def states():
    return [row.state for row in rows()]


def later(**how):
    return time_machine.travel(timezone.now() + timedelta(**how))


def test_checked_box_alone_sends_nothing(link):
    assert selectors.consent_step(link.contact, SERIES) == Consent.Step.ASKED
    assert not rows().exists()


def test_yes_queues_the_emails_within_the_plan(contact, link):
    found = [(row.number, row.state, row.due_at, row.queued_at, row.submission) for row in rows()]

    due = [link.created_at + timedelta(days=day) for day in DAYS[:IN_PLAN]]
    assert found == [(number, State.QUEUED, at, at, None) for number, at in enumerate(due, start=1)]


def test_series_arrives_over_the_weeks(contact, link, sink):
    begun = timezone.now()
    sent = []
    for day in range(1, 90):
        with time_machine.travel(begun + timedelta(days=day, minutes=1)):
            sent += [day] * drain().sent

    assert sent == [3, 10, 28]
    assert [str(mail["Subject"])[-2:].strip() for mail in sink.messages] == ["3", "10", "28"]
    mail = sink.messages[0]
    text = mail.get_body(("plain",)).get_content()
    assert "Day 3 of 3." in text
    assert f"http://testserver/guide/{signed_links.guide_token(link)}/" in text
    assert "you said yes to emails during your plan" in text
    stop = f"/unsubscribe/{signed_links.unsubscribe_token(contact)}/series/"
    assert f"<http://testserver{stop}>, <mailto:" in mail["List-Unsubscribe"].replace("\r\n", "")
    assert mail["List-Id"].startswith("<series.")
    assert stop in text


def test_late_yes_leaves_out_what_would_have_come_before(link):
    with later(days=4):
        confirm(link.contact)

    assert [row.number for row in rows()] == [2, 3]


def test_yes_again_goes_on_after_what_was_sent(contact, client, faults):
    with later(days=3, minutes=1):
        drain()
        client.post(stop_page(contact))
        assert states() == [State.SENT, State.CANCELLED, State.CANCELLED]
        confirm(contact)

    kept = rows().exclude(state=State.CANCELLED)
    assert list(kept.values_list("number", "state")) == [(1, "sent"), (2, "queued"), (3, "queued")]


def stop_page(contact):
    return reverse("guides:stop_series", args=[signed_links.unsubscribe_token(contact)])


def test_one_click_ends_the_series_alone(contact, client):
    confirm(contact, FOLLOW_UP)

    response = client.post(stop_page(contact), {"List-Unsubscribe": "One-Click"})

    assert response.status_code == 200
    assert set(states()) == {State.CANCELLED}
    assert not selectors.consent_holds(contact, SERIES)
    assert selectors.consent_holds(contact, FOLLOW_UP)
    assert Delivery.objects.get(kind=Kind.FOLLOW_UP).state == State.QUEUED
    assert not selectors.address_suppressed(contact.email)


def test_page_of_the_link_stops_the_series_or_everything(contact, client):
    page = stop_page(contact)
    before = client.get(page).content.decode()
    assert "Stop these emails" in before
    assert states() == [State.QUEUED] * IN_PLAN  # a GET changes nothing

    client.post(page)
    assert "stopped these emails" in client.get(page).content.decode()
    client.post(reverse("guides:unsubscribe", args=[signed_links.unsubscribe_token(contact)]))

    assert selectors.address_suppressed(contact.email)
    assert "Stop all emails" not in client.get(page).content.decode()


@pytest.mark.parametrize(
    "stop",
    [
        lambda contact: contact_unsubscribe(contact=contact),
        lambda contact: follow_ups_cancel(contacts=[contact.pk]),
    ],
)
def test_events_that_cancel_the_series(contact, stop):
    stop(contact)

    assert states() == [State.CANCELLED] * IN_PLAN


def test_erasure_deletes_the_series(contact):
    contact_erase(contact=contact)

    assert not Delivery.objects.exists()


def _revoke(contact):
    DownloadLink.objects.update(revoked_at=timezone.now())


def _unpublish(contact):
    publish(DownloadLink.objects.get().edition, None)


def _suppress(contact):
    address = address_hmac(contact.email)
    Suppression.objects.create(address_hmac=address, reason=Suppression.Reason.BOUNCED)


@pytest.mark.parametrize("end", [_revoke, _unpublish, _suppress])
def test_what_is_due_is_canceled_once_it_is_not_wanted(contact, faults, end):
    end(contact)
    caching.clear()

    with later(days=3, minutes=1):
        assert drain() == (0, False)

    assert states() == [State.CANCELLED, State.QUEUED, State.QUEUED]
    assert mail_backends.taken == []


def test_promised_words_stay_when_new_ones_are_published(contact, edition, faults):
    other = tuple(replace(email, subject="Something else") for email in series((5,)))
    publish(edition, other)

    with later(days=3, minutes=1):
        assert drain().sent == 1

    assert mail_backends.taken[0].subject == "Hello from RunFit, 3"


def test_newer_link_is_in_the_email_once_the_first_was_replaced(contact, link, faults):
    new = DownloadLink.objects.create(
        contact=contact,
        edition=link.edition,
        profile=link.profile,
        expires_at=link.expires_at,
    )
    DownloadLink.objects.filter(pk=link.pk).update(revoked_at=timezone.now())

    with later(days=3, minutes=1):
        drain()

    assert f"/guide/{signed_links.guide_token(new)}/" in mail_backends.taken[0].body


def test_series_and_follow_up_due_on_one_day_come_one_a_day(contact, faults):
    confirm(contact, FOLLOW_UP)
    rows().exclude(number=3).update(state=State.SENT)

    with later(days=28, minutes=1):
        assert drain().sent == 1
        assert drain().sent == 0
        last = rows().get(number=3)
        assert (last.state, last.reason) == (State.RETRY, ONE_A_DAY)
    with later(days=29, minutes=2):
        assert drain().sent == 1
    assert Delivery.objects.get(kind=Kind.FOLLOW_UP).state == State.SENT


def test_box_is_on_the_result_with_the_number_of_this_plan(edition, submission, client):
    result = f"/result/{submission.token}/"
    page = client.get(result).content.decode()
    label = "Email me 3 times during my plan to help me keep going."
    assert label in page
    assert "checked" not in page.partition('name="series"')[2].partition(">")[0]

    form = {"email": "runner@example.org", "series": "on"}
    client.post(f"{result}guide/", form)

    said = Consent.objects.get(purpose=SERIES)
    assert (said.step, said.text_version) == (Consent.Step.ASKED, label)


def test_guide_is_sent_without_the_box(edition, submission, client):
    client.post(f"/result/{submission.token}/guide/", {"email": "runner@example.org"})

    assert Delivery.objects.get().state == State.QUEUED
    assert not Consent.objects.filter(purpose=SERIES).exists()


def test_guide_page_asks_and_says_yes(link, client):
    page = f"/guide/{signed_links.guide_token(link)}/"
    assert (
        "You checked a box to get 3 emails during your plan." in client.get(page).content.decode()
    )

    client.post(page, {"action": "confirm", "purpose": "series"})

    assert selectors.consent_holds(link.contact, SERIES)
    assert client.cookies["follow_up"]["max-age"] > timedelta(days=29).total_seconds()
    assert "get emails from us during your plan" in client.get(page).content.decode()


def test_pages_ask_only_about_what_is_to_come(link, client):
    guide = f"/guide/{signed_links.guide_token(link)}/"
    own = reverse("guides:preferences", args=[signed_links.preferences_token(link.contact)])

    with later(days=11):
        assert "You checked a box to get one email" in client.get(guide).content.decode()
        assert "Email me once during my plan" in client.get(own).content.decode()
    with later(days=29):
        assert "You checked a box" not in client.get(guide).content.decode()
        assert 'value="series"' not in client.get(own).content.decode()

    confirm(link.contact)
    with later(days=29):
        assert "Turn this off" in client.get(own).content.decode()


def test_own_page_turns_the_series_off(contact, client):
    page = reverse("guides:preferences", args=[signed_links.preferences_token(contact)])
    assert "Emails during your plan" in client.get(page).content.decode()

    client.post(page, {"purpose": "series", "action": "take_back"})

    assert states() == [State.CANCELLED] * IN_PLAN
