"""Lists of records that grow without end: what they count, read and offer."""

import re
from datetime import timedelta
from itertools import chain

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from assessments.desk import large_lists
from assessments.desk.large_lists import ApproximateCount, LargeTablePaginator, estimate, rounded
from assessments.models import Profile, Submission
from tests.assessments.browser import address, listed, run_action, said
from tests.assessments.factories import (
    AssessmentFactory,
    EditionFactory,
    ProfileFactory,
    SubmissionFactory,
)

LIST = address("submission", "changelist")
BOUND = 200
JSON = ("answers", "safety", "result")

pytestmark = pytest.mark.django_db


def make(number, **values):
    """Answers a minute apart, the last one just now, in one statement."""
    one = SubmissionFactory.build(edition=values.pop("edition", None) or EditionFactory())
    now = timezone.now()
    fields = {name: getattr(one, name) for name in ("edition", *JSON, "profile", "total")}
    first = Submission.objects.count()
    rows = [
        Submission(token=f"{first + index:043}", **{**fields, **values}) for index in range(number)
    ]
    made = Submission.objects.bulk_create(rows)
    for row in made:
        row.created_at = now - timedelta(minutes=number - row.pk + made[0].pk)
    Submission.objects.bulk_update(made, ["created_at"])
    return made


@pytest.fixture
def counted_to(monkeypatch):
    """So that a few hundred rows are many."""
    monkeypatch.setattr(large_lists, "EXACT_UP_TO", dict.fromkeys(large_lists.EXACT_UP_TO, BOUND))


@pytest.fixture
def many(counted_to):
    made = make(BOUND + 51)
    with connection.cursor() as cursor:
        cursor.execute("ANALYZE")
    return made


def newest_first(rows):
    return [row.pk for row in reversed(rows)]


def shown(client, **query):
    return [row.pk for row in listed(client, "submission", **query)]


def paginator(per_page=100):
    return LargeTablePaginator(Submission.objects.order_by("-created_at", "-pk"), per_page)


def test_few_are_counted_one_by_one(admin_client, counted_to):
    make(BOUND)

    assert paginator().count == BOUND
    assert type(paginator().count) is int
    assert f"\n{BOUND} answers\n" in admin_client.get(LIST).content.decode()


def test_many_are_said_to_be_about_so_many(admin_client, many):
    words = {"postgresql": "about 250", "sqlite": f"more than {BOUND}"}[connection.vendor]

    page = admin_client.get(LIST).content.decode()

    assert f"\n{words} answers\n" in page
    assert type(paginator().count) is ApproximateCount


def test_a_number_that_is_not_sure_reads_so_and_counts_as_a_number():
    number = ApproximateCount(1_240_000, "about")

    assert str(number) == f"{number}" == "about 1,240,000"
    assert (number > 10, number - 1) == (True, 1_239_999)
    assert [rounded(each) for each in (7, 12, 4567, 998_877)] == [7, 12, 4600, 1_000_000]


@pytest.mark.only_postgres
@pytest.mark.usefixtures("many")
def test_an_estimate_is_that_of_the_planner():
    assert estimate(Submission.objects.order_by().values("pk")) == BOUND + 51
    assert estimate(Submission.objects.filter(profile="none of these").values("pk")) < 5


def test_all_are_offered_only_where_the_list_is_narrowed(admin_client, many):
    ProfileFactory(key="ready", assessment=many[0].edition.assessment)

    def offered(**query):
        return "Show all</a>)" in admin_client.get(LIST, query).content.decode()

    assert [offered(), offered(p=2), offered(q="x"), offered(profile="ready")] == [
        False,
        False,
        True,
        True,
    ]


def test_leafing_through_finds_each_row_once_in_order(admin_client, counted_to):
    made = make(BOUND - 13)

    pages = [shown(admin_client, p=page) for page in (1, 2)]

    assert [*chain(*pages)] == newest_first(made)
    assert [len(page) for page in pages] == [100, BOUND - 113]


@pytest.mark.parametrize("per_page", [10, 7, 64])
def test_every_page_is_whole_from_whichever_end_it_is_read(counted_to, per_page):
    made = make(BOUND - 3)
    pages = paginator(per_page)

    found = [[row.pk for row in page.object_list] for page in pages]

    assert [*chain(*found)] == newest_first(made)
    assert {len(page) for page in found[:-1]} == {per_page}


def test_the_last_page_of_many_ends_with_the_first_row(admin_client, many):
    last = admin_client.get(LIST).context["cl"].paginator.num_pages

    assert shown(admin_client, p=1) == newest_first(many)[:100]
    assert shown(admin_client, p=last)[-1] == many[0].pk


def test_the_other_order_is_read_as_well(admin_client, many):
    column = admin_client.get(LIST).context["cl"].get_ordering_field_columns()
    [index] = column

    assert shown(admin_client, o=str(index), p=1) == [row.pk for row in many[:100]]


