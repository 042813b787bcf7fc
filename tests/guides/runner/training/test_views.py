import json
import re
from datetime import timedelta
from itertools import product

import pytest
import time_machine
from django.utils import timezone

from guides import signed_links
from guides.consents.services import consent_confirm
from guides.content.training import Record, Session, Stage, merged, read_record, record_text
from guides.models import Consent, DownloadLink, GuideEdition, Training
from guides.states import Kind, State
from guides.training import services
from guides.training.services import training_keep
from runfit.lib import caching
from tests.support.traces import places_with

DAYS = {"days": ["1", "4"], "zone": "America/Denver"}


@pytest.fixture(autouse=True)
def _december():
    """A Tuesday evening in Denver: there's Wednesday in Greenwich already."""
    with time_machine.travel("2026-12-02T02:00:00+00:00", tick=False):
        yield


@pytest.fixture
def link(delivery):
    return delivery.link


@pytest.fixture
def url(link):
    return f"/guide/{signed_links.guide_token(link)}/training/"


@pytest.fixture
def cake(link):
    """The link of a runner whose plan has one after it."""
    DownloadLink.objects.update(profile="mobility_first")
    link.refresh_from_db()
    return link


@pytest.fixture
def kept(link):
    """The record of a runner in Denver who said yes."""
    stage = Stage(plan=link.profile, block=1, begins="2026-12-01")
    start = Record().with_start(stage, days=(2, 4), zone="America/Denver", at=1)
    training_keep(link=link, record=start, words="Save")
    return start


def stored() -> Record:
    return read_record(Training.objects.get().record)


def move(client, url, action: str = "go_on", **data):
    """A tap on a page that's up to date."""
    return client.post(url, {"action": action, "stage": stored().stage.name, **data})


def go_back(client, url, plan: str = "mobility_first"):
    return move(client, url, "go_back", plan=plan)


def session(link, pain: int = 2) -> Session:
    return Session(on="2026-12-01", plan=link.profile, block=1, pain=pain, at=1)


def test_nothing_is_stored_before_the_yes(client, link, url):
    record = record_text(Record(sessions=(session(link),)))
    done = {"action": "done", "plan": link.profile, "block": 1, "pain": 7}

    synced = client.post(url, {"action": "sync", "record": record})
    finished = client.post(url, done)
    client.post(url, {"action": "pick", "begins": "2026-12-01", **DAYS})
    client.post(url, {"action": "go_on", "plan": link.profile, "block": 2})
    client.post(url, {"action": "undo"})

    assert synced.json() == {"kept": False}
    assert "Your worst pain: <strong>7</strong>" in finished.content.decode()
    assert not Training.objects.exists()
    assert "2026-12-01" not in places_with("2026-12-01")


def test_yes_keeps_the_words_that_were_read_and_the_days(client, link, url):
    response = client.post(url, {"action": "keep", "begins": "2026-12-03", **DAYS})

    assert (response.status_code, response["Location"][-7:]) == (303, "/#today")
    schedule = stored().schedule
    assert (schedule.days, schedule.zone) == ((1, 4), "America/Denver")
    assert schedule.stages == (Stage(plan=link.profile, block=1, begins="2026-12-03"),)
    assert "never go to our newsletter tool" in Training.objects.get().words


def test_sync_merges_and_answers_with_everything(client, link, url, kept):
    mine = Record(sessions=(session(link),))

    answer = client.post(url, {"action": "sync", "record": record_text(mine)}).json()

    assert answer["kept"]
    assert stored() == merged(kept, mine)
    assert answer["record"] == json.loads(record_text(stored()))


def test_today_is_the_runners_own(client, link, url, kept):
    """By the zone that was picked, whatever the server's."""
    client.post(url, {"action": "done", "plan": link.profile, "block": 1, "pain": 2})
    assert [each.on for each in stored().done] == ["2026-12-01"]
    page = client.get(url).content.decode()
    assert "Next session: Thursday, December 3" in page

    client.post(url, {"action": "undo", "on": "2026-12-01"})
    assert stored().done == ()
    assert client.get(url)["Location"].endswith("#today")


def test_going_on_begins_on_the_day_after_a_session(client, link, url, kept):
    client.post(url, {"action": "done", "plan": link.profile, "block": 1, "pain": 9})
    page = client.get(f"/guide/{signed_links.guide_token(link)}/").content.decode()
    assert "A PT or doctor said I can go on" in page

    move(client, url, plan=link.profile, block=2)

    assert stored().stage == Stage(plan=link.profile, block=2, begins="2026-12-02")


