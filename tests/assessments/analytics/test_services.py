"""Daily counts always match the raw rows."""

import random
from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
import time_machine
from django.core.management import CommandError, call_command
from django.db import connection
from django.utils import timezone
from hypothesis import given
from hypothesis import strategies as st

from assessments.analytics import aggregation
from assessments.analytics import services as analytics_services
from assessments.analytics.aggregation import EventCount
from assessments.analytics.services import counts_rebuild, counts_update
from assessments.models import DayCount, Edition, Retention, Sight, Submission
from assessments.submissions.services import submissions_erase
from assessments.tasks import counts_keep as task
from runfit.celery import app
from tests.assessments.factories import DayCountFactory, SightFactory, SubmissionFactory
from tests.assessments.small import edition_of, small

NOON = datetime(2026, 3, 4, 12, tzinfo=UTC)
TODAY = NOON.date()
YESTERDAY = TODAY - timedelta(days=1)
SOURCE_LIMIT = 10
STOPPED = {"safety_level": "stop", "profile": None, "dimensions": None, "total": None}

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def clock():
    with time_machine.travel(NOON, tick=False) as traveller:
        yield traveller


@pytest.fixture
def edition():
    return edition_of(small())


@pytest.fixture(autouse=True)
def _alone(monkeypatch):
    """Without the event counters of guides."""
    monkeypatch.setattr("assessments.hooks.event_counters", [])


def submitted(edition, at=NOON, **more):
    made = SubmissionFactory(edition=edition, **more)
    Submission.objects.filter(pk=made.pk).update(created_at=at)
    return made


def stopped(edition, at=NOON, safety=("fall",), answers=None, **more):
    return submitted(
        edition, at, safety=list(safety), answers=answers or {}, safety_level="stop", profile="",
        total=None, result=STOPPED, **more,
    )  # fmt: skip


def totals(day=TODAY, by="", value=""):
    rows = DayCount.objects.filter(day=day, by=by, value=value).exclude(step="kept")
    return {f"{row.step} {row.item}".strip(): row.number for row in rows}


def test_day_is_counted_from_sightings_and_submissions(edition):
    SightFactory(day=TODAY, step="visit", number=7, source="blog")
    SightFactory(day=TODAY, step="visit", number=2)
    SightFactory(day=TODAY, step="visit", number=4, bot=True)
    submitted(edition, source="blog")
    submitted(edition, answers={"touch": "toes"})

    counts_update()

    assert totals() == {
        "visit": 9, "finish": 2,
        "answer touch:toes": 2, "answer pain:3": 1, "answer lifts:weights": 1,
    }  # fmt: skip
    assert totals(by="source", value="blog") == {"visit": 7, "finish": 1}
    assert totals(by="bot", value="bot") == {"visit": 4}
    assert totals(by="profile", value="ready") == {"finish": 2}
    assert totals(by="edition", value=str(edition.pk))["answer touch:toes"] == 2


def test_each_of_several_answers_counts_and_their_runner_once(edition):
    submitted(edition, answers={"tried": ["stretching", "rolling"]})
    submitted(edition, answers={"tried": ["rolling"]})

    counts_update()

    assert {key: number for key, number in totals().items() if key.startswith("answer")} == {
        "answer tried:": 2, "answer tried:rolling": 2, "answer tried:stretching": 1,
    }  # fmt: skip


def test_safety_stop_counts_its_items_and_no_finish(edition):
    stopped(edition)
    stopped(edition, safety=("fall", "young"))
    stopped(edition, safety=("none",), answers={"pain": 9})
    stopped(edition, safety=("young",), answers={"pain": 8})  # "young" alone doesn't stop

    counts_update()

    assert totals() == {
        "stop": 4, "stop fall": 2, "stop :stop": 2, "answer pain:8": 1, "answer pain:9": 1,
    }  # fmt: skip


def test_source_of_the_four_week_email_counts_as_measuring_again(edition):
    submitted(edition, source="measure-again")
    stopped(edition, source="measure-again")

    counts_update()

    assert [totals()[step] for step in ("finish", "stop", "again")] == [1, 1, 1]


