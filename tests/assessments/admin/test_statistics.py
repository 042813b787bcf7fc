"""The statistics page."""

from datetime import date, timedelta
from html import unescape

import pytest
from django.contrib.auth.models import User
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from assessments.analytics.figures import day_figure, span
from assessments.hooks import FunnelStep
from runfit.lib import caching
from tests.assessments.browser import Page
from tests.assessments.factories import DayCountFactory
from tests.assessments.small import edition_of, small
from tests.assessments.weeks import believable

pytestmark = pytest.mark.django_db

NUMBERS = reverse("admin:assessments_submission_numbers")
TODAY, YESTERDAY = date(2026, 3, 12), date(2026, 3, 11)
DAY = timedelta(days=1)


@pytest.fixture(autouse=True)
def _thursday(time_machine, monkeypatch):
    """Without the hooks of the guides app."""
    time_machine.move_to(TODAY)
    monkeypatch.setattr("assessments.hooks.funnel_steps", [])


@pytest.fixture
def edition():
    """An edition that was seen yesterday."""
    edition = edition_of(small())
    counted("finish", 3, by="edition", value=str(edition.pk))
    return edition


def counted(step, number, day=YESTERDAY, item="", **more):
    DayCountFactory(step=step, item=item, number=number, day=day, **more)


def shown(client, **query):
    return client.get(NUMBERS, query).context


def figures(context):
    return {figure.title: figure for figure in context["figures"]}


def period(context):
    return context["asked"].first_day, context["asked"].last_day


@pytest.mark.parametrize(
    ("query", "first", "last", "words"),
    [
        ({}, date(2026, 3, 5), YESTERDAY, "Last 7 days"),
        ({"days": "30"}, date(2026, 2, 10), YESTERDAY, "Last 30 days"),
        ({"days": "90"}, date(2025, 12, 12), YESTERDAY, "Last 90 days"),
        ({"since": "2026-03-12", "until": "2026-03-12"}, TODAY, TODAY, "Today so far"),
        ({"since": "2025-03-12", "until": "2026-03-12"}, date(2025, 3, 12), TODAY, None),
        ({"since": "0001-01-01", "until": "0001-12-31"}, date.min, date(1, 12, 31), None),
        ({"since": "9999-12-30", "until": "9999-12-31"}, date(9999, 12, 30), date.max, None),
    ],
)
def test_days_parameter_selects_the_range(admin_client, query, first, last, words):
    context = shown(admin_client, **query)

    assert context["faults"] == []
    assert period(context) == (first, last)
    assert [said for _, said, picked in context["periods"] if picked] == [words][: bool(words)]


@pytest.mark.parametrize(
    ("query", "fault"),
    [
        ({"since": "2026-13-99", "until": "x"}, "“From” must be a day such as 2026-03-01."),
        ({"since": "2026-03-01", "until": "\0"}, "“To” must be a day such as 2026-03-31."),
        ({"since": "2026-03-01"}, "Give both days: from and to."),
        ({"until": "0001-01-01"}, "Give both days: from and to."),
        ({"since": "2026-03-02", "until": "2026-03-01"},
            "The first day can't come after the last."),
        ({"since": "2025-03-01", "until": "2026-03-02"}, "Pick at most 366 days."),
        ({"days": "8"}, "Pick the last 7, 30 or 90 days, or give two days."),
        ({"only": "token:1"}, "Pick one of the choices under “Only”."),
        ({"only": "source:\0"}, "Null characters are not allowed."),
    ],
)  # fmt: skip
def test_invalid_parameters_show_an_error_and_the_last_week(admin_client, query, fault):
    response = admin_client.get(NUMBERS, query)

    assert response.status_code == 200
    assert response.context["faults"][0] == fault
    assert period(response.context) == (date(2026, 3, 5), YESTERDAY)
    page = unescape(response.content.decode())
    assert f'<p class="errornote">{fault} ' in page
    assert "Here are the last seven days instead.</p>" in page


