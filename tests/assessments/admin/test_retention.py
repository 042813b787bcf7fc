"""How long things are kept: what the PT sets, sees before it goes, and promises by it."""

from datetime import timedelta

import pytest
from django.contrib.auth.models import Group, User
from django.utils import timezone
from django.utils.formats import date_format

from assessments.models import DayCount, Practice, Retention, Sight
from assessments.models.counting import COUNTED
from assessments.permissions import CURATES
from assessments.retention.words import how_long
from runfit.lib import caching
from runfit.lib.translation import use_language
from tests.assessments.browser import Page

pytestmark = pytest.mark.django_db

ADDRESS = "/admin/assessments/retention/"


@pytest.fixture
def desk(client, pt):
    client.force_login(pt)
    return client


@pytest.fixture
def visits():
    today = timezone.localdate()
    for _ in range(3):
        Sight.objects.create(day=today - timedelta(days=100), step="visit", number=1)
    DayCount.objects.create(day=today, step=COUNTED, number=0)


def posted(desk, **values):
    fields = Page(desk.get(ADDRESS).content.decode()).fields
    return desk.post(ADDRESS, {**fields, **values}, follow=True)


def test_who_curates_content_cannot_erase_answers_by_shorter_times(client):
    curator = User.objects.create_user("curator", is_staff=True)
    curator.groups.add(Group.objects.get(name=CURATES))
    client.force_login(curator)

    assert client.get(ADDRESS).status_code == 403
    assert client.post(ADDRESS, {"answers": "7", "confirmed": "on"}).status_code == 403


def test_it_asks_for_the_password_again(desk, time_machine):
    time_machine.move_to(timezone.now() + timedelta(minutes=16))

    asked = posted(desk, answers="60", confirmed="on")

    assert asked.status_code == 403
    assert 'name="answers" value="60"' in asked.content.decode()
    assert not Retention.objects.filter(answers=60).exists()


def test_page_says_what_goes_next(desk, visits):
    assert "Nothing." in desk.get(ADDRESS).content.decode()

    Retention.objects.update(visits=50)

    assert "<li>3 visits and clicks</li>" in desk.get(ADDRESS).content.decode()


def test_shorter_times_name_the_day_if_nothing_goes_yet(desk, visits):
    desk.get(ADDRESS)
    begins = timezone.localdate() + timedelta(days=30)
    Retention.objects.update(begins_on=begins)

    page = posted(desk, visits="50").content.decode()

    assert f"this goes on {date_format(begins)}, and for good: 3 visits and clicks." in page


def test_shorter_times_ask_first_if_something_goes(desk, visits):
    page = posted(desk, visits="50", answers="60").content.decode()

    assert "this goes tonight, and for good: 3 visits and clicks." in page
    assert Retention.objects.get().visits == 400
    assert Page(page).fields["answers"] == ["60"]

    posted(desk, visits="50", answers="60", confirmed="on")

    saved = Retention.objects.get()
    assert (saved.visits, saved.answers) == (50, 60)


def test_longer_times_are_saved_at_once(desk, visits):
    page = posted(desk, visits="500").content.decode()

    assert "Your privacy page says so from now on." in page
    assert Retention.objects.get().visits == 500


@pytest.mark.parametrize(("name", "days"), [("answers", "3"), ("mail", "91"), ("logs", "x")])
def test_impossible_times_are_refused(desk, name, days):
    page = posted(desk, **{name: days})

    assert page.context["adminform"].form.errors.keys() == {name}


def test_privacy_page_says_it_by_itself(client):
    Retention.objects.create(answers=45, contacts=1)
    assert "45 days after your last ones" in client.get("/privacy/").content.decode()
    assert "1 day after the last link ends" in client.get("/privacy/").content.decode()

    Practice.objects.update_or_create(pk=1, defaults={"privacy_notice": "Our own words."})
    caching.clear()

    page = client.get("/privacy/").content.decode()
    assert "Our own words." in page
    assert page.index("How long we keep it") < page.index("45 days after")


def test_it_is_said_in_spanish():
    with use_language("es"):
        text = how_long(Retention(contacts=0))

    assert "90 días" in text
    assert not {"the", "we", "your"} & {*text.split()}


def test_desk_says_until_when_there_is_time(desk):
    Retention.objects.create(begins_on=timezone.localdate() + timedelta(days=9))

    assert "Nothing goes before" in desk.get(ADDRESS).content.decode()
    first = desk.get("/admin/").content.decode()
    assert "on, old answers and addresses are deleted" in first

    Retention.objects.update(begins_on=timezone.localdate())

    assert "old answers and addresses are deleted" not in desk.get("/admin/").content.decode()
