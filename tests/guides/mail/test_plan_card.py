from dataclasses import replace

import pytest

from guides.content import parse_content
from guides.mail.plan_card import plan_card
from tests.guides import samples


@pytest.fixture
def content():
    return parse_content(samples.edition())


def test_card_tells_the_first_block_and_its_first_exercise(content):
    card = plan_card(content, "stiff")

    assert (card.name, card.weeks, card.days, card.minutes) == ("Two easy weeks", 2, 3, 3)
    assert (card.move, card.dose, card.picture, card.alt) == ("Bridge", "2 x 10", "", "")
    assert card.effort == "2 weeks. You start with about 3 minutes, 3 days a week."
    assert card.goals == [("Weeks 1 to 2", "Get going")]


def test_one_week_and_one_day(content):
    card = replace(plan_card(content, "stiff"), weeks=1, days=1, minutes=12)

    assert card.effort == "1 week. You start with about 12 minutes, 1 day a week."


def test_result_type_without_a_plan_has_no_card(content):
    assert plan_card(content, "loose") is None


@pytest.mark.parametrize(
    ("title", "name"),
    [
        ("Bake the cake (2 weeks)", "Bake the cake"),
        ("Hornea el pastel (2 semanas)", "Hornea el pastel"),
        ("Bake the cake (20 weeks)", "Bake the cake (20 weeks)"),
        ("Strong (again)", "Strong (again)"),
        ("2 weeks", "2 weeks"),
    ],
)
def test_plan_name_leaves_its_own_weeks_out(content, title, name):
    assert replace(content.plan("stiff"), title=title).name == name
