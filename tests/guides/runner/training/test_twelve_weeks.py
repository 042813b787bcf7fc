"""Two plans, one after the other, without scripts: each tap by a form as it stands on the page.
Another device, with scripts, comes by with what it knew weeks ago."""

import re
from collections import Counter
from datetime import UTC, datetime, timedelta

import pytest
import time_machine
from django.utils import timezone

from guides import selectors, signed_links
from guides.content.training import Record, Session, planned_and_done, record_text
from guides.delivery.worker import drain
from guides.models import Delivery, DownloadLink
from guides.states import Kind, State
from tests.guides.runner.training.test_double_taps import form, stored, tap

START = datetime(2026, 12, 1, 19, tzinfo=UTC)
"""A Tuesday. Each plan takes six weeks."""
TO_TRAIN = re.compile(
    r'<p data-when="train" data-if="list_done"><a class="btn btn-big" href="([^"]*)"'
)
OVER = '<div class="row" data-when="over">'
CAKE, CANDLE = "mobility_first", "strength_gap"


@pytest.fixture
def link(delivery):
    DownloadLink.objects.update(profile=CAKE)
    Delivery.objects.update(state=State.SENT, sent_at=START)
    return DownloadLink.objects.get()


def at(days):
    return time_machine.travel(START + timedelta(days=days), tick=False)


def a_day(client, guide: str, url: str) -> None:
    """What the page asks for: on to the next weeks, then today's session."""
    page = client.get(url).content.decode()
    if OVER in page:
        page = tap(client, guide, form(client, url, "Move on to"))
    if session := TO_TRAIN.search(page):
        done = form(client, session[1], "No pain")
        tap(client, guide, {**done, "pain": "1"})


def sent_today() -> bool:
    return selectors.delivery_is_due(timezone.now()) and drain().sent == 1


def test_both_plans_are_lived_through_and_nothing_is_lost(client, link, faults):
    guide = f"/guide/{signed_links.guide_token(link)}/"
    sync = {"action": "sync"}
    sent, early = [], Record()
    with at(0):
        yes = form(client, guide, "Save with my link")
        tap(client, guide, yes, days=["2", "4"], begins="2026-12-01")
        client.post(guide, {"action": "confirm", "purpose": "check_in"})
    for day in (7 * week + more for week in range(12) for more in (0, 2)):
        with at(day):
            a_day(client, guide, guide)
            sent += [day] * sent_today()
            if day == 14:
                early = stored()
            if day == 58:  # in the candle's third week
                older = Session(on="2026-12-19", plan=CAKE, block=2, pain=2, at=1)
                mine = early.with_session(older)
                client.post(f"{guide}training/", {**sync, "record": record_text(mine)})

    record = stored()
    plans = {key: selectors.guide_content(link.edition).plan(key) for key in (CAKE, CANDLE)}
    assert [(stage.plan, stage.block) for stage in record.schedule.stages] == [
        (plan, block) for plan in (CAKE, CANDLE) for block in (1, 2, 3)
    ]
    assert Counter(session.plan for session in record.done) == {CAKE: 13, CANDLE: 12}
    with at(84):
        page = client.get(guide).content.decode()
        calendar = client.post(f"{guide}calendar/").content.decode()
        sent += [84] * sent_today()
    assert OVER in page
    assert "Your plan: Add the candle" in page
    assert '<span data-fill="block_done">4</span> of <span data-fill="block_of">4</span>' in page
    assert "BEGIN:VEVENT" not in calendar
    assert sent == [7 * week for week in range(1, 13)]
    with at(98):
        drain()
    assert not Delivery.objects.filter(kind=Kind.CHECK_IN, state=State.QUEUED).exists()
    since = START.date()
    count = planned_and_done(record, plans, since + timedelta(days=42), since + timedelta(days=83))
    assert count == (12, 12)
