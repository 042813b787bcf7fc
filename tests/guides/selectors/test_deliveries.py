"""The order of the delivery queue, and the cost of its queries."""

from datetime import timedelta

import pytest
from django.utils import timezone

from guides.models import Delivery
from guides.selectors import deliveries_next, delivery_is_due
from guides.selectors.deliveries import _querysets
from guides.states import Kind, State
from tests.assessments.desk.test_large_lists import sorts


@pytest.fixture
def rows(ask, submit) -> dict[str, Delivery]:
    """Deliveries queued a minute apart, in this order."""
    start = timezone.now() - timedelta(hours=1)
    rows = {}
    for minute, (name, kind) in enumerate(
        {
            "newsletter": Kind.NEWSLETTER,
            "follow-up": Kind.FOLLOW_UP,
            "first": Kind.GUIDE,
            "second": Kind.GUIDE,
            "abandoned": Kind.FOLLOW_UP,
            "in flight": Kind.GUIDE,
            "later": Kind.GUIDE,
            "sent": Kind.GUIDE,
        }.items()
    ):
        rows[name] = ask(submit(), f"{minute}@example.org", kind=kind)
        move(rows[name], due_at=start + timedelta(minutes=minute))
    now = timezone.now()
    move(rows["abandoned"], state=State.SENDING, lease_until=now - timedelta(seconds=1))
    move(rows["in flight"], state=State.SENDING, lease_until=now + timedelta(minutes=1))
    move(rows["later"], state=State.RETRY, due_at=now + timedelta(minutes=1))
    move(rows["sent"], state=State.SENT)
    return rows


def move(row: Delivery, **values: object) -> None:
    Delivery.objects.filter(pk=row.pk).update(**values)


def names(rows: dict[str, Delivery], deliveries: list[Delivery]) -> list[str]:
    return [name for delivery in deliveries for name, row in rows.items() if row == delivery]


def test_deliveries_are_ordered_by_kind_abandoned_first(rows):
    deliveries = deliveries_next(timezone.now(), 50)

    assert names(rows, deliveries) == ["first", "second", "abandoned", "follow-up", "newsletter"]


def test_deliveries_next_respects_the_limit(rows):
    assert names(rows, deliveries_next(timezone.now(), 3)) == ["first", "second", "abandoned"]


def test_deliveries_next_of_one_kind(rows):
    deliveries = deliveries_next(timezone.now(), 50, {Kind.FOLLOW_UP})

    assert names(rows, deliveries) == ["abandoned", "follow-up"]


@pytest.mark.parametrize("most", [2, 50])
def test_deliveries_next_asks_twice(rows, django_assert_num_queries, most):
    with django_assert_num_queries(2):
        deliveries_next(timezone.now(), most)


def test_indexes_serve_the_order_of_each_query(rows):
    parts = list(_querysets(timezone.now(), list(Kind)))

    assert [sorts(part[:50]) for part in parts] == [False] * (1 + len(Kind))


def test_delivery_is_due(rows):
    assert delivery_is_due(timezone.now())

    Delivery.objects.exclude(state=State.SENDING).update(state=State.SENT)
    assert delivery_is_due(timezone.now())  # a worker is gone

    move(rows["abandoned"], lease_until=timezone.now() + timedelta(minutes=1))
    assert not delivery_is_due(timezone.now())