@pytest.mark.parametrize(
    "wrong",
    [
        ({"begins": "2026-12-01"}, "Pick at least one day."),
        ({"days": ["2"], "begins": "soon"}, "Pick the day you start, such as 2026-03-01."),
        ({"days": ["2"], "begins": "2025-12-01"}, "Pick a day in the last 6 weeks"),
    ],
)
@pytest.mark.parametrize("action", ["keep", "pick"])
def test_what_is_wrong_stands_beside_it(client, url, kept, action, wrong):
    data, error = wrong
    response = client.post(url, {"action": action, **data})

    page = response.content.decode()
    assert response.status_code == 422
    assert error in page
    assert 'aria-invalid="true"' in page
    if "days" in data:
        assert 'value="2" checked' in page
        assert f'value="{data["begins"]}"' in page


@pytest.mark.parametrize(
    "data",
    [
        {},
        {"action": "x"},
        {"action": "sync", "record": "{"},
        {"action": "sync", "record": "[" * 70_000},
        {"action": "sync", "record": '{"sessions": 3}'},
        {"action": "done", "plan": "x", "block": 1, "pain": 1},
        {"action": "done", "plan": "mobility_first", "block": 1, "pain": 11},
        {"action": "go_on", "plan": "mobility_first", "block": 99},
    ],
)
def test_what_no_page_sends_is_a_bad_request(client, url, kept, data):
    assert client.post(url, data).status_code == 400
    assert stored() == kept


def test_forgetting_deletes_it(client, url, kept):
    client.post(url, {"action": "forget"})

    assert not Training.objects.exists()


def test_link_that_is_over_or_has_no_plan_leads_to_the_guide(client, link, url, kept):
    DownloadLink.objects.update(expires_at=timezone.now() - timedelta(days=1))
    for answer in (client.get(url), client.post(url, {"action": "forget"})):
        assert answer["Location"].endswith("/")
    assert stored() == kept


def test_too_many_taps_have_to_wait(client, url, monkeypatch):
    monkeypatch.setattr(services, "TAPS_HOUR", 1)
    client.post(url, {"action": "undo"})

    response = client.post(url, {"action": "undo"})

    assert response.status_code == 429
    assert int(response["Retry-After"]) > 0


def test_queries(client, link, url, kept, django_assert_num_queries):
    guide = f"/guide/{signed_links.guide_token(link)}/"
    for _ in range(2):
        client.get(guide)  # warms the caches
    # link with its training, consent, and for the offer of emails: newest edition, last one sent
    with django_assert_num_queries(4):
        client.get(guide)
    with django_assert_num_queries(1):
        client.get(f"{guide}session/1/")
    record = record_text(kept.with_session(session(link)))
    client.post(url, {"action": "undo"})
    with django_assert_num_queries(2):  # link, one write
        client.post(url, {"action": "sync", "record": record})
    with django_assert_num_queries(1):  # the same again writes nothing
        client.post(url, {"action": "sync", "record": record})


OVER = "2027-01-13T02:00:00+00:00"
"""Six weeks later."""
MOVE_ON = {"plan": "strength_gap", "block": 1, "week": 1}


def told_by(response) -> str:
    return " ".join(response.content.decode().split())


def test_next_plan_is_one_tap_away_and_so_is_the_way_back(client, cake, url, kept):
    guide = url.removesuffix("training/")
    move(client, url, plan=cake.profile, block=3)
    before = stored().schedule.stages
    with time_machine.travel(OVER, tick=False):
        over = told_by(client.get(guide))
        move(client, url, **MOVE_ON)
        moved = told_by(client.get(guide))
        stages = stored().schedule.stages
        calendar = client.post(f"{guide}calendar/", {"linked": "on", "named": "on"})
        earlier = told_by(client.get(f"{guide}plan/{cake.profile}/"))
        saved = re.search('data-pages="([^"]*)"', moved)[1].split()
        go_back(client, url)

    name = "Add the candle: your strength on-ramp"
    assert f'Move on to <span data-fill="then_weeks">{name}</span>' in over
    assert f"Your plan: {name} (6 weeks)" in moved
    assert f'href="{guide}plan/strength_gap/session/1/"' in moved
    assert 'Go back to <span data-fill="before">Bake the cake</span>' in moved
    assert stages[-1] == Stage(plan="strength_gap", block=1, begins="2027-01-12")
    assert f"{guide}plan/strength_gap/session/3/" in calendar.content.decode().replace("\r\n ", "")
    assert "Your plan: Bake the cake (6 weeks)" in earlier
    assert f'Your plan right now: <a href="{guide}plan/strength_gap/" data-href' in earlier
    assert f"download/?paper=letter&amp;plan={cake.profile}" in earlier
    assert {guide, f"{guide}plan/{cake.profile}/"} < {*saved}
    assert stored().schedule.stages == before