def test_empty_statistics_show_a_message(admin_client):
    page = admin_client.get(NUMBERS).content.decode()
    assert "Nothing was counted on these days. Once runners come by" in page
    assert "For today, pick “Today so far”." in page

    page = admin_client.get(
        NUMBERS, {"since": TODAY.isoformat(), "until": TODAY.isoformat()}
    ).content.decode()
    assert "For today, pick" not in page

    page = admin_client.get(NUMBERS, {"only": "source:blog"}).content.decode()
    assert "Nothing was counted on these days for what you picked." in page
    assert '<option value="source:blog" selected>blog</option>' in page
    assert 'class="chart"' not in page


@pytest.mark.usefixtures("edition")
def test_funnel_shows_how_many_left_at_each_question(admin_client):
    counted("visit", 1500)
    counted("visit", 9, day=TODAY)
    counted("reached", 10, item="touch")
    counted("left", 8, item="touch")
    counted("finish", 7)

    assert figures(shown(admin_client))["How far runners went"].rows == [
        ("Visits", "1,500", ""),
        ("Started: went on from the safety list", "0", ""),
        ("How far do you reach?", "10", "2"),
        ("Finished: saw a result", "7", ""),
        ("Stopped for safety", "0", ""),
        ("Retook the check, from the email after four weeks", "0", ""),
    ]


def test_chart_by_day(admin_client):
    counted("visit", 5)
    counted("visit", 2, day=date(2026, 3, 5))
    counted("finish", 3)

    figure = figures(shown(admin_client))["By day"]

    assert figure.head == ("Day", "Visits", "Finished")
    assert [figure.rows[0], figure.rows[1], figure.rows[-1]] == [
        ("Thu 5 March", "2", "0"), ("Fri 6 March", "0", "0"), ("Wed 11 March", "5", "3"),
    ]  # fmt: skip
    assert figure.key == "Outlined: Visits. Filled: Finished."


@pytest.mark.usefixtures("edition")
def test_period_with_only_a_question_counted(admin_client):
    """As for a runner who began before midnight and then left."""
    counted("reached", 1, item="touch", by="source", value="blog")

    shown_figures = figures(shown(admin_client, only="source:blog"))

    assert shown_figures["How far runners went"].rows[2] == (
        "How far do you reach?", "not shown", "not shown",
    )  # fmt: skip
    assert shown_figures["By day"].rows[-1] == ("Wed 11 March", "0", "0")


def test_single_day_has_no_chart_by_day(admin_client):
    counted("visit", 5, day=TODAY)

    shown_figures = figures(shown(admin_client, since=TODAY, until=TODAY))

    assert list(shown_figures) == ["How far runners went"]
    assert shown_figures["How far runners went"].key == "", "no question was reached"


def test_long_periods_are_grouped_by_week():
    days = {date(2026, 1, 1) + DAY * number: 1 for number in range(32)}

    figure = day_figure("days", "Visits", days, None)

    assert (figure.title, figure.head) == ("By week", ("Week", "Visits"))
    assert [figure.rows[0], figure.rows[-1]] == [
        ("Thu 1 to Sun 4 January", "4"), ("Mon 26 January to Sun 1 February", "7"),
    ]  # fmt: skip
    assert figure.key == "Visits."


@pytest.mark.parametrize(
    ("first", "last", "words"),
    [
        (date(2026, 3, 5), date(2026, 3, 11), "Thu 5 to Wed 11 March"),
        (date(2026, 2, 26), date(2026, 3, 4), "Thu 26 February to Wed 4 March"),
        (date(2025, 12, 29), date(2026, 1, 4), "Mon 29 December 2025 to Sun 4 January"),
        (date(2025, 3, 1), date(2025, 3, 2), "Sat 1 to Sun 2 March 2025"),
        (TODAY, TODAY, "Thu 12 March"),
    ],
)
def test_date_range_in_words(first, last, words):
    assert span(first, last) == words


