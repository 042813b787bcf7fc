"""Days are counted from raw rows, and come out equal to them whenever they are counted."""

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
from assessments.models import DayCount, Edition, Sight, Submission
from assessments.submissions.services import submissions_erase
from assessments.tasks import counts_keep as task
from runfit.celery import app
from tests.assessments.factories import DayCountFactory, SightFactory, SubmissionFactory
from tests.assessments.small import edition_of, small

NOON = datetime(2026, 3, 4, 12, tzinfo=UTC)
TODAY = NOON.date()
YESTERDAY = TODAY - timedelta(days=1)
MOST = 10  # sources that are told apart
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
    """Without what guides count."""
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


def test_a_day_is_counted_from_what_was_seen_and_answered(edition):
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


def test_a_stop_is_no_finish_and_says_by_what(edition):
    stopped(edition)
    stopped(edition, safety=("fall", "young"))
    stopped(edition, safety=("none",), answers={"pain": 9})
    stopped(edition, safety=("young",), answers={"pain": 8})  # "young" alone would not have stopped

    counts_update()

    assert totals() == {
        "stop": 4, "stop fall": 2, "stop :stop": 2, "answer pain:8": 1, "answer pain:9": 1,
    }  # fmt: skip


def test_who_came_from_the_email_after_four_weeks_measured_again(edition):
    submitted(edition, source="measure-again")
    stopped(edition, source="measure-again")

    counts_update()

    assert [totals()[step] for step in ("finish", "stop", "again")] == [1, 1, 1]


def test_a_version_that_cannot_be_read_stops_no_count(edition):
    stopped(edition)
    Edition.objects.update(definition="{")

    counts_update()

    assert totals() == {"stop": 1, "stop :stop": 1}


def test_counting_twice_changes_nothing_and_writes_nothing(edition, django_assert_num_queries):
    submitted(edition)
    for _ in range(2):
        counts_update()
    rows = list(DayCount.objects.order_by("pk").values())

    with django_assert_num_queries(16) as asked:  # seven for each of two days, two around them
        counts_update()

    assert list(DayCount.objects.order_by("pk").values()) == rows
    written = [each["sql"] for each in asked if each["sql"].startswith(("INSERT", "UPDATE"))]
    assert written == []


def test_what_came_since_is_added_and_what_is_gone_goes(edition, clock):
    first = submitted(edition)
    counts_update()
    submitted(edition)
    counts_update()
    assert totals()["finish"] == 2

    submissions_erase(pks=[first.pk])
    counts_update()

    assert totals()["finish"] == 1


def test_an_erasure_leaves_past_days_until_they_are_counted_anew(edition, clock):
    first = submitted(edition)
    counts_update()
    clock.shift(timedelta(days=5))
    counts_update()

    submissions_erase(pks=[first.pk])
    counts_update()
    assert totals()["finish"] == 1

    counts_rebuild(since=TODAY, until=TODAY)
    assert totals() == {}


def test_what_was_written_after_midnight_about_the_day_before_is_counted(clock):
    counts_update()
    clock.move_to(datetime(2026, 3, 5, 0, 3, tzinfo=UTC))
    counts_update()
    SightFactory(day=TODAY)

    counts_update()

    assert totals(day=TODAY) == {"visit": 1}


def test_days_of_which_nobody_counted_are_counted_later(edition, clock):
    counts_update()
    for days in (1, 2, 9):
        submitted(edition, NOON + timedelta(days=days))
    clock.shift(timedelta(days=9))

    counts_update()

    counted = DayCount.objects.filter(step="finish", by="").values_list("day", flat=True)
    assert [(day - TODAY).days for day in counted] == [1, 2, 9]


def test_the_first_time_all_that_is_known_is_counted(edition):
    submitted(edition, NOON - timedelta(days=30))
    SightFactory(day=TODAY - timedelta(days=20))

    counts_update()

    assert DayCount.objects.filter(step="kept").count() == 31
    assert totals(day=TODAY - timedelta(days=30))["finish"] == 1
    assert totals(day=TODAY - timedelta(days=20)) == {"visit": 1}


