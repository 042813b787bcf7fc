import pytest
from django.utils import timezone

from assessments.demo.bulk_rows import numbers_reserve, rows_delete, rows_insert
from assessments.models import Sight, Submission
from tests.assessments.factories import SubmissionFactory

pytestmark = pytest.mark.django_db

AWKWARD = "tab\tline\nback\\slash \\N \r ñ"


def test_values_round_trip():
    today = timezone.localdate()
    rows = [(today, "visit", AWKWARD, None, "", "", True, 3), (today, "", "", 7, "s", "", False, 1)]
    fields = ("day", "step", "item", "edition", "source", "profile", "bot", "number")

    rows_insert(model=Sight, fields=fields, rows=rows)

    stored = Sight.objects.order_by("-number").values_list(
        "day", "step", "item", "edition_id", "source", "profile", "bot", "number"
    )
    assert [*stored] == rows


def test_datetimes_and_json_round_trip():
    moment = timezone.now().replace(microsecond=123456)
    one = SubmissionFactory()
    [pk] = numbers_reserve(model=type(one), count=1)
    fields = (
        "id",
        "token",
        "edition",
        "created_at",
        "answers",
        "safety",
        "result",
        "safety_level",
        "profile",
        "source",
    )
    row = (pk, "t", one.edition_id, moment, '{"a": 1}', '["none"]', "{}", "", "", "")

    rows_insert(model=type(one), fields=fields, rows=[row])

    stored = type(one).objects.get(token="t")
    assert (stored.pk, stored.created_at, stored.answers, stored.total) == (
        pk,
        moment,
        {"a": 1},
        None,
    )


def test_reserved_primary_keys_are_not_reused():
    before = SubmissionFactory()

    numbers = numbers_reserve(model=type(before), count=3)
    again = numbers_reserve(model=type(before), count=2)

    assert len(numbers) == 3
    assert numbers[0] > before.pk
    assert len(again) == 2


def test_rows_go_by_one_statement_and_no_others_do(django_assert_num_queries):
    stays, *go = SubmissionFactory.create_batch(4)

    with django_assert_num_queries(1):
        assert rows_delete(Submission.objects.exclude(pk=stays.pk)) == len(go)

    assert [*Submission.objects.all()] == [stays]
