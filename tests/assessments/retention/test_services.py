"""Batches, kills, and what isn't counted yet. What goes at all: tests/guides/test_retention.py."""

from datetime import timedelta

import pytest
from django.utils import timezone

from assessments.analytics.services import counts_rebuild
from assessments.models import DayCount, Retention, Sight
from assessments.models.counting import COUNTED
from assessments.retention import rules
from assessments.retention.services import retention_preview, retention_run

pytestmark = pytest.mark.django_db

VISITS = "visits and clicks"


@pytest.fixture
def visits():
    """Five of 500 days ago, and one of today, all counted."""
    today = timezone.localdate()
    for day in (*[today - timedelta(days=500)] * 5, today):
        Sight.objects.create(day=day, step="visit", number=1)
    DayCount.objects.create(day=today, step=COUNTED, number=0)


def test_what_is_old_goes_once_a_day(visits):
    assert retention_run() == {VISITS: 5}
    assert Sight.objects.count() == 1

    Sight.objects.update(day=timezone.localdate() - timedelta(days=500))

    assert retention_run() == {}
    Retention.objects.update(done_on=timezone.localdate() - timedelta(days=1))
    assert retention_run() == {VISITS: 1}


def test_the_next_run_goes_on_where_one_was_killed(visits, monkeypatch):
    monkeypatch.setattr(rules, "BATCH", 2)

    assert retention_run(seconds=0) == {VISITS: 2}
    assert Retention.objects.get().done_on is None
    assert retention_run() == {VISITS: 3}
    assert Retention.objects.get().done_on == timezone.localdate()


def test_nothing_goes_before_it_is_counted(visits):
    DayCount.objects.update(day=timezone.localdate() - timedelta(days=600))

    assert retention_run() == {}
    assert Sight.objects.count() == 6


def test_a_site_that_kept_everything_has_time_to_think_it_over(visits):
    Retention.objects.create(begins_on=timezone.localdate() + timedelta(days=1))

    assert retention_run() == {}
    Retention.objects.update(begins_on=timezone.localdate())
    assert retention_run() == {VISITS: 5}


def test_days_whose_rows_are_gone_keep_their_numbers(visits):
    day = timezone.localdate() - timedelta(days=500)
    DayCount.objects.create(day=day, step="visit", number=5)
    retention_run()

    with pytest.raises(ValueError, match="is gone"):
        counts_rebuild(since=day)
    counts_rebuild()

    assert DayCount.objects.get(day=day).number == 5


def test_a_look_ahead_deletes_nothing(visits):
    longer, shorter = Retention(visits=600), Retention(visits=7)

    def seen(retention):
        return {str(rule.label): number for rule, number in retention_preview(retention)}[VISITS]

    assert (seen(longer), seen(shorter)) == (0, 5)
    assert Sight.objects.count() == 6