def test_page_of_the_next_plan_starts_it_early(client, cake, url, kept):
    guide = url.removesuffix("training/")

    page = told_by(client.get(f"{guide}plan/strength_gap/"))
    session = client.get(f"{guide}plan/strength_gap/session/1/")
    own = client.get(f"{guide}plan/{cake.profile}/session/2/")

    assert 'data-tap data-if="may_start">' in page
    assert session.status_code == 200
    assert '<input type="hidden" name="plan" value="strength_gap">' in told_by(session)
    assert own["Location"] == f"{guide}session/2/"
    for gone in ("plan/ready_maintain/", "plan/strength_gap/session/9/", "plan/gone/session/1/"):
        assert client.get(f"{guide}{gone}")["Location"] == guide
    assert move(client, url, **MOVE_ON | {"plan": "ready_maintain"}).status_code == 400


def test_plan_that_is_gone_gives_way_to_the_one_before_it(client, cake, url, kept):
    """As once a guide was wrong, and today's version of it ends with the runner's plan."""
    guide = url.removesuffix("training/")
    move(client, url, **MOVE_ON)
    record = stored()
    content = json.loads(cake.edition.content)
    for profile in content["profiles"]:
        profile["plan"].pop("next_plan", None)
    GuideEdition.objects.update(content=json.dumps(content))
    caching.clear()

    page = told_by(client.get(guide))

    assert "Your plan: Bake the cake (6 weeks)" in page
    assert '<span data-fill="before"></span>' in page
    assert client.get(f"{guide}plan/strength_gap/")["Location"] == guide
    assert client.get(f"{guide}calendar/").status_code == 200
    assert stored().sessions == record.sessions


def test_next_plan_costs_no_query(client, cake, url, kept, django_assert_num_queries):
    move(client, url, **MOVE_ON)
    guide = url.removesuffix("training/")
    for _ in range(2):
        client.get(guide)  # warms the caches
    with django_assert_num_queries(4):  # as without it
        client.get(guide)
    with django_assert_num_queries(1):
        client.get(f"{guide}plan/strength_gap/session/1/")
    stage = stored().stage.name
    with django_assert_num_queries(2):  # link, one write
        client.post(url, {"action": "go_back", "stage": stage, "plan": cake.profile})


def test_pdf_holds_the_plan_that_is_on(client, cake, url, kept):
    download = url.replace("training/", "download/")
    first = client.get(download)["ETag"]
    then = client.get(f"{download}?plan=strength_gap")["ETag"]

    move(client, url, **MOVE_ON)

    assert first != then == client.get(download)["ETag"]
    assert client.get(f"{download}?plan={cake.profile}")["ETag"] == first
    assert client.get(f"{download}?plan=ready_maintain")["ETag"] == then


def test_guide_in_spanish_says_days_in_spanish(client, link, kept):
    caching.clear()
    content = json.loads(link.edition.content) | {"language": "es"}
    type(link.edition).objects.filter(pk=link.edition_id).update(content=json.dumps(content))

    page = client.get(f"/guide/{signed_links.guide_token(link)}/").content.decode()

    assert "<span>jue</span>" in page.lower()
    assert "La sesión de hoy" in page


def check_in(client, url, pain: int = 3, feel: str = "worse"):
    return client.post(url, {"action": "check_in", "pain": pain, "feel": feel})


def guide_text(client, url) -> str:
    return client.get(url.replace("training/", "")).content.decode()


@pytest.fixture
def safety_url(url):
    return url.replace("/training/", "/safety/")


@pytest.fixture
def waiting(client, link):
    """The email in four weeks that the runner said yes to."""
    consent_confirm(
        contact=link.contact, purpose=Consent.Purpose.FOLLOW_UP, words="Yes", page="guides:guide"
    )
    return link.contact.deliveries.get(kind=Kind.FOLLOW_UP)


def is_waiting(delivery) -> bool:
    delivery.refresh_from_db()
    return delivery.state == State.QUEUED


@pytest.mark.usefixtures("kept")
def test_check_in_is_kept_and_says_what_its_pain_asks_for(client, url, waiting):
    response = check_in(client, url, pain=4, feel="same")

    assert response["Location"].endswith("#today")
    (stored_one,) = stored().check_ins
    assert (stored_one.on, stored_one.pain, stored_one.feel) == ("2026-12-01", 4, "same")
    assert 'Next check-in: <span data-fill="next_check_in">Tuesday, December 8' in guide_text(
        client, url
    )
    assert is_waiting(waiting)


@pytest.mark.parametrize(
    ("data", "error"),
    [({"feel": "same"}, "Pick your worst pain"), ({"pain": 3}, "Pick better, the same, or worse.")],
)
def test_check_in_that_is_not_complete_keeps_what_was_picked(client, url, kept, data, error):
    response = client.post(url, {"action": "check_in", **data})

    page = response.content.decode()
    assert response.status_code == 422
    assert error in page
    assert ('value="3" required checked' in page) == ("pain" in data)
    assert stored() == kept


