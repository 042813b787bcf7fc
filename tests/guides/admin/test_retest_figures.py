"""Who came back and what changed, at the desk."""

from datetime import timedelta

import pytest
from django.urls import reverse
from django.utils import timezone

from assessments.desk.first_page.week import week
from guides import selectors
from guides.admin.retest_figures import retest_figures, retest_lines
from guides.models import GuideEdition
from tests.assessments.factories import DayCountFactory

pytestmark = pytest.mark.django_db
TYPE = "mobility_first"


@pytest.fixture
def counted(guide_edition):
    """Stores counts of this version. The last number of each is by how many days it's old."""

    def store(type_=TYPE, edition=guide_edition, days=60, **numbers):
        for step, number in numbers.items():
            name, _, question = step.partition("_of_")
            item = f"{type_}:{question.removeprefix('all')}" if question else type_
            DayCountFactory(
                by="guide", value=str(edition.pk), step=name, item=item, number=number,
                day=timezone.localdate() - timedelta(days=days),
            )  # fmt: skip

    return store


def many(counted, **more):
    counted(
        got=60, to_come=40, back4=20, better4_of_all=12, same4_of_all=0, worse4_of_all=8,
        better4_of_reach=5, same4_of_reach=7, worse4_of_reach=2, **more,
    )  # fmt: skip


def test_the_numbers_stand_as_n_of_m(counted):
    many(counted)
    counted(got=7, days=35)
    counted(got=30, days=3)

    came, changed = retest_figures()

    assert came.title.endswith("version 1: who came back")
    assert came.rows == [("Mobility first", "97", "40 of 67", "20 of 67", "not shown")]
    assert changed.rows[0] == (
        "All in all", "12 of 20", "0 of 20", "8 of 20", "0 of 20",
    )  # fmt: skip
    assert changed.svg.count("not shown") == 2, "in the bar and in its description"
    name, better, same, worse, mixed = changed.rows[1]
    assert name == "Forward reach: how far down do your fingertips get?"
    assert (better, same, worse, mixed) == ("not shown", "7 of 14", "not shown", "")


@pytest.mark.parametrize(
    ("numbers", "figures"),
    [
        ({"got": 9, "back4": 9, "better4_of_all": 9}, 0),
        ({"got": 10, "back4": 9, "better4_of_all": 9}, 1),
        ({"got": 10, "back4": 10, "better4_of_all": 10}, 2),
    ],
)
def test_nothing_is_said_about_fewer_than_ten(counted, numbers, figures):
    counted(**numbers)

    found = [*retest_figures()]

    assert len(found) == figures
    if figures == 1:
        assert found[0].rows[0][1:] == ("10", "not shown", "not shown", "not shown")
    assert len([*retest_lines()]) == (figures == 2)


@pytest.mark.parametrize(
    ("known", "trained", "cell"),
    [
        (9, 9, None),
        (10, 10, "10 of 10"),
        (14, 9, "9 of 14"),
        (20, 4, "not shown"),
        (20, 16, "not shown"),
        (20, 0, "0 of 20"),
    ],
)
def test_whose_sessions_are_known_stand_in_a_table_of_their_own(counted, known, trained, cell):
    counted(got=60, known4=known, trained4=trained, known6=3, trained6=3)

    figures = [each for each in retest_figures() if "sessions" in each.title]
    lines = [*retest_lines()]

    assert [each.rows for each in figures] == (
        [[("Mobility first", "60", cell, "not shown")]] if cell else []
    )
    told = cell if cell and cell[0].isdigit() else None
    assert lines == (
        [
            f"So far, {told} runners who saved their sessions with their link did about 70% or "
            "more in the first 4 weeks. We don't know about the others."
        ]
        if told
        else []
    )


def test_what_no_version_has_anymore_keeps_its_key(counted):
    counted(type_="bygone", got=20, better6_of_lifts=12)

    came, changed = retest_figures()

    assert came.rows[0][0] == "bygone"
    assert changed.rows[0][:2] == ("lifts", "12 of 12")


def test_the_week_says_it_in_one_line(counted):
    many(counted)
    counted(type_="strength_gap", better4_of_all=6, mixed4_of_all=5)

    [line] = week().more

    assert line == (
        "So far, 31 runners have retaken the check 4 weeks after their guide: better 18, "
        "about the same 0, worse 8, some of each 5. People who come back are not everyone."
    )


def test_the_pages_show_it(counted, admin_client):
    many(counted)

    numbers = admin_client.get(reverse("admin:assessments_submission_numbers")).content.decode()
    first_page = admin_client.get(reverse("admin:index")).content.decode()

    assert "People who come back are not everyone" in numbers
    assert "12 of 20" in numbers
    assert "So far, 20 runners have retaken the check" in first_page


def test_queries_do_not_grow_with_versions_and_types(
    counted, guide_edition, django_assert_num_queries
):
    many(counted, known4=20, trained4=12)
    [*retest_figures()]  # reads the definition once
    with django_assert_num_queries(5):
        [*retest_figures()]
    for number in range(2, 9):
        newer = GuideEdition.objects.create(
            guide=guide_edition.guide, number=number, content=guide_edition.content, sha256="0"
        )
        for type_ in (TYPE, "strength_gap"):
            many(counted, type_=type_, edition=newer, known4=20, trained4=12)

    with django_assert_num_queries(5):
        found = selectors.retest_numbers(timezone.localdate())
    assert [row.edition.number for row in found] == [8, 8, 7, 7, 6, 6, 5, 5, 4, 4, 3, 3]
    with django_assert_num_queries(1):
        [*retest_lines()]