def test_unreadable_edition_does_not_stop_counting(edition):
    stopped(edition)
    Edition.objects.update(definition="{")

    counts_update()

    assert totals() == {"stop": 1, "stop :stop": 1}


def test_added_checks_count_no_runner_and_only_what_is_new(edition):
    first = submitted(edition, NOON - timedelta(days=1), answers={"touch": "toes", "pain": 3})
    submitted(edition, answers={"touch": "toes", "pain": 3, "bridge": "back"}, added_to=first)
    submitted(
        edition,
        answers={"touch": "toes", "pain": 3, "bridge": "back", "lifts": "weights"},
        added_to=first,
    )

    counts_update()

    assert totals() == {"answer bridge:back": 1, "answer lifts:weights": 1}
    assert totals(YESTERDAY) == {"finish": 1, "answer touch:toes": 1, "answer pain:3": 1}


def test_counting_twice_writes_nothing(edition, django_assert_num_queries):
    submitted(edition)
    for _ in range(2):
        counts_update()
    rows = list(DayCount.objects.order_by("pk").values())

    with django_assert_num_queries(18) as captured:  # eight for each of two days, two around them
        counts_update()

    assert list(DayCount.objects.order_by("pk").values()) == rows
    written = [query["sql"] for query in captured if query["sql"].startswith(("INSERT", "UPDATE"))]
    assert written == []


def test_new_submissions_are_added_and_erased_ones_removed(edition, clock):
    first = submitted(edition)
    counts_update()
    submitted(edition)
    counts_update()
    assert totals()["finish"] == 2

    submissions_erase(pks=[first.pk])
    counts_update()

    assert totals()["finish"] == 1


def test_erasure_changes_past_days_only_when_rebuilt(edition, clock):
    first = submitted(edition)
    counts_update()
    clock.shift(timedelta(days=5))
    counts_update()

    submissions_erase(pks=[first.pk])
    counts_update()
    assert totals()["finish"] == 1

    counts_rebuild(since=TODAY, until=TODAY)
    assert totals() == {}


def test_events_written_after_midnight_count_for_the_day_before(clock):
    counts_update()
    clock.move_to(datetime(2026, 3, 5, 0, 3, tzinfo=UTC))
    counts_update()
    SightFactory(day=TODAY)

    counts_update()

    assert totals(day=TODAY) == {"visit": 1}


def test_missed_days_are_counted_later(edition, clock):
    counts_update()
    for days in (1, 2, 9):
        submitted(edition, NOON + timedelta(days=days))
    clock.shift(timedelta(days=9))

    counts_update()

    counted = DayCount.objects.filter(step="finish", by="").values_list("day", flat=True)
    assert [(day - TODAY).days for day in counted] == [1, 2, 9]


def test_first_run_counts_all_existing_data(edition):
    submitted(edition, NOON - timedelta(days=30))
    SightFactory(day=TODAY - timedelta(days=20))

    counts_update()

    assert DayCount.objects.filter(step="kept").count() == 31
    assert totals(day=TODAY - timedelta(days=30))["finish"] == 1
    assert totals(day=TODAY - timedelta(days=20)) == {"visit": 1}


def test_long_period_is_counted_in_several_calls(edition):
    submitted(edition, NOON - timedelta(days=9))

    for _ in range(20):
        counts_update(seconds=0)
        days = DayCount.objects.filter(step="kept").count()
        if days == 10:
            break
    else:
        pytest.fail("it never finished")

    assert totals(day=TODAY - timedelta(days=9))["finish"] == 1


def test_count_of_a_future_day_does_not_block_counting():
    DayCountFactory(day=TODAY + timedelta(days=100), step="kept", number=0)
    SightFactory(day=TODAY)

    counts_update()

    assert totals() == {"visit": 1}