@pytest.mark.usefixtures("kept")
def test_red_flag_after_a_worse_week_ends_training_and_emails(client, url, safety_url, waiting):
    assert check_in(client, url)["Location"] == safety_url
    waits = '<p data-when="train" data-if="list_done" hidden>'
    assert waits in guide_text(client, url)

    page = client.post(safety_url, {"safety": ["clot", "over50"]}).content.decode()

    assert "This can&#x27;t wait" in page
    assert "You checked: “A swollen leg:" in page
    assert [each.level for each in stored().check_ins] == ["today"]
    assert not is_waiting(waiting)
    assert "clot" not in places_with("clot")
    text = guide_text(client, url)
    assert '<div class="stop stack" data-has="level_title">' in text
    again = client.get(f"{safety_url}today/").content.decode()
    assert "What to tell them" in again
    assert "Why you're seeing this" not in again
    assert client.get(f"{safety_url}nowhere/")["Location"] == url.replace("training/", "")


@pytest.mark.usefixtures("kept")
def test_nothing_on_the_list_lets_it_go_on(client, url, safety_url, waiting):
    check_in(client, url)

    page = client.post(safety_url, {"safety": ["none"]}).content.decode()

    assert "You can go on, but make it easier this week." in page
    assert '<p data-when="train" data-if="list_done">' in guide_text(client, url)
    assert [each.level for each in stored().check_ins] == ["none"]
    assert is_waiting(waiting)


def test_what_was_cleared_before_stops_nobody(client, link, url, safety_url, kept):
    link.submission.safety, link.submission.cleared_at = ["over50"], timezone.now()
    link.submission.save()
    check_in(client, url)

    client.post(safety_url, {"safety": ["over50"]})
    assert [each.level for each in stored().check_ins] == ["none"]
    client.post(safety_url, {"safety": ["over50", "pregnant"]})
    assert [each.level for each in stored().check_ins] == ["check"]
    assert "Your plan may have to leave something out now." in guide_text(client, url)


@pytest.mark.parametrize(
    ("safety", "error"),
    [
        ([], "Check what's true for you"),
        (["none", "clot"], "Keep just one of them."),
        (["x"], "Pick only from the safety list."),
    ],
)
def test_safety_list_says_what_is_missing(client, url, safety_url, safety, error):
    check_in(client, url)

    response = client.post(safety_url, {"safety": safety})

    assert response.status_code == 422
    assert error in response.content.decode().replace("&#x27;", "'")
    assert ('value="clot" checked' in response.content.decode()) == ("clot" in safety)


def test_red_flag_of_a_runner_who_keeps_nothing_with_the_link(client, safety_url, waiting):
    """Their browser keeps the level: nothing is stored here."""
    page = client.post(safety_url, {"safety": ["saddle"]}).content.decode()

    assert 'data-level="emergency"' in page
    assert 'href="tel:911"' in page
    assert not Training.objects.exists()
    assert not is_waiting(waiting)


@pytest.mark.parametrize(
    "tap", list(product(["check_in", "done", "sync"], [(5, True), (6, False)])), ids=str
)
def test_pain_that_someone_should_look_at_ends_the_emails(client, url, kept, waiting, tap):
    action, (pain, goes_on) = tap
    link = waiting.link
    record = record_text(kept.with_session(session(link, pain)))
    data = {"plan": link.profile, "block": 1, "feel": "same", "record": record, "pain": pain}

    client.post(url, {"action": action, **data})

    assert is_waiting(waiting) == goes_on


def test_going_on_after_a_red_flag_begins_tomorrow(client, link, url, safety_url, kept):
    check_in(client, url)
    client.post(safety_url, {"safety": ["clot"]})

    move(client, url, plan=link.profile, block=1, week=1)

    assert stored().stage.begins == "2026-12-02"


@pytest.mark.parametrize(
    ("days", "hidden"), [((1, 2), False), ((1, 7), False), ((1, 3), True), ((1, 2, 5, 6, 7), True)]
)
def test_strength_days_in_a_row_get_a_warning(client, link, url, days, hidden):
    link.profile = "strength_gap"
    link.save()
    start = Stage(plan=link.profile, block=1, begins="2026-12-01")
    record = Record().with_start(start, days=days, zone="", at=1)
    training_keep(link=link, record=record, words="Save")

    page = client.get(url.removesuffix("training/")).content.decode()

    assert ('data-if="back_to_back" hidden' in page) is hidden
    assert "Strength sessions need about 48 hours between them" in page
