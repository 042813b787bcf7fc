"""Reports for the PT from the daily counts."""

from datetime import date

import pytest

from assessments import hooks
from assessments.analytics import reports
from assessments.analytics.reports import QuestionAnswers, StepCount
from assessments.models import Edition
from tests.assessments.factories import DayCountFactory
from tests.assessments.small import edition_of, small, with_tried

MONDAY, TUESDAY, SUNDAY = date(2026, 3, 2), date(2026, 3, 3), date(2026, 3, 8)

pytestmark = pytest.mark.django_db


@pytest.fixture
def edition():
    """An edition with counts on that Monday."""
    edition = edition_of(small())
    counted("finish", 3, by="edition", value=str(edition.pk))
    return edition


@pytest.fixture(autouse=True)
def _alone(monkeypatch):
    """Without the funnel steps of guides."""
    monkeypatch.setattr("assessments.hooks.funnel_steps", [])


def counted(step, number, item="", **more):
    DayCountFactory(step=step, item=item, number=number, **more)


def week(**more):
    return reports.funnel(MONDAY, SUNDAY, **more)


def test_empty_week_has_every_step():
    assert [(row.step, row.number) for row in week()] == [
        ("visit", 0), ("start", 0), ("finish", 0), ("stop", 0), ("again", 0),
    ]  # fmt: skip


@pytest.mark.usefixtures("edition")
def test_questions_come_between_start_and_finish_in_order():
    for day in (MONDAY, TUESDAY):
        counted("reached", 4, item="lifts", day=day)
        counted("reached", 5, item="touch", day=day)
    counted("left", 9, item="touch")
    counted("left", 8, item="lifts", day=TUESDAY)
    counted("reached", 7, item="touch", day=date(2026, 3, 9))

    assert week()[2:4] == [
        StepCount("reached", "touch", "How far do you reach?", 10, left=9),
        StepCount("reached", "lifts", "What do you lift?", 8, left=8),
    ]
    assert [row.dropped for row in week()[1:4]] == [0, 1, 0]


def test_dropped_is_reached_minus_left_and_never_negative():
    assert StepCount("reached", "touch", "", 3, left=0).dropped == 3
    assert StepCount("reached", "touch", "", 3, left=4).dropped == 0, "a beacon was lost"


def test_questions_of_older_editions_come_last(edition):
    data = small()
    data["questions"][0] |= {"key": "stretch", "text": "How far can you stretch?"}
    data["questions"][2]["show_if"][0]["answer"] = "stretch"
    data["notices"][2]["rule"] = [[{"answer": "stretch", "in": ["knee"]}]]
    data["questions"][1]["text"] = "Does it hurt?"
    newer = edition_of(data, number=2)
    counted("finish", 1, by="edition", value=str(newer.pk))
    for key in ("touch", "stretch", "pain"):
        counted("reached", 1, item=key)

    assert [row.label for row in week() if row.step == "reached"] == [
        "How far can you stretch?", "Does it hurt?", "How far do you reach?",
    ]  # fmt: skip


def test_funnel_filters_by_source_and_by_edition(edition):
    counted("visit", 7)
    counted("visit", 2, by="source", value="blog")
    counted("start", 1, by="edition", value=str(edition.pk))
    counted("reached", 1, item="touch", by="edition", value=str(edition.pk))

    assert week(by="source", value="blog")[0].number == 2
    one = week(by="edition", value=str(edition.pk))
    assert [(row.step, row.number) for row in one[:4]] == [
        ("visit", 0), ("start", 1), ("reached", 1), ("finish", 3),
    ]  # fmt: skip
    assert sum(row.number for row in week(by="edition", value="none such")) == 0


def test_steps_of_other_apps_come_before_measuring_again(monkeypatch):
    monkeypatch.setattr(
        "assessments.hooks.funnel_steps", [hooks.FunnelStep("asked", "Asked for the guide")]
    )
    counted("asked", 2)

    assert [(row.label, row.number) for row in week()][-2:-1] == [("Asked for the guide", 2)]


def test_by_day_includes_every_day():
    counted("visit", 3)
    counted("visit", 4, day=SUNDAY)
    counted("visit", 1, by="source", value="blog")
    counted("reached", 2, item="touch")

    days = reports.by_day(MONDAY, SUNDAY, "visit")

    assert list(days.values()) == [3, 0, 0, 0, 0, 0, 4]
    assert [days[MONDAY], days[SUNDAY]] == [3, 4]
    assert reports.by_day(MONDAY, MONDAY, "visit", by="source", value="blog") == {MONDAY: 1}
    assert reports.by_day(MONDAY, MONDAY, "reached", item="touch") == {MONDAY: 2}