def test_event_counters_of_other_apps_are_included(monkeypatch, edition):
    def asked(start, end):
        yield EventCount("asked", edition=edition.pk, number=(end - start).days)

    monkeypatch.setattr("assessments.hooks.event_counters", [asked])

    counts_update()

    assert totals() == {"asked": 1}


# Days and daylight saving time

ZONES = (
    "UTC", "Europe/Berlin", "America/New_York", "America/Havana", "America/Santiago",
    "Africa/Cairo", "Asia/Beirut", "Asia/Kathmandu", "Australia/Lord_Howe", "Pacific/Apia",
)  # fmt: skip


@given(
    st.integers(1_262_304_000, 1_798_761_600).map(
        lambda seconds: datetime.fromtimestamp(seconds, UTC)
    ),
    st.sampled_from(ZONES),
)
def test_every_moment_is_within_the_bounds_of_its_day(moment, zone):
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(timezone, "get_default_timezone", lambda: ZoneInfo(zone))
        day = moment.astimezone(ZoneInfo(zone)).date()

        start, end = analytics_services.day_bounds(day)

    assert start.astimezone(UTC) <= moment < end.astimezone(UTC)


@pytest.mark.parametrize(
    ("day", "hours"), [(date(2026, 3, 28), 24), (date(2026, 3, 29), 23), (date(2026, 10, 25), 25)]
)
def test_day_length_follows_daylight_saving_time(settings, day, hours):
    settings.TIME_ZONE = "Europe/Berlin"

    start, end = analytics_services.day_bounds(day)

    assert end.astimezone(UTC) - start.astimezone(UTC) == timedelta(hours=hours)


def test_day_ends_at_midnight_in_the_site_time_zone(settings, edition, clock):
    settings.TIME_ZONE = "Europe/Berlin"
    submitted(edition, datetime(2026, 3, 28, 22, 59, 59, tzinfo=UTC))
    submitted(edition, datetime(2026, 3, 28, 23, 0, tzinfo=UTC))
    submitted(edition, datetime(2026, 3, 29, 21, 59, 59, 999999, tzinfo=UTC))
    submitted(edition, datetime(2026, 3, 29, 22, 0, tzinfo=UTC))
    clock.move_to(datetime(2026, 3, 30, 12, tzinfo=UTC))

    counts_update()

    assert [totals(day=date(2026, 3, day))["finish"] for day in (28, 29, 30)] == [1, 2, 1]


# Counts match the raw rows


def create_random_data(seed, editions):
    """A few days of random sightings and submissions."""
    rng = random.Random(seed)
    sources = ["", "blog", "insta", *(f"s{number}" for number in range(80))]
    for _ in range(200):
        SightFactory(
            day=TODAY - timedelta(days=rng.randrange(4)),
            step=rng.choice(["visit", "start", "reached", "left", "opened"]),
            item=rng.choice(["", "touch", "pain"]),
            edition=rng.choice([None, *editions]),
            source=rng.choice(sources),
            profile=rng.choice(["", "ready", "stiff"]),
            bot=rng.random() < 0.2,
            number=rng.randrange(1, 9),
        )
    for _ in range(40):
        at = NOON - timedelta(minutes=rng.randrange(4 * 24 * 60))
        common = {"source": rng.choice([*sources, "measure-again"]), "at": at}
        if rng.random() < 0.3:
            ticked = rng.choice([["fall"], ["fall", "young"], ["none"]])
            stopped(rng.choice(editions), safety=ticked, answers={"pain": 9}, **common)
        else:
            answers = {"touch": rng.choice(["knee", "toes"]), "pain": rng.randrange(8)}
            profile = rng.choice(["ready", "stiff"])
            submitted(rng.choice(editions), profile=profile, answers=answers, **common)


