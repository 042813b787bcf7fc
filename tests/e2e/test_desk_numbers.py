"""The PT's statistics pages."""

from datetime import timedelta

import pytest
from django.utils import timezone
from playwright.sync_api import expect

from tests.assessments.weeks import believable
from tests.e2e.desk import DESK

pytestmark = [pytest.mark.browser, pytest.mark.once, pytest.mark.django_db(transaction=True)]


@pytest.fixture
def counted(edition):
    believable(edition, timezone.localdate() - timedelta(days=1), 40)


@pytest.mark.usefixtures("counted")
def test_from_the_weekly_summary_to_one_source(desk):
    desk.goto(DESK)
    week = desk.get_by_role("region", name="The week")
    expect(week.get_by_role("img", name="The week")).to_be_visible()
    week.get_by_text("As numbers").click()
    expect(week.get_by_role("row", name="Visits")).to_contain_text("more")
    expect(week.get_by_text("than at any other question")).to_be_visible()
    expect(week.get_by_text("more than one in ten")).to_be_visible()

    week.get_by_role("link", name="All numbers").click()
    desk.get_by_role("link", name="Last 30 days").click()
    everyone = desk.locator("figure").first
    everyone.get_by_text("See it as a table").click()
    visits = everyone.get_by_role("row", name="Visits").get_by_role("cell").first
    of_all = visits.inner_text()

    desk.get_by_label("Only", exact=True).select_option("source:newsletter")
    desk.get_by_role("button", name="Show").click()
    desk.locator("figure").first.get_by_text("See it as a table").click()

    expect(visits).not_to_have_text(of_all)
    expect(desk.get_by_label("Only", exact=True)).to_have_value("source:newsletter")
    expect(desk.get_by_role("img", name="By day")).to_be_visible()


@pytest.mark.usefixtures("counted")
def test_bar_widths_match_numbers_and_fit_a_phone(desk):
    desk.goto(f"{DESK}assessments/submission/numbers/")

    bars = desk.locator("figure").first.locator("rect.full")
    widest = bars.first.bounding_box()["width"]
    for text in desk.locator("figure svg text").all():
        box = text.bounding_box()
        assert box["x"] >= 0
        assert box["x"] + box["width"] <= 390
    assert 200 < widest < 390


def test_statistics_without_visits(desk):
    desk.goto(DESK)
    week = desk.get_by_role("region", name="The week")

    expect(week.get_by_text("No one has come by yet.")).to_be_visible()
    week.get_by_role("link", name="All numbers").click()
    expect(desk.get_by_text("Nothing was counted on these days.")).to_be_visible()
    desk.goto(f"{desk.url}?since=2026-02-30&until=x")
    expect(desk.get_by_text("“From” must be a day such as 2026-03-01.")).to_be_visible()