def test_values_to_filter_by(edition):
    counted("visit", 3, by="source", value="blog")
    counted("visit", 1, by="source", value="blog", day=TUESDAY)
    counted("visit", 9, by="source")
    counted("finish", 2, by="source", value="other")
    counted("finish", 2, by="profile", value="ready")
    counted("finish", 5, by="profile", value="stiff")
    counted("visit", 6, by="bot", value="bot")

    assert reports.values(MONDAY, SUNDAY, "source") == [
        ("", "No source in the link", 9), ("blog", "blog", None), ("other", "Others", 0),
    ]  # fmt: skip
    assert reports.values(MONDAY, SUNDAY, "profile") == [
        ("stiff", "Reach first", None), ("ready", "Ready to lift", None),
    ]  # fmt: skip
    assert reports.values(MONDAY, SUNDAY, "edition") == [
        (str(edition.pk), "Small check, version 1", None)
    ]
    assert reports.values(MONDAY, SUNDAY, "bot") == [
        ("bot", "Bots and programs that check links", 6)
    ]
    assert reports.values(SUNDAY, SUNDAY, "profile") == []


def answered(edition, **numbers):
    for item, number in numbers.items():
        counted("answer", number, item=item, by="edition", value=str(edition.pk))


def test_answer_counts_below_five_are_hidden(edition):
    answered(
        edition, **{"touch:knee": 6, "touch:toes": 4, "touch:never": 9, "pain:3": 12, "pain:5": 5}
    )

    touch, pain, lifts, _bridge = reports.answers(MONDAY, SUNDAY, edition)

    assert touch == QuestionAnswers(
        "How far do you reach?",
        [("My knees", None), ("My toes", None), ("I do not bend", 9)],  # 6 would reveal the 4
        19,
    )
    assert [number for _, number in pain.choices] == [0, 0, 0, 12, 0, 5, 0, 0, 0, 0, 0]
    assert lifts == QuestionAnswers("What do you lift?", [("Nothing", 0), ("Weights", 0)], 0)


def test_several_answers_are_reported_with_the_number_of_runners():
    edition = edition_of(with_tried())
    answered(edition, **{"tried:": 9, "tried:stretching": 8, "tried:rolling": 6})

    tried = reports.answers(MONDAY, SUNDAY, edition)[-1]

    assert tried == QuestionAnswers(
        "What have you tried?", [("Stretching", 8), ("A foam roller", 6), ("Nothing yet", 0)], 9
    )


@pytest.mark.parametrize(
    ("numbers", "shown"),
    [
        ([4], [None]),
        ([5, 0], [5, 0]),
        ([1, 0, 2], [None, 0, None]),
        ([1, 0, 20, 7], [None, 0, 20, None]),
        ([1, 4, 20, 7], [None, None, 20, 7]),
    ],
)
def test_next_larger_number_is_hidden_with_a_single_small_one(numbers, shown):
    assert reports.hide_small(numbers) == shown


def test_long_scale_is_reported_by_band():
    data = small()
    data["questions"][1] |= {
        "maximum": 100,
        "bands": [
            {"from": 0, "to": 4, "points": {"power": 0}},
            {"from": 5, "to": 100, "points": {"power": 2}},
        ],
    }
    edition = edition_of(data)
    answered(edition, **{"pain:0": 3, "pain:4": 3, "pain:100": 7})

    assert reports.answers(MONDAY, SUNDAY, edition)[1].choices == [("0 to 4", 6), ("5 to 100", 7)]


@pytest.mark.usefixtures("edition")
def test_stops_are_counted_by_safety_item():
    counted("stop", 15)
    counted("stop", 6, item="fall")
    counted("stop", 7, item=":stop")
    counted("stop", 2, item="young")
    counted("stop", 1, item="gone")

    assert reports.stops(MONDAY, SUNDAY) == [
        ("Get help now (from the answers)", 7), ("I had a fall.", 6),
        ("I am under 18.", None), ("gone", None),
    ]  # fmt: skip
    assert reports.stops(SUNDAY, SUNDAY) == []


def test_unreadable_edition_hides_no_counts(edition):
    Edition.objects.update(definition="{")
    counted("reached", 3, item="touch")
    counted("stop", 2, item="fall")

    assert week()[-3].number == 0
    assert reports.stops(MONDAY, SUNDAY) == [("fall", None)]


def test_number_of_queries_does_not_grow_with_days(edition, django_assert_num_queries):
    reports.funnel(MONDAY, SUNDAY)
    for number in range(40):
        counted(
            "reached",
            1,
            item="touch",
            day=date(2026, 4, 1 + number % 28),
            by="source",
            value=f"s{number}",
        )
        counted(
            "reached",
            1,
            item="touch",
            day=date(2026, 4, 1 + number % 28) if number < 28 else date(2026, 5, number - 20),
        )
    reports.funnel(MONDAY, date(2026, 12, 31))

    for first in (MONDAY, date(2026, 1, 1)):
        with django_assert_num_queries(3):  # counts, edition ids, editions
            reports.funnel(first, date(2026, 12, 31))
    with django_assert_num_queries(2):
        reports.values(MONDAY, date(2026, 12, 31), "source")
    with django_assert_num_queries(1):
        reports.by_day(MONDAY, date(2026, 12, 31), "visit")
    with django_assert_num_queries(1):
        reports.answers(MONDAY, date(2026, 12, 31), edition)
