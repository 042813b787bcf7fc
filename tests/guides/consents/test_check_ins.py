"""Emails for the weekly check-in: who gets one, when, and what ends them."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
import time_machine
from django.urls import reverse
from django.utils import timezone

from guides import selectors, signed_links
from guides.consents.services import (
    consent_confirm,
    consent_withdraw,
    contact_erase,
    contact_unsubscribe,
    follow_ups_cancel,
)
from guides.content.training import Record, Session, Stage, WeeklyCheckIn
from guides.delivery.worker import drain
from guides.models import Consent, Delivery, DownloadLink, GuideEdition, Training
from guides.reasons import NOT_YET, ONE_A_DAY
from guides.states import Kind, State
from guides.training.services import training_change, training_forget, training_keep
from runfit.lib import caching
from runfit.lib.json_format.writing import canonical
from tests.support import mail_backends

CHECK_IN = Consent.Purpose.CHECK_IN
START = datetime(2026, 12, 1, 18, tzinfo=UTC)
"""A Tuesday morning in Denver. The plan takes six weeks, up to January 12."""


@pytest.fixture(autouse=True)
def _december():
    with time_machine.travel(START):
        yield


@pytest.fixture
def link(delivery):
    Delivery.objects.update(state=State.SENT, sent_at=timezone.now())
    stage = Stage(plan=delivery.link.profile, block=1, begins="2026-12-01")
    record = Record().with_start(stage, days=(2, 4), zone="America/Denver", at=1)
    training_keep(link=delivery.link, record=record, words="Save")
    return DownloadLink.objects.select_related("contact", "training").get()


@pytest.fixture
def contact(link):
    say_yes(link)
    return link.contact


def say_yes(link):
    consent_confirm(
        contact=link.contact, purpose=CHECK_IN, words="Yes", page="guides:guide", link=link
    )


def at(days, **more):
    return time_machine.travel(START + timedelta(days=days, **more))


def rows():
    return Delivery.objects.filter(kind=Kind.CHECK_IN).order_by("pk")


def states():
    return [row.state for row in rows()]


def today():
    return timezone.localdate().isoformat()


def change(change):
    training_change(training=Training.objects.get(), change=change)


def train():
    link = DownloadLink.objects.get()
    session = Session(on=today(), plan=link.profile, block=1, pain=1, at=5)
    change(lambda record: record.with_session(session))


def check_in():
    done = WeeklyCheckIn(on=today(), pain=1, feel="same", at=6)
    change(lambda record: record.with_check_in(done))


def six_weeks(**taps):
    """The days on which an email went out. `taps` are what the runner does, by name, on which."""
    sent = []
    for day in range(1, 60):
        for tap, days in taps.items():
            if day in days:
                with at(day):
                    {"train": train, "check_in": check_in}[tap]()
        with at(day, hours=1):
            if selectors.delivery_is_due(timezone.now()):
                sent += [day] * drain().sent
    return sent


def test_yes_queues_one_email_for_the_first_week_in_the_runners_morning(contact):
    row = rows().get()

    due = datetime(2026, 12, 8, 16, tzinfo=UTC)
    assert (row.state, row.due_at, row.queued_at, row.number) == (State.QUEUED, due, due, 1)
    consent = Consent.objects.get(purpose=CHECK_IN)
    assert (row.consent, consent.step, consent.text_version) == (consent, "confirmed", "Yes")


def test_email_comes_once_a_week_up_to_the_end_of_the_plan(contact, link, sink):
    sent = six_weeks(train=range(2, 42, 3))

    assert sent == [7, 14, 21, 28, 35, 42]
    assert states() == [State.SENT] * 6
    mail = sink.messages[0]
    assert mail["Subject"] == "Your weekly note from RunFit, as you asked"
    text = mail.get_body(("plain",)).get_content()
    page = f"http://testserver/guide/{signed_links.guide_token(link)}/"
    assert f"{page}?check_in=1#check-in" in text
    assert "you said yes to an email a week for your check-in" in text
    assert f"{page}?check_in=1#check-in" in mail.get_body(("html",)).get_content()
    stop = f"/unsubscribe/{signed_links.unsubscribe_token(contact)}/check-ins/"
    assert f"<http://testserver{stop}>, <mailto:" in mail["List-Unsubscribe"].replace("\r\n", "")
    assert mail["List-Id"].startswith("<check-in.")


def test_emails_go_on_if_the_guide_no_longer_has_the_plan_that_was_on(contact, faults):
    """As once it was wrong, and today's version has that plan no more: the one before is on again."""
    gone = Stage(plan="gone", block=1, begins="2026-12-05")
    change(lambda record: record.with_stage(gone, at=9))

    assert six_weeks(train=range(2, 42, 3)) == [7, 14, 21, 28, 35, 42]