def test_a_long_time_is_counted_in_parts(edition):
    submitted(edition, NOON - timedelta(days=9))

    for _ in range(20):
        counts_update(seconds=0)
        kept = DayCount.objects.filter(step="kept").count()
        if kept == 10:
            break
    else:
        pytest.fail("it did not come to an end")

    assert totals(day=TODAY - timedelta(days=9))["finish"] == 1


def test_a_day_that_is_yet_to_come_holds_nothing_up():
    DayCountFactory(day=TODAY + timedelta(days=100), step="kept", number=0)
    SightFactory(day=TODAY)

    counts_update()

    assert totals() == {"visit": 1}


def test_old_sights_go_and_their_counts_stay():
    old = TODAY - timedelta(days=401)
    SightFactory(day=old)
    SightFactory(day=old + timedelta(days=1))

    counts_update(seconds=100)

    assert Sight.objects.count() == 1
    assert totals(day=old) == {"visit": 1}
    with pytest.raises(ValueError, match="gone"):
        counts_rebuild(since=old, until=TODAY)
    assert totals(day=old) == {"visit": 1}


def test_other_apps_count_too(monkeypatch, edition):
    def asked(start, end):
        yield EventCount("asked", edition=edition.pk, number=(end - start).days)

    monkeypatch.setattr("assessments.hooks.event_counters", [asked])

    counts_update()

    assert totals() == {"asked": 1}


# Days, where clocks change

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
def test_every_moment_is_in_its_day_and_in_no_other(moment, zone):
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(timezone, "get_default_timezone", lambda: ZoneInfo(zone))
        day = moment.astimezone(ZoneInfo(zone)).date()

        start, end = analytics_services.day_bounds(day)

    assert start.astimezone(UTC) <= moment < end.astimezone(UTC)


@pytest.mark.parametrize(
    ("day", "hours"), [(date(2026, 3, 28), 24), (date(2026, 3, 29), 23), (date(2026, 10, 25), 25)]
)
def test_a_day_is_as_long_as_the_clocks_make_it(settings, day, hours):
    settings.TIME_ZONE = "Europe/Berlin"

    start, end = analytics_services.day_bounds(day)

    assert end.astimezone(UTC) - start.astimezone(UTC) == timedelta(hours=hours)


def test_a_day_ends_at_midnight_of_the_site(settings, edition, clock):
    settings.TIME_ZONE = "Europe/Berlin"
    submitted(edition, datetime(2026, 3, 28, 22, 59, 59, tzinfo=UTC))
    submitted(edition, datetime(2026, 3, 28, 23, 0, tzinfo=UTC))
    submitted(edition, datetime(2026, 3, 29, 21, 59, 59, 999999, tzinfo=UTC))
    submitted(edition, datetime(2026, 3, 29, 22, 0, tzinfo=UTC))
    clock.move_to(datetime(2026, 3, 30, 12, tzinfo=UTC))

    counts_update()

    assert [totals(day=date(2026, 3, day))["finish"] for day in (28, 29, 30)] == [1, 2, 1]


# Equal to the raw rows


def at_random(seed, editions):
    """A few days of a site, with all kinds of what may happen."""
    chance = random.Random(seed)
    sources = ["", "blog", "insta", *(f"s{number}" for number in range(80))]
    for _ in range(200):
        SightFactory(
            day=TODAY - timedelta(days=chance.randrange(4)),
            step=chance.choice(["visit", "start", "reached", "left", "opened"]),
            item=chance.choice(["", "touch", "pain"]),
            edition=chance.choice([None, *editions]),
            source=chance.choice(sources),
            profile=chance.choice(["", "ready", "stiff"]),
            bot=chance.random() < 0.2,
            number=chance.randrange(1, 9),
        )
    for _ in range(40):
        at = NOON - timedelta(minutes=chance.randrange(4 * 24 * 60))
        common = {"source": chance.choice([*sources, "measure-again"]), "at": at}
        if chance.random() < 0.3:
            ticked = chance.choice([["fall"], ["fall", "young"], ["none"]])
            stopped(chance.choice(editions), safety=ticked, answers={"pain": 9}, **common)
        else:
            answers = {"touch": chance.choice(["knee", "toes"]), "pain": chance.randrange(8)}
            profile = chance.choice(["ready", "stiff"])
            submitted(chance.choice(editions), profile=profile, answers=answers, **common)


