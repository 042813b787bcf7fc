"""Then and now, over HTTP."""

import json
from datetime import timedelta

import pytest
from django.test import Client
from django.utils import timezone

from assessments import hooks
from assessments.definition import parse
from assessments.hooks import SessionsDone
from assessments.models import Submission
from assessments.scoring import score
from tests.assessments.factories import SubmissionFactory
from tests.assessments.runner.test_views import text
from tests.assessments.small import edition_of, small

pytestmark = pytest.mark.django_db

RETEST = {
    "earliest_days": 14,
    "labels": {"better": "Looser than before", "same": "No real change", "worse": "Worse off"},
    "if_no_change": {"4 weeks": "Count your sessions.", "6 weeks": "See a PT."},
    "if_few_done": {"4 weeks": "Repeat these weeks.", "6 weeks": "Repeat them, then see a PT."},
    "if_enough_done": {"4 weeks": "Move the plan on."},
}
ANSWERS = {"touch": "knee", "pain": 3, "lifts": "nothing"}


@pytest.fixture
def edition():
    return edition_of(small(retest=RETEST))


@pytest.fixture
def first(edition):
    return visit(edition, 42)


def visit(edition, days_ago, first=None, safety=("none",), exactly=None, **answers):
    """A visit so many days ago, with some answers changed, or exactly these."""
    definition = parse(json.loads(edition.definition))
    result = score(definition, exactly or ANSWERS | answers, safety)
    submission = SubmissionFactory(
        edition=edition,
        answers=dict(result.answers),
        safety=list(safety),
        result=result.expect(),
        profile=result.profile or "",
        safety_level=result.safety_level or "",
        retest_of=first,
    )
    at = timezone.now() - timedelta(days=days_ago)
    Submission.objects.filter(pk=submission.pk).update(created_at=at)
    submission.refresh_from_db()
    return submission


def page_of(submission, client=None, **query):
    return (client or Client()).get(f"/result/{submission.token}/then-and-now/", query)


def test_what_moved_is_told_in_words(edition, first):
    page = text(page_of(visit(edition, 0, first, touch="toes")))

    assert "Looser than before" in page
    assert "How far do you reach? My knees → Now: My toes Better" in page
    assert "6 weeks apart" in page
    assert "What stayed 3 of 10 How much does it hurt? Nothing What do you lift?" in page
    assert "First, the safety list" not in page


@pytest.mark.parametrize(
    ("pain", "words"),
    [
        (2, "3 of 10 → Now: 2 of 10 About the same Too small to tell. It takes 2 points or more."),
        (1, "3 of 10 → Now: 1 of 10 Better That's a real change: 2 points or more."),
        (5, "3 of 10 → Now: 5 of 10 Worse That's a real change: 2 points or more."),
    ],
)
def test_pain_is_a_real_change_or_not(edition, first, pain, words):
    # One that moves no points is told, too.
    page = text(page_of(visit(edition, 0, first, pain=pain)))

    assert words in page
    headline = {2: "No real change", 1: "Looser than before", 5: "Worse off"}[pain]
    assert headline in page


def test_worse_leads_to_the_safety_list_before_anything_else(client, edition, first):
    page = text(page_of(visit(edition, 0, first, pain=5), client))

    main = page.partition("Skip to content")[2]
    assert 0 < main.index("First, the safety list") < main.index("Get help now I had a fall")
    assert main.index("Get help now") < main.index("Ask first") < main.index("Worse off")
    assert "See a PT or doctor" in page


def test_both_ways_is_neither_better_nor_worse(edition, first):
    page = text(page_of(visit(edition, 0, first, touch="toes", pain=5)))

    assert "Some things got better, some got worse" in page
    assert "First, the safety list" in page


@pytest.mark.parametrize(
    ("days", "words"),
    [(21, "Give it a few more weeks"), (28, "Count your sessions."), (50, "See a PT.")],
)
def test_no_change_says_what_the_pt_advises_by_then(edition, days, words):
    first = visit(edition, days)

    assert words in text(page_of(visit(edition, 0, first)))