@pytest.mark.parametrize(("asked", "at"), [("99", "?e=1"), ("-1", "?e=1"), ("0", "?e=1")])
def test_a_page_that_is_not_there_leads_back_to_the_list(admin_client, many, asked, at):
    response = admin_client.get(LIST, {"p": asked})

    assert (response.status_code, response["Location"]) == (302, f"{LIST}{at}")


def test_a_page_that_is_no_number_is_the_first(admin_client, many):
    assert shown(admin_client, p="x") == newest_first(many)[:100]


def test_where_more_were_expected_than_there_are_the_list_begins_again(
    admin_client, many, monkeypatch
):
    monkeypatch.setattr(LargeTablePaginator, "count", ApproximateCount(2000, "about"))

    assert admin_client.get(LIST, {"p": 5})["Location"] == f"{LIST}?e=1"
    assert shown(admin_client, p=20)[-1] == many[0].pk


def captured(client, **query):
    client.get(LIST, query)
    with CaptureQueriesContext(connection) as queries:
        assert client.get(LIST, query).status_code == 200
    return [each["sql"] for each in queries if "assessments_submission" in each["sql"]]


def test_a_list_asks_the_same_of_one_row_and_of_many(admin_client, counted_to):
    def cost():
        return len(captured(admin_client))

    make(1)
    one = cost()
    make(99)
    page = cost()
    make(99)
    pages = cost()
    make(99)
    many = cost()

    estimates = connection.vendor == "postgresql"
    # The count and the rows; the keys of a page before its rows; an estimate after the count.
    assert (one, page, pages, many) == (2, 2, 3, 3 + estimates)


@pytest.mark.parametrize("query", [{}, {"p": "2"}, {"profile": "ready"}])
def test_a_list_reads_no_more_than_it_shows(admin_client, many, query):
    ProfileFactory(key="ready", assessment=many[0].edition.assessment)

    asked = captured(admin_client, **query)

    assert len(asked) >= 3
    for sql in asked:
        assert "DISTINCT" not in sql
        assert not re.search(r"COUNT\(\*\)(?!.*LIMIT)", sql)
        for name in (*JSON, "definition"):
            assert f'"{name}"' not in sql


@pytest.mark.parametrize(
    "narrowed",
    [
        {},
        {"profile": "ready"},
        {"safety_level": "clinician"},
        {"edition__in": [1]},
        {"created_at__gte": timezone.now() - timedelta(days=7)},
        {"profile": "ready", "created_at__gte": timezone.now() - timedelta(days=7)},
    ],
)
@pytest.mark.parametrize("reverse", [False, True])
def test_an_index_holds_what_is_asked_in_the_order_of_the_list(narrowed, reverse):
    rows = Submission.objects.filter(**narrowed).order_by("-created_at", "-pk").values("pk")

    assert not sorts(rows.reverse() if reverse else rows)


def sorts(rows):
    """Whether the database must sort, even if it does all it can to avoid that."""
    if connection.vendor == "postgresql":
        with connection.cursor() as cursor:
            for what in ("sort", "incremental_sort", "seqscan", "bitmapscan"):
                cursor.execute(f"SET LOCAL enable_{what} = off")
    return "sort" in rows.explain().lower() or "TEMP B-TREE" in rows.explain()


def test_an_action_is_for_what_a_page_holds_or_for_few(admin_client, many, monkeypatch):
    monkeypatch.setattr(large_lists, "AT_ONCE", BOUND - 1)
    page = admin_client.get(LIST).content.decode()
    assert "0 of 100 selected" in page
    assert "across all pages" not in page

    refused = run_action(admin_client, "submission", "erase", many[0], select_across="1")

    assert said(refused) == ["That would be more than 199 at once. Narrow the list first."]
    assert Submission.objects.count() == len(many)


def test_an_action_may_be_for_all_where_they_are_few(admin_client, counted_to):
    made = make(120)
    assert "Select all 120 answers" in admin_client.get(LIST).content.decode()

    run_action(admin_client, "submission", "erase", made[0], select_across="1", confirmed="yes")

    assert not Submission.objects.exists()


def test_answers_are_found_by_self_check(admin_client):
    one, other = (EditionFactory(assessment=AssessmentFactory()) for _ in range(2))
    newer = EditionFactory(assessment=one.assessment, number=900)
    kept = [SubmissionFactory(edition=each).pk for each in (one, newer)]
    SubmissionFactory(edition=other)

    assert sorted(shown(admin_client, assessment=one.assessment_id)) == kept
    assert len(shown(admin_client, assessment="nonsense")) == 3


def test_nothing_to_choose_from_is_no_filter(admin_client):
    SubmissionFactory()
    assert "By self-check" not in admin_client.get(LIST).content.decode()


def test_the_titles_of_many_result_types_cost_no_more(admin_client, counted_to):
    edition = EditionFactory()
    make(2, edition=edition)
    few = len(captured(admin_client))
    for number in range(5):
        ProfileFactory(assessment=edition.assessment, key=f"p{number}", title=f"T{number}")
        make(1, edition=edition, profile=f"p{number}")

    assert len(captured(admin_client)) == few
    assert Profile.objects.count() == 5
    assert "T4" in admin_client.get(LIST).content.decode()