def happened(day):
    """Every row of a day, in turn: step, item, version, source, result type, bot, how many."""
    for sight in Sight.objects.filter(day=day):
        yield (
            sight.step, sight.item, sight.edition_id, sight.source, sight.profile, sight.bot,
            sight.number,
        )  # fmt: skip
    for each in Submission.objects.all():
        if each.created_at.date() != day:
            continue
        known = (each.edition_id, each.source, each.profile, False, 1)
        if each.result == STOPPED:
            yield ("stop", "", *known)
            yield ("stop", "fall" if "fall" in each.safety else ":stop", *known)
        else:
            yield ("finish", "", *known)
        if each.result != STOPPED and each.source == "measure-again":
            yield ("again", "", *known)
        for key, answer in each.answers.items():
            yield ("answer", f"{key}:{answer}", *known)


def recounted(day):
    """What they add to, said plainly."""
    rows = [*happened(day)]
    named = Counter()
    for step, _, _, source, _, bot, number in rows:
        if source and not bot and step != "answer":
            named[source] += number
    common = sorted(named, key=lambda source: (-named[source], source))[:MOST]

    numbers = Counter()
    for step, item, edition, source, profile, bot, number in rows:
        about = {"": ""}
        if edition:
            about["edition"] = str(edition)
        if step != "answer":
            about["source"] = source if source in {"", *common} else "other"
        if step != "answer" and profile:
            about["profile"] = profile
        for by, value in {"bot": "bot"}.items() if bot else about.items():
            numbers[by, value, step, item] += number
    return numbers


def kept(day):
    rows = DayCount.objects.filter(day=day).exclude(step="kept")
    return {(row.by, row.value, row.step, row.item): row.number for row in rows}


@pytest.mark.parametrize("seed", range(4))
def test_the_counts_are_those_of_the_raw_rows(seed, monkeypatch):
    monkeypatch.setattr(aggregation, "MOST_SOURCES", MOST)
    editions = [edition_of(small()), edition_of(small(title="Second"), number=2)]
    at_random(seed, editions)
    days = [TODAY - timedelta(days=days) for days in range(5)]

    counts_update()
    assert [kept(day) for day in days] == [recounted(day) for day in days]
    assert any("other" in key for day in days for key in kept(day)), "too tame a test"

    DayCount.objects.exclude(step="kept").update(number=0)
    assert counts_rebuild() == 5
    assert [kept(day) for day in days] == [recounted(day) for day in days]


# At once, and by itself


@pytest.mark.django_db(transaction=True)
def test_many_that_count_at_once_count_once(edition):
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

    assert kept(TODAY) == recounted(TODAY)
    assert kept(YESTERDAY) == recounted(YESTERDAY)
    assert totals()["visit"] == 8


def test_celery_s_beat_knows_the_task():
    entry = app.conf.beat_schedule["counts"]

    assert entry["task"] == task.name
    assert entry["schedule"] == entry["options"]["expires"] == 300


def test_the_task_counts():
    SightFactory(day=TODAY)

    task()

    assert totals() == {"visit": 1}


def test_the_command_counts_anew_and_says_which_days(capsys):
    SightFactory(day=YESTERDAY)

    call_command("counts_rebuild", "--since", "2026-03-03", "--until", "2026-03-03")

    said = capsys.readouterr()
    assert said.out == "2026-03-03\n"
    assert said.err == "Days counted anew: 1\n"
    assert totals(day=YESTERDAY) == {"visit": 1}


def test_the_command_refuses_what_is_gone():
    with pytest.raises(CommandError, match="2025-01-28"):
        call_command("counts_rebuild", "--since", "2024-01-01")
