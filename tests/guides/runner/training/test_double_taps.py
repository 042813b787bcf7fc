"""Forms of today's card, tapped twice, sent twice, or from a page that's out of date. Without
scripts: the forms are read off the pages."""

import json
import re

import pytest
import time_machine

from guides import signed_links
from guides.content.training import Record, Stage, read_record
from guides.models import DownloadLink, GuideEdition, Training
from guides.training.services import training_keep
from runfit.lib import caching

DAYS = {"days": ["2", "4"], "begins": "2026-12-01"}
CHANGED = "Your plan had already changed, so we left it as it is."


@pytest.fixture(autouse=True)
def _december():
    """A Tuesday."""
    with time_machine.travel("2026-12-01T19:00:00+00:00", tick=False):
        yield


@pytest.fixture
def link(delivery):
    """Of a runner with two plans after their own."""
    DownloadLink.objects.update(profile="mobility_first")
    content = json.loads(delivery.link.edition.content)
    plans = {profile["key"]: profile["plan"] for profile in content["profiles"]}
    plans["strength_gap"]["next_plan"] = "ready_maintain"
    GuideEdition.objects.update(content=json.dumps(content))
    caching.clear()
    return DownloadLink.objects.get()


@pytest.fixture
def guide(link):
    return f"/guide/{signed_links.guide_token(link)}/"


@pytest.fixture
def _kept(link):
    stage = Stage(plan="mobility_first", block=1, begins="2026-12-01")
    start = Record().with_start(stage, days=(2, 4), zone="America/Denver", at=1)
    training_keep(link=link, record=start, words="Save")


def stored() -> Record:
    return read_record(Training.objects.get().record)


def plans() -> list[str]:
    return [stage.plan for stage in stored().schedule.stages]


def form(client, page: str, button: str) -> dict[str, str]:
    """What a form on a page sends, by the words on its button."""
    html = client.get(page).content.decode()
    for text in re.findall(r"<form.*?</form>", html, re.DOTALL):
        words = " ".join(re.sub("<[^>]*>", "", text).split())
        if button in words:
            named = re.findall(r'<input type="hidden" name="(\w+)" value="([^"]*)"', text)
            action = re.findall(r'name="action" value="(\w+)"', text)[-1]
            return {**dict(named), "action": action}
    raise AssertionError(button)


def tap(client, guide: str, data: dict, **more) -> str:
    """The page that follows."""
    answer = client.post(f"{guide}training/", {**data, **more}, follow=True)
    return answer.content.decode().replace("&#x27;", "'")


def start(client, guide: str, plan: str) -> str:
    return tap(client, guide, form(client, f"{guide}plan/{plan}/", "Start this plan"))


@pytest.mark.usefixtures("_kept")
def test_going_back_twice_leads_back_one_plan(client, guide):
    start(client, guide, "strength_gap")
    start(client, guide, "ready_maintain")
    back = form(client, guide, "Go back to Add the candle")

    pages = [tap(client, guide, back) for _ in range(2)]

    assert plans() == ["mobility_first", "strength_gap"]
    assert not any(CHANGED in page for page in pages)


@pytest.mark.usefixtures("_kept")
def test_starting_a_plan_twice_starts_it_once(client, guide):
    data = form(client, f"{guide}plan/strength_gap/", "Start this plan")

    pages = [tap(client, guide, data) for _ in range(2)]

    assert plans() == ["mobility_first", "strength_gap"]
    assert not any(CHANGED in page for page in pages)


@pytest.mark.usefixtures("_kept")
def test_page_that_is_out_of_date_moves_nobody_and_says_so(client, guide):
    """One tab goes on; in the other, each button of the page before is tapped."""
    with time_machine.travel("2026-12-09T19:00:00+00:00"):
        repeat = form(client, guide, "Repeat my last week")
        early = form(client, f"{guide}plan/ready_maintain/", "Start this plan")
        start(client, guide, "strength_gap")
        before = stored()

        for data in (repeat, early):
            assert CHANGED in tap(client, guide, data)

        assert stored() == before
        back = form(client, guide, "Go back to Bake the cake")
        start(client, guide, "ready_maintain")
        assert CHANGED in tap(client, guide, back)
    assert plans() == ["mobility_first", "strength_gap", "ready_maintain"]