def test_no_email_where_nobody_can_tell_what_to_leave_out(contact, faults):
    """The page has no plan then, and no check-in."""
    with at(2):
        train()
    DownloadLink.objects.update(cleared=True, submission=None)

    assert six_weeks() == []
    assert states() == [State.CANCELLED]


def test_check_in_of_the_week_takes_the_place_of_its_email(contact, faults):
    sent = six_weeks(train=range(2, 42, 3), check_in=[5, 12, 22])

    assert sent == [19, 29, 36]


def test_nothing_is_sent_to_who_never_started_or_stopped_training(contact, faults):
    assert six_weeks() == []
    assert states() == [State.CANCELLED]


def test_emails_go_on_once_a_runner_trains_again(contact, faults):
    assert six_weeks(train=[2, 30, 33, 36]) == [7, 14, 35, 42]
    assert states() == [State.SENT] * 4


def test_other_email_of_the_day_puts_it_off(contact, faults):
    with at(2):
        train()
    with at(7):
        sent = timezone.now()
        other = Delivery(kind=Kind.SERIES, contact=contact, state=State.SENT, sent_at=sent)
        other.dedupe_key = "series"
        other.save()
        assert drain().sent == 0
        assert rows().get().reason == ONE_A_DAY
    with at(8, minutes=1):
        assert drain().sent == 1
        assert [row.due_at.day for row in rows()] == [9, 16]


def test_moved_start_moves_the_email(contact):
    stage = Stage(plan=DownloadLink.objects.get().profile, block=1, begins="2026-12-10")
    change(lambda record: record.with_start(stage, days=(2, 4), zone="America/Denver", at=9))

    assert rows().get().due_at == datetime(2026, 12, 17, 16, tzinfo=UTC)


def test_email_that_is_early_waits_uncounted(contact, faults):
    with at(6):
        train()
        check_in()
        rows().update(due_at=timezone.now())
    with at(7):
        assert drain().sent == 0
        row = rows().get()

    assert (row.state, row.reason, row.attempts, row.due_at.day) == (State.RETRY, NOT_YET, 0, 14)


def test_next_one_is_queued_once_however_often_one_is_tried(contact, faults):
    faults += [OSError(), OSError()]
    with at(2):
        train()
    for minutes in (0, 10, 30):
        with at(7, minutes=minutes):
            drain()

    assert states() == [State.SENT, State.QUEUED]


def _forget(contact):
    training_forget(training=Training.objects.get())


STOPS = [
    lambda contact: contact_unsubscribe(contact=contact),
    lambda contact: follow_ups_cancel(contacts=[contact.pk]),
    lambda contact: consent_withdraw(contact=contact, purpose=CHECK_IN, page="guides:preferences"),
    _forget,
]


@pytest.mark.parametrize("stop", STOPS)
def test_what_stops_them_at_once(contact, stop):
    stop(contact)

    assert states() == [State.CANCELLED]


def _without_the_email():
    edition = GuideEdition.objects.get()
    content = selectors.guide_content(edition)
    text = canonical(replace(content, emails=replace(content.emails, check_in=None)))
    GuideEdition.objects.create(guide=edition.guide, number=2, content=text, sha256="0" * 64)