def test_filter_by_source(admin_client, edition):
    counted("visit", 9)
    counted("finish", 8, by="profile", value="ready")
    counted("visit", 8, by="source", value="<b>blog")
    counted("finish", 1, by="source", value="<b>blog")
    counted("visit", 5, by="source")
    counted("stop", 1, by="source", value="<b>blog")
    counted("stop", 1, item="fall", by="source", value="<b>blog")
    counted("answer", 9, item="touch:toes", by="edition", value=str(edition.pk))
    counted("visit", 3, by="bot", value="bot")

    response = admin_client.get(NUMBERS, {"only": "source:<b>blog", "days": "30"})

    shown_figures, page = figures(response.context), response.content.decode()
    assert shown_figures["How far runners went"].rows[0] == ("Visits", "8", "")
    assert shown_figures["By day"].rows[-1] == ("Wed 11 March", "8", "not shown")
    assert shown_figures["Stopped for safety, and why"].rows == [("I had a fall.", "not shown")]
    assert "Result types" not in shown_figures, "they are not known of one source alone"
    assert "<b>blog" not in page
    assert '<option value="source:&lt;b&gt;blog" selected>&lt;b&gt;blog (8 visits)</option>' in page
    assert '<option value="source:">No source in the link (5 visits)</option>' in page
    assert "These are for all runners, whatever you picked." in page
    assert 'href="?days=90&amp;only=source%3A%3Cb%3Eblog"' in page
    assert "Not runners" not in page


@pytest.mark.usefixtures("edition")
def test_two_sources_side_by_side(admin_client):
    for source, visits, finished in (("newsletter", 40, 10), ("clinic-wall", 8, 3)):
        counted("visit", visits, by="source", value=source)
        counted("reached", visits, item="touch", by="source", value=source)
        counted("finish", finished, by="source", value=source)

    response = admin_client.get(
        NUMBERS, {"only": "source:newsletter", "beside": "source:clinic-wall"}
    )

    figure, page = response.context["comparison"], response.content.decode()
    assert figure.head == ("Step", "newsletter", "clinic-wall")
    assert figure.rows[0] == ("Visits", "40", "8")
    assert ("Finished: saw a result", "10 (25%)", "not shown") in figure.rows
    assert "How far do you reach?" not in dict(row[:2] for row in figure.rows)
    assert '<option value="source:clinic-wall" selected>clinic-wall (8 visits)</option>' in page
    assert "days=30&amp;only=source%3Anewsletter&amp;beside=source%3Aclinic-wall" in page


def test_anything_can_stand_beside_all_runners(admin_client):
    counted("visit", 9)

    context = shown(admin_client, beside="source:<b>")

    assert context["comparison"].head == ("Step", "All runners", "<b>")
    assert context["comparison"].rows[0] == ("Visits", "9", "0")
    assert shown(admin_client, beside="source:a", only="source:a")["faults"] == [
        "Pick two different ones to compare."
    ]
    assert shown(admin_client, beside="x:1")["faults"] == [
        "Pick one of the choices under “Beside”."
    ]


def test_days_of_some_runners_hide_small_numbers():
    whole = {date(2026, 3, 1) + DAY * n: number for n, number in enumerate((1, 9, 0, 7))}
    part = {day: min(number, 6) for day, number in whole.items()}

    figure = day_figure("days", "Visits", whole, ("Finished", part), of_some=True)

    assert [row[1:] for row in figure.rows] == [
        ("not shown", "not shown"), ("9", "not shown"), ("0", "0"), ("not shown", "not shown"),
    ]  # fmt: skip


def test_filter_by_no_source(admin_client):
    counted("visit", 4, by="source", value="blog")
    counted("visit", 5, by="source")

    context = shown(admin_client, only="source:")

    assert figures(context)["How far runners went"].rows[0] == ("Visits", "5", "")


@pytest.mark.usefixtures("edition")
def test_filter_by_result_type_shows_steps_from_the_result_on(admin_client):
    counted("finish", 8, by="profile", value="ready")
    counted("visit", 9)

    shown_figures = figures(shown(admin_client, only="profile:ready"))

    assert [row[:2] for row in shown_figures["How far runners went"].rows] == [
        ("Finished: saw a result", "8"), ("Retook the check, from the email after four weeks", "0"),
    ]  # fmt: skip
    assert shown_figures["By day"].key == "Finished: saw a result."
    assert figures(shown(admin_client))["Result types"].rows == [("Ready to lift", "8")]