@pytest.mark.parametrize(
    ("days", "enough", "words"),
    [
        (21, False, "Give it a few more weeks"),
        (28, False, "Repeat these weeks."),
        (28, True, "Move the plan on."),
        (50, False, "Repeat them, then see a PT."),
        (50, True, "See a PT."),
    ],
)
def test_sessions_choose_what_the_pt_advises(monkeypatch, edition, days, enough, words):
    count = SessionsDone(8 if enough else 2, 10, enough)
    monkeypatch.setattr(hooks, "sessions_done", [lambda visits: [(visits[0], count)]])
    first = visit(edition, days)

    page = text(page_of(visit(edition, 0, first)))

    assert words in page
    assert "Count your sessions." not in page


def test_new_result_type_moves_on(edition, first):
    page = text(page_of(visit(edition, 0, first, touch="toes")))

    assert "Your result type was “Reach first”. Now it's “Ready to lift”." in page


def test_skipped_check_has_no_bars_and_is_offered(edition):
    definition = parse(json.loads(edition.definition))
    assert definition.question("bridge").optional
    first = visit(edition, 28, touch="toes", bridge="back")
    page = page_of(visit(edition, 0, first, touch="never"))

    body = text(page)
    assert "Reach Not checked this time Check it on your result" in body
    assert "Not checked this time How far do you reach? Where do you feel the bridge?" in body
    assert "Looser than before" not in body


def test_newer_edition_says_what_it_cannot_compare(edition, first):
    data = small(retest=RETEST)
    data["questions"][0]["text"] = "How far down do you reach, sitting?"
    data["questions"][1]["bands"][0]["points"] = {"power": 1}
    later = edition_of(data, number=2)
    page = text(page_of(visit(later, 0, first, touch="toes", lifts="weights")))

    assert "How far down do you reach, sitting? We ask this in other words now" in page
    assert "Some answers count differently now." in page
    assert "My knees → " not in page
    assert "Nothing → Now: Weights Better" in page


def test_stop_clearance_and_a_lone_visit_lead_to_the_result(edition, first):
    stopped = visit(edition, 0, first, safety=("fall",))
    waiting = visit(edition, 0, first, safety=("young",))

    for each in (first, stopped, waiting):
        assert page_of(each)["Location"] == each.get_absolute_url()
    assert Client().get(f"/result/{'x' * 43}/then-and-now/").status_code == 404


def test_two_tabs_of_one_day_are_one_visit(edition, first):
    visit(edition, 0, first, touch="toes")
    page = page_of(visit(edition, 0, first, pain=5))

    assert "All your visits" not in text(page)


def test_three_visits_are_a_line_with_its_table(edition, first):
    visit(edition, 14, first, pain=5)
    third = visit(edition, 0, first, pain=1)
    page = page_of(third)

    body = page.content.decode()
    assert '<polyline points="30,119 243,92 350,146"/>' in body
    assert text(page).count("Ready to lift") + text(page).count("Reach first") >= 3
    second_day = (timezone.localdate() - timedelta(days=14)).isoformat()
    assert f'href="?since={second_day}"' in body
    since = text(page_of(third, since=second_day))
    assert "2 weeks apart" in since
    assert "6 weeks apart" in text(page_of(third, since="2020-01-01"))


def test_an_older_visit_leads_to_the_newest(edition, first):
    second = visit(edition, 14, first)
    newest = visit(edition, 0, first)

    assert f'href="/result/{newest.token}/then-and-now/"' in page_of(second).content.decode()


@pytest.mark.usefixtures("no_expiry")
@pytest.mark.parametrize("more", [0, 3])
def test_queries_are_few_at_any_number_of_visits(
    client, edition, first, django_assert_max_num_queries, more
):
    for number in range(more):
        visit(edition, 7 * (number + 1), first)
    last = visit(edition, 0, first)
    page_of(last, client)

    with django_assert_max_num_queries(5 if not more else 8):
        page_of(last, client)
