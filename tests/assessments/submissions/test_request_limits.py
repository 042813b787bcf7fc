import pytest

from assessments.models import RequestCount
from assessments.submissions import request_limits
from assessments.submissions.request_limits import (
    Limit,
    LimitReachedError,
    counts_delete_old,
    network_limits,
    request_take,
    requests_taken,
    seconds_left,
)

pytestmark = pytest.mark.django_db


def take(*limits, times=1):
    for _ in range(times):
        request_take(limits=limits)


def test_limit_holds_for_an_hour(time_machine):
    time_machine.move_to("2027-01-01T12:45:00Z")
    limit = Limit("answers", "a", 3)
    take(limit, times=3)

    with pytest.raises(LimitReachedError) as error:
        take(limit)
    assert (error.value.retry_after, error.value.minutes) == (900, 15)
    take(Limit("answers", "b", 3), Limit("guides", "a", 3))
    time_machine.move_to("2027-01-01T13:00:00Z")
    take(limit)


def test_refused_request_counts_for_no_limit():
    full, other = Limit("answers", "a", 0), Limit("answers", "b", 5)

    with pytest.raises(LimitReachedError):
        take(other, full)

    assert requests_taken(other) == 0


def test_most_requests_cost_no_query(django_assert_num_queries):
    limit = Limit("answers", "a", 200)  # settled after every tenth

    with django_assert_num_queries(2):
        take(limit, times=29)


def test_processes_share_a_limit():
    limit = Limit("answers", "a", 20)
    take(limit, times=12)
    request_limits.clear()  # as in another process

    take(limit, times=8)

    with pytest.raises(LimitReachedError):
        take(limit)


def test_other_processes_are_asked_if_it_matters():
    limit = Limit("guides", "a", 2000)
    take(limit, times=100)
    request_limits.clear()

    assert requests_taken(limit) == 0
    assert requests_taken(limit, settle=True) == 100


def test_limit_grows_with_the_network():
    limits = network_limits("answers", "2001:db8:1:2::/64", 10)
    assert [limit.most for limit in limits] == [10, 20, 40]
    for subnet in range(2):
        take(*network_limits("answers", f"2001:db8:1:{subnet}::/64", 10), times=10)

    with pytest.raises(LimitReachedError):  # the /56 is full
        take(*network_limits("answers", "2001:db8:1:9::/64", 10))
    take(*network_limits("answers", "2001:db8:1:100::/64", 10))
    assert [limit.most for limit in network_limits("answers", "203.0.113.9", 10)] == [10]
    assert network_limits("answers", "", 10) == []


def test_made_up_sources_do_not_fill_the_memory(monkeypatch):
    monkeypatch.setattr(request_limits, "MAX_SOURCES", 10)
    for number in range(100):
        take(Limit("answers", str(number), 100))

    assert len(request_limits._counts) <= 10


def test_no_row_names_its_source_or_lasts(time_machine):
    time_machine.move_to("2027-01-01T12:45:00Z")
    take(Limit("answers", "203.0.113.9", 5))
    assert "203.0.113.9" not in RequestCount.objects.get().key

    time_machine.shift(seconds_left())
    counts_delete_old()
    assert RequestCount.objects.count() == 1
    time_machine.shift(3600)
    counts_delete_old()
    assert RequestCount.objects.count() == 0
