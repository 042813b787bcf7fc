"""Changelists of large tables: counts, pagination, queries and actions."""

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
    """Bulk-creates answers a minute apart, the last one just now."""
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
    """Lowers the limit, so that a few hundred rows exceed it."""
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


def test_small_lists_are_counted_exactly(admin_client, counted_to):
    make(BOUND)

    assert paginator().count == BOUND
    assert type(paginator().count) is int
    assert f"\n{BOUND} answers\n" in admin_client.get(LIST).content.decode()


def test_large_lists_show_an_approximate_count(admin_client, many):
    words = {"postgresql": "about 250", "sqlite": f"more than {BOUND}"}[connection.vendor]

    page = admin_client.get(LIST).content.decode()

    assert f"\n{words} answers\n" in page
    assert type(paginator().count) is ApproximateCount


def test_approximate_count_prints_its_word_and_acts_as_int():
    number = ApproximateCount(1_240_000, "about")

    assert str(number) == f"{number}" == "about 1,240,000"
    assert (number > 10, number - 1) == (True, 1_239_999)
    assert [rounded(number) for number in (7, 12, 4567, 998_877)] == [7, 12, 4600, 1_000_000]


@pytest.mark.only_postgres
@pytest.mark.usefixtures("many")
def test_estimate_uses_the_planner():
    assert estimate(Submission.objects.order_by().values("pk")) == BOUND + 51
    assert estimate(Submission.objects.filter(profile="none of these").values("pk")) < 5


def test_select_all_is_offered_only_for_filtered_lists(admin_client, many):
    ProfileFactory(key="ready", assessment=many[0].edition.assessment)

    def offered(**query):
        return "Show all</a>)" in admin_client.get(LIST, query).content.decode()

    assert [offered(), offered(p=2), offered(q="x"), offered(profile="ready")] == [
        False,
        False,
        True,
        True,
    ]


def test_paging_returns_every_row_once_in_order(admin_client, counted_to):
    made = make(BOUND - 13)

    pages = [shown(admin_client, p=page) for page in (1, 2)]

    assert [*chain(*pages)] == newest_first(made)
    assert [len(page) for page in pages] == [100, BOUND - 113]


@pytest.mark.parametrize("per_page", [10, 7, 64])
def test_pages_are_complete_from_either_end(counted_to, per_page):
    made = make(BOUND - 3)
    pages = paginator(per_page)

    keys = [[row.pk for row in page.object_list] for page in pages]

    assert [*chain(*keys)] == newest_first(made)
    assert {len(page) for page in keys[:-1]} == {per_page}


def test_last_page_ends_with_the_first_row(admin_client, many):
    last = admin_client.get(LIST).context["cl"].paginator.num_pages

    assert shown(admin_client, p=1) == newest_first(many)[:100]
    assert shown(admin_client, p=last)[-1] == many[0].pk


def test_paging_works_in_ascending_order(admin_client, many):
    column = admin_client.get(LIST).context["cl"].get_ordering_field_columns()
    [index] = column

    assert shown(admin_client, o=str(index), p=1) == [row.pk for row in many[:100]]


@pytest.mark.parametrize(("asked", "at"), [("99", "?e=1"), ("-1", "?e=1"), ("0", "?e=1")])
def test_missing_page_redirects_to_the_list(admin_client, many, asked, at):
    response = admin_client.get(LIST, {"p": asked})

    assert (response.status_code, response["Location"]) == (302, f"{LIST}{at}")


def test_invalid_page_number_shows_the_first_page(admin_client, many):
    assert shown(admin_client, p="x") == newest_first(many)[:100]


def test_overestimated_page_redirects_to_the_list(admin_client, many, monkeypatch):
    monkeypatch.setattr(LargeTablePaginator, "count", ApproximateCount(2000, "about"))

    assert admin_client.get(LIST, {"p": 5})["Location"] == f"{LIST}?e=1"
    assert shown(admin_client, p=20)[-1] == many[0].pk


def captured(client, **query):
    client.get(LIST, query)
    with CaptureQueriesContext(connection) as queries:
        assert client.get(LIST, query).status_code == 200
    return [query["sql"] for query in queries if "assessments_submission" in query["sql"]]


def test_list_query_count_is_constant(admin_client, counted_to):
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
    # A count and the rows; the page's keys before its rows; an estimate after the count.
    assert (one, page, pages, many) == (2, 2, 3, 3 + estimates)


@pytest.mark.parametrize("query", [{}, {"p": "2"}, {"profile": "ready"}])
def test_list_defers_hidden_columns(admin_client, many, query):
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
def test_list_queries_are_sorted_by_an_index(narrowed, reverse):
    rows = Submission.objects.filter(**narrowed).order_by("-created_at", "-pk").values("pk")

    assert not sorts(rows.reverse() if reverse else rows)


def sorts(rows):
    """Whether the query plan sorts, even with sorting discouraged."""
    if connection.vendor == "postgresql":
        with connection.cursor() as cursor:
            for what in ("sort", "incremental_sort", "seqscan", "bitmapscan"):
                cursor.execute(f"SET LOCAL enable_{what} = off")
    return "sort" in rows.explain().lower() or "TEMP B-TREE" in rows.explain()


def test_action_on_all_rows_is_limited(admin_client, many, monkeypatch):
    monkeypatch.setattr(large_lists, "AT_ONCE", BOUND - 1)
    page = admin_client.get(LIST).content.decode()
    assert "0 of 100 selected" in page
    assert "across all pages" not in page

    refused = run_action(admin_client, "submission", "erase", many[0], select_across="1")

    assert said(refused) == ["That would be more than 199 at once. Narrow the list first."]
    assert Submission.objects.count() == len(many)


def test_action_on_all_rows_works_for_small_lists(admin_client, counted_to):
    made = make(120)
    assert "Select all 120 answers" in admin_client.get(LIST).content.decode()

    run_action(admin_client, "submission", "erase", made[0], select_across="1", confirmed="yes")

    assert not Submission.objects.exists()


def test_submissions_filter_by_self_check(admin_client):
    one, other = (EditionFactory(assessment=AssessmentFactory()) for _ in range(2))
    newer = EditionFactory(assessment=one.assessment, number=900)
    own = [SubmissionFactory(edition=edition).pk for edition in (one, newer)]
    SubmissionFactory(edition=other)

    assert sorted(shown(admin_client, assessment=one.assessment_id)) == own
    assert len(shown(admin_client, assessment="nonsense")) == 3


def test_filter_is_hidden_without_options(admin_client):
    SubmissionFactory()
    assert "By self-check" not in admin_client.get(LIST).content.decode()


def test_title_filter_query_count_is_constant(admin_client, counted_to):
    edition = EditionFactory()
    make(2, edition=edition)
    few = len(captured(admin_client))
    for number in range(5):
        ProfileFactory(assessment=edition.assessment, key=f"p{number}", title=f"T{number}")
        make(1, edition=edition, profile=f"p{number}")

    assert len(captured(admin_client)) == few
    assert Profile.objects.count() == 5
    assert "T4" in admin_client.get(LIST).content.decode()