@pytest.mark.parametrize(
    "end",
    [
        lambda: DownloadLink.objects.update(revoked_at=timezone.now()),
        lambda: GuideEdition.objects.update(recalled_at=timezone.now(), recall_reason="Wrong."),
        _without_the_email,
    ],
)
def test_what_stops_them_by_their_turn(contact, faults, end):
    with at(2):
        train()
    end()
    caching.clear()
    with at(7):
        assert drain() == (0, False)

    assert states() == [State.CANCELLED]
    assert mail_backends.taken == []


def test_erasure_deletes_them(contact):
    contact_erase(contact=contact)

    assert not Delivery.objects.exists()


def test_new_link_is_in_the_email_once_the_first_was_replaced(contact, link, faults):
    with at(2):
        train()
    new = DownloadLink.objects.create(
        contact=contact,
        edition=link.edition,
        profile=link.profile,
        training=link.training,
        expires_at=link.expires_at,
    )
    DownloadLink.objects.filter(pk=link.pk).update(revoked_at=timezone.now())
    with at(7):
        drain()

    assert f"/guide/{signed_links.guide_token(new)}/?check_in=1" in mail_backends.taken[0].body


def test_one_click_ends_these_alone(contact, client):
    page = reverse("guides:stop_check_ins", args=[signed_links.unsubscribe_token(contact)])
    assert "Stop the weekly check-in emails?" in client.get(page).content.decode()
    assert states() == [State.QUEUED]

    assert client.post(page, {"List-Unsubscribe": "One-Click"}).status_code == 200

    assert states() == [State.CANCELLED]
    assert not selectors.address_suppressed(contact.email)
    assert "stays on your guide" in client.get(page).content.decode()


def test_guide_page_offers_it_and_keeps_the_words_of_the_yes(link, client):
    page = f"/guide/{signed_links.guide_token(link)}/"
    before = client.get(page).content.decode()
    assert "Weekly check-in by email" in before

    client.post(page, {"action": "confirm", "purpose": "check_in"})

    words = Consent.objects.get(purpose=CHECK_IN).text_version
    assert words.startswith("Weekly check-in by email\nWe email you once a week while you train")
    assert client.cookies["follow_up"]["max-age"] > timedelta(days=89).total_seconds()
    after = client.get(page).content.decode()
    assert "next on Tuesday, December 8" in after
    assert "Yes, email me each week" not in after


def test_own_page_turns_it_off_and_on(contact, client):
    page = reverse("guides:preferences", args=[signed_links.preferences_token(contact)])
    assert "The next one comes on Dec. 8, 2026" in client.get(page).content.decode()

    client.post(page, {"purpose": "check_in", "action": "take_back"})
    assert states() == [State.CANCELLED]
    client.post(page, {"purpose": "check_in", "action": "give"})

    assert states() == [State.CANCELLED, State.QUEUED]


def test_after_a_safety_stop_it_is_offered_again_only_once_training_goes_on(link, contact, client):
    page = f"/guide/{signed_links.guide_token(link)}/"
    stop = {"action": "done", "plan": link.profile, "block": 1, "pain": 9}
    client.post(f"{page}training/", stop)
    assert states() == [State.CANCELLED]
    assert "Yes, email me each week" not in client.get(page).content.decode()
    client.post(page, {"action": "confirm", "purpose": "check_in"})
    assert states() == [State.CANCELLED]

    on = {"action": "go_on", "stage": Training.objects.get().parsed.stage.name}
    client.post(f"{page}training/", {**on, "plan": link.profile, "block": 1})
    with at(1):
        assert "Yes, email me each week" in client.get(page).content.decode()
        client.post(page, {"action": "confirm", "purpose": "check_in"})

    assert states() == [State.CANCELLED, State.QUEUED]


@pytest.mark.parametrize("kept", [False, True])
def test_it_is_offered_only_with_a_plan_that_goes_on(link, client, kept):
    page = f"/guide/{signed_links.guide_token(link)}/"
    if not kept:
        _forget(link.contact)
    with at(50):
        assert "Yes, email me each week" not in client.get(page).content.decode()