def raw_events(day):
    """The events of a day: step, item, edition, source, profile, bot, number."""
    for sight in Sight.objects.filter(day=day):
        yield (
            sight.step, sight.item, sight.edition_id, sight.source, sight.profile, sight.bot,
            sight.number,
        )  # fmt: skip
    for submission in Submission.objects.all():
        if submission.created_at.date() != day:
            continue
        common = (submission.edition_id, submission.source, submission.profile, False, 1)
        if submission.result == STOPPED:
            yield ("stop", "", *common)
            yield ("stop", "fall" if "fall" in submission.safety else ":stop", *common)
        else:
            yield ("finish", "", *common)
        if submission.result != STOPPED and submission.source == "measure-again":
            yield ("again", "", *common)
        for key, answer in submission.answers.items():
            yield ("answer", f"{key}:{answer}", *common)


def expected_counts(day):
    """The counts computed naively."""
    rows = [*raw_events(day)]
    by_source = Counter()
    for step, _, _, source, _, bot, number in rows:
        if source and not bot and step != "answer":
            by_source[source] += number
    common = sorted(by_source, key=lambda source: (-by_source[source], source))[:SOURCE_LIMIT]

    numbers = Counter()
    for step, item, edition, source, profile, bot, number in rows:
        dimensions = {"": ""}
        if edition:
            dimensions["edition"] = str(edition)
        if step != "answer":
            dimensions["source"] = source if source in {"", *common} else "other"
        if step != "answer" and profile:
            dimensions["profile"] = profile
        for by, value in {"bot": "bot"}.items() if bot else dimensions.items():
            numbers[by, value, step, item] += number
    return numbers


def stored_counts(day):
    rows = DayCount.objects.filter(day=day).exclude(step="kept")
    return {(row.by, row.value, row.step, row.item): row.number for row in rows}


@pytest.mark.parametrize("seed", range(4))
def test_counts_match_the_raw_rows(seed, monkeypatch):
    monkeypatch.setattr(aggregation, "MAX_SOURCES", SOURCE_LIMIT)
    editions = [edition_of(small()), edition_of(small(title="Second"), number=2)]
    create_random_data(seed, editions)
    days = [TODAY - timedelta(days=days) for days in range(5)]

    counts_update()
    assert [stored_counts(day) for day in days] == [expected_counts(day) for day in days]
    assert any("other" in key for day in days for key in stored_counts(day)), (
        "no day reached the source limit"
    )

    DayCount.objects.exclude(step="kept").update(number=0)
    assert counts_rebuild() == 5
    assert [stored_counts(day) for day in days] == [expected_counts(day) for day in days]


# Concurrency, the task, the command


@pytest.mark.django_db(transaction=True)
def test_concurrent_calls_count_once(edition):
    for _ in range(20):
        submitted(edition)
        submitted(edition, NOON - timedelta(days=1))

    def count(number):
        try:
            if number % 3:
                counts_update()
            else:
                SightFactory(day=TODAY)
                counts_rebuild(since=YESTERDAY, until=TODAY)
        finally:
            connection.close()

    with ThreadPoolExecutor(6) as pool:
        list(pool.map(count, range(24)))

    assert stored_counts(TODAY) == expected_counts(TODAY)
    assert stored_counts(YESTERDAY) == expected_counts(YESTERDAY)
    assert totals()["visit"] == 8


def test_task_is_in_the_celery_beat_schedule():
    entry = app.conf.beat_schedule["counts"]

    assert entry["task"] == task.name
    assert entry["schedule"] == entry["options"]["expires"] == 300


def test_task_updates_the_counts():
    SightFactory(day=TODAY)

    task()

    assert totals() == {"visit": 1}


def test_command_recounts_and_prints_the_days(capsys):
    SightFactory(day=YESTERDAY)

    call_command("counts_rebuild", "--since", "2026-03-03", "--until", "2026-03-03")

    captured = capsys.readouterr()
    assert captured.out == "2026-03-03\n"
    assert captured.err == "Days recounted: 1\n"
    assert totals(day=YESTERDAY) == {"visit": 1}


def test_command_refuses_days_without_raw_rows():
    Retention.objects.create(final_before=date(2025, 1, 28))

    with pytest.raises(CommandError, match="2025-01-28"):
        call_command("counts_rebuild", "--since", "2024-01-01")