def test_answers_default_to_the_most_finished_version(admin_client, edition):
    data = small()
    data["questions"][0]["text"] = "How far can you reach?"
    newer = edition_of(data, number=2)
    counted("finish", 2, by="edition", value=str(newer.pk))
    for number, version in ((9, edition), (7, newer)):
        counted("answer", number, item="touch:toes", by="edition", value=str(version.pk))
        counted("answer", 3, item="touch:knee", by="edition", value=str(version.pk))
        counted("answer", 2, item="touch:never", by="edition", value=str(version.pk))

    def answers(**query):
        context = shown(admin_client, **query)
        return context["answers_of"], [
            (figure.title, figure.key, figure.rows) for figure in context["answers"]
        ]

    hidden = [("My knees", "not shown"), ("I do not bend", "not shown")]
    assert answers() == (
        "Small check, version 1",
        [("How far do you reach?", "14 answered.", [hidden[0], ("My toes", "9"), hidden[1]])],
    )
    assert answers(only=f"edition:{newer.pk}") == (
        "Small check, version 2",
        [("How far can you reach?", "12 answered.", [hidden[0], ("My toes", "7"), hidden[1]])],
    )
    assert answers(only="edition:0") == answers(only="edition:x") == ("", [])


def test_bots_are_counted_separately(admin_client):
    counted("visit", 9)
    counted("visit", 1204, by="bot", value="bot")

    page = admin_client.get(NUMBERS).content.decode()

    assert "<li>Visits: 1,204</li>" in page
    assert figures(shown(admin_client))["How far runners went"].rows[0][1] == "9"


def test_statistics_require_permission_to_view_answers(client):
    client.force_login(User.objects.create_user("helper", is_staff=True))

    assert client.get(NUMBERS).status_code == 403


def test_a_strict_policy_blocks_nothing(admin_client):
    believable(edition_of(small()), YESTERDAY, 7)

    page = Page(admin_client.get(NUMBERS).content.decode())

    assert page.blocked == []


def queries(client, **query):
    client.get(NUMBERS, query)  # warms per-process caches
    caching.clear()
    client.get(NUMBERS, query)  # caches the definitions
    with CaptureQueriesContext(connection) as captured:
        assert client.get(NUMBERS, query).status_code == 200
    return len(captured)


def test_each_article_and_link_has_a_row_from_the_visit_to_the_guide(admin_client, monkeypatch):
    asked = FunnelStep("asked", "Asked for the guide")
    later = FunnelStep("sent", "Guide email sent")
    monkeypatch.setattr("assessments.hooks.funnel_steps", [asked, later])
    page = {"by": "source", "value": "yourblog.example/tight-hips"}
    for step, number in {"visit": 40, "start": 20, "finish": 10, "asked": 3, "sent": 2}.items():
        counted(step, number, **page)
        counted(step, number, YESTERDAY - DAY, **page)
    counted("visit", 90, by="source", value="wall")
    counted("finish", 7, by="source", value="other")
    counted("visit", 70, by="source", value="")
    counted("reached", 30, item="touch", **page)

    context = shown(admin_client)

    assert context["by_source"]["heads"] == ["Visits", "Started", "Finished", "Asked for the guide"]
    days = "since=2026-03-05&until=2026-03-11"
    assert context["by_source"]["rows"] == [
        ("wall", f"?{days}&only=source%3Awall", ["90", "0 (0%)", "0 (0%)", "0 (0%)"]),
        (
            "yourblog.example/tight-hips",
            f"?{days}&only=source%3Ayourblog.example%2Ftight-hips",
            ["80", "40 (50%)", "20 (25%)", "6 (8%)"],
        ),
        ("Others", f"?{days}&only=source%3Aother", ["0", "0", "7", "0"]),
    ]
    assert shown(admin_client, only="source:wall")["by_source"] is None
    counted("visit", 1, by="source", value="few")
    assert shown(admin_client)["by_source"]["rows"][2][2] == ["not shown", "0", "0", "0"]


@pytest.mark.usefixtures("no_expiry")
def test_query_count_is_constant(admin_client):
    believable(edition_of(small()), YESTERDAY, 1)
    few = queries(admin_client)
    data = small()
    data["questions"] += [{**data["questions"][0], "key": f"more{n}"} for n in range(9)]
    for number in range(2, 6):
        edition = edition_of(data, number=number)
        believable(edition, YESTERDAY - (number - 2) * 20 * DAY - DAY, 20)

    assert queries(admin_client, days=90) == few <= 34