@pytest.mark.usefixtures("_kept")
def test_repeating_weeks_twice_repeats_them_once(client, guide):
    with time_machine.travel("2026-12-09T19:00:00+00:00"):
        data = form(client, guide, "Repeat my last week")
        pages = [tap(client, guide, data) for _ in range(2)]

    assert plans() == ["mobility_first"] * 2
    assert not any(CHANGED in page for page in pages)


@pytest.mark.usefixtures("_kept")
def test_word_of_a_pt_that_comes_twice_counts_from_tomorrow(client, guide):
    """By then, nothing ends the training any more: the second one isn't from today."""
    tap(client, guide, {"action": "check_in", "pain": 9, "feel": "same"})
    data = form(client, guide, "A PT or doctor said I can go on")

    pages = [tap(client, guide, data) for _ in range(2)]

    assert stored().stage.begins == "2026-12-02"
    for page in pages:
        assert '<span data-fill="next_words">Thursday, December 3' in page
        assert CHANGED not in page


@pytest.mark.usefixtures("_kept")
def test_session_is_taken_back_once_however_often_that_is_tapped(client, guide):
    done = {"action": "done", "plan": "mobility_first", "block": "1", "pain": "2"}
    tap(client, guide, done)
    with time_machine.travel("2026-12-03T19:00:00+00:00"):
        tap(client, guide, done)
        undo = form(client, guide, "I didn't do it. Take that back")
        for _ in range(2):
            tap(client, guide, undo)

    assert [session.on for session in stored().done] == ["2026-12-01"]


@pytest.mark.usefixtures("_kept")
def test_check_in_that_comes_twice_waves_no_red_flag_past(client, guide):
    worse = {"action": "check_in", "pain": 3, "feel": "worse"}
    assert "Safety check" in tap(client, guide, worse)
    client.post(f"{guide}safety/", {"safety": ["clot"]})

    for again in (worse, {**worse, "feel": "better"}):
        assert "See what to do" in tap(client, guide, again)
        assert stored().check_ins[-1].level == "today"


def test_yes_that_comes_late_once_more_keeps_what_was_done(client, guide):
    """As from a page that was left open without scripts."""
    yes = form(client, guide, "Save with my link") | DAYS
    tap(client, guide, yes)
    tap(client, guide, {"action": "done", "plan": "mobility_first", "block": "1", "pain": "2"})
    start(client, guide, "strength_gap")

    tap(client, guide, yes, days=["1", "5"])

    assert plans() == ["mobility_first", "strength_gap"]
    assert stored().schedule.days == (1, 5)
    assert len(stored().done) == 1


@pytest.mark.usefixtures("_kept")
def test_other_days_picked_on_another_plans_page_start_no_plan(client, guide):
    pick = form(client, f"{guide}plan/strength_gap/", "Use these days")

    tap(client, guide, pick | DAYS, days=["1", "5"])

    assert plans() == ["mobility_first"]
    assert stored().schedule.days == (1, 5)


@pytest.mark.usefixtures("_kept")
def test_plan_started_after_todays_session_shows_its_first_day_at_once(client, guide):
    """Without scripts, too, the guide's page is about the new plan then."""
    tap(client, guide, {"action": "done", "plan": "mobility_first", "block": "1", "pain": "2"})

    page = start(client, guide, "strength_gap")

    assert "Your plan: Add the candle" in page
    assert '<p class="eyebrow">Today\'s session is done</p>' in page
    assert '<span data-fill="next_words">Thursday, December 3' in page
    assert '<strong><span data-fill="done">0</span> of <span data-fill="of">2</span>' in page
    lead = (
        '<p class="lead" data-when="waiting train rest done"><span data-fill="weeks">Weeks 1 to 2'
    )
    assert f'{lead}</span> · <span data-fill="goal">Learn the moves' in page
