"""The weekly chart on the PT's first page."""

from datetime import date, timedelta

import pytest
from django.contrib.auth.models import Permission, User
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from assessments.desk.first_page.week import week
from tests.assessments.factories import DayCountFactory
from tests.assessments.small import edition_of, small
from tests.assessments.weeks import believable

pytestmark = pytest.mark.django_db

TODAY = date(2026, 3, 12)
LAST, FIRST = date(2026, 3, 11), date(2026, 3, 5)
BEFORE = date(2026, 3, 4)
NUMBERS = reverse("admin:assessments_submission_numbers")


@pytest.fixture(autouse=True)
def _thursday(time_machine, monkeypatch):
    """Without the hooks of the guides app."""
    time_machine.move_to(TODAY)
    monkeypatch.setattr("assessments.hooks.funnel_steps", [])


def counted(step, number, day=LAST, item="", **more):
    DayCountFactory(step=step, item=item, number=number, day=day, **more)


def test_no_visits_ever():
    counted("visit", 3, day=TODAY)

    assert week().said == "No one has come by yet. Once runners do, you'll see how far they got."


@pytest.mark.parametrize(("visits", "words"), [(1, "1 visit"), (1200, "1,200 visits")])
def test_week_without_visits_shows_the_previous_week(visits, words):
    counted("visit", visits, day=BEFORE)

    assert week().said == f"No one came by. In the seven days before, there were {words}."
    assert week().svg == ""


def test_week_is_compared_with_the_previous_one():
    for day, number in [(TODAY, 500), (LAST, 10), (FIRST, 4), (BEFORE, 20), (date(2026, 2, 26), 6)]:
        counted("visit", number, day=day)
    counted("visit", 700, day=date(2026, 2, 25))
    counted("start", 1300)
    counted("finish", 2)
    counted("finish", 2, day=BEFORE)

    this_week = week()

    assert this_week.days == "Thu 5 to Wed 11 March"
    assert [(line.number, line.before, line.change) for line in this_week.lines] == [
        (14, 26, "12 fewer"), (1300, 0, "1,300 more"), (2, 2, "as many"),
        (0, 0, "as many"), (0, 0, "as many"),
    ]  # fmt: skip
    assert [line.formatted_number for line in this_week.lines][:2] == ["14", "1,300"]
    assert this_week.hints == []


@pytest.fixture
def edition():
    edition = edition_of(small())
    counted("finish", 40)
    counted("finish", 40, by="edition", value=str(edition.pk))
    return edition


@pytest.mark.usefixtures("edition")
def test_hint_names_the_question_where_most_leave():
    for item, reached, left in [("touch", 80, 77), ("pain", 77, 63), ("lifts", 63, 58)]:
        counted("reached", reached, item=item)
        counted("left", left, item=item)

    assert week().hints == [
        "More people leave at “How much does it hurt?” than at any other question: 14 of the 77 who"
        " reached it."
    ]
    assert [line.label for line in week().lines][:3] == [
        "Visits", "Started: went on from the safety list", "Finished: saw a result",
    ]  # fmt: skip


@pytest.mark.usefixtures("edition")
def test_no_hint_below_five_runners():
    counted("reached", 6, item="touch")
    counted("left", 2, item="touch")

    assert week().hints == []


@pytest.mark.usefixtures("edition")
@pytest.mark.parametrize(
    ("stopped", "said"),
    [
        (4, []),
        (
            5,
            [
                "“I had a fall.” stopped 5 of 45 for safety: more than one in ten. Read it again. "
                "Could runners be taking it more broadly than you mean it?"
            ],
        ),
    ],
)
def test_hint_names_a_safety_item_that_stops_many(stopped, said):
    counted("stop", stopped)
    counted("stop", stopped, item="fall")

    assert week().hints == said


@pytest.mark.usefixtures("edition")
def test_no_hint_if_a_safety_item_stops_one_in_ten():
    counted("finish", 14, day=FIRST)
    counted("stop", 6)
    counted("stop", 6, item="fall")

    assert week().hints == []


def test_week_requires_permission_to_view_answers(client):
    staff = User.objects.create_user("helper", is_staff=True)
    client.force_login(staff)
    assert NUMBERS not in client.get(reverse("admin:index")).content.decode()

    staff.user_permissions.add(Permission.objects.get(codename="view_submission"))

    page = client.get(reverse("admin:index")).content.decode()
    assert f'<a href="{NUMBERS}">' in page
    assert "No one has come by yet." in page


def test_week_query_count_is_constant():
    def cost():
        with CaptureQueriesContext(connection) as captured:
            assert week().lines
        return len(captured)

    believable(edition_of(small()), LAST, 8)
    cost()  # warms per-process caches
    few = cost()
    believable(edition_of(small(), number=2), LAST - timedelta(days=8), 20)
    cost()

    assert few == 12, "three for each week, three for safety stops, three for who came back"
    assert cost() == few
