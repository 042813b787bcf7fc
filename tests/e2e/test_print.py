"""Printed pages."""

import unicodedata
from datetime import timedelta
from io import BytesIO

import pytest
from django.utils import timezone
from pypdf import PdfReader

from assessments.models import Submission
from assessments.submissions.signed_links import retest_path
from guides.models import DownloadLink
from tests.assessments.small import token_of
from tests.e2e.test_pages_a11y import ANSWERS, guide_pages, result  # noqa: F401 - fixtures
from tests.e2e.walk import CHECK

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]

PAPERS = ("A4", "Letter")
EDGE = dict.fromkeys(("top", "right", "bottom", "left"), "10mm")


def printed(page, paper):
    """The text of each sheet, without ligatures."""
    sheets = PdfReader(BytesIO(page.pdf(format=paper, margin=EDGE))).pages
    texts = (unicodedata.normalize("NFKC", each.extract_text()) for each in sheets)
    return [" ".join(text.split()) for text in texts]


def test_session_prints_completely_on_four_sheets(page, guide_pages):  # noqa: F811
    sheets = {}
    for number in (1, 2, 3):
        page.goto(guide_pages["session"].replace("/1/", f"/{number}/"))
        folded = page.locator(".exercise .faq dd").all_inner_texts()
        for paper in PAPERS:
            pages = printed(page, paper)
            sheets[number, paper] = len(pages)
            text = " ".join(pages)
            assert "Stop at once if you have" in text
            assert folded[0] in text
    assert max(sheets.values()) <= 4, sheets


def test_result_prints_on_two_sheets_with_open_details(page, result):  # noqa: F811
    page.goto(result("a result"))
    why = "We go through the result types in order."
    for paper in PAPERS:
        pages = printed(page, paper)
        assert len(pages) <= 2
        text = " ".join(pages)
        for told in ("Hip switches", "What your answers say", "Not checked yet", "See someone if"):
            assert told in text
        assert "Check it now" not in text
        assert why not in text

    page.get_by_text("Reasons and evidence").click()
    assert why in " ".join(printed(page, "A4"))


@pytest.mark.usefixtures("guide_pages")
def test_sheet_for_a_pt_is_one_sheet_with_a_plan_and_an_earlier_visit(page, client, edition):
    six_weeks_ago = timezone.now() - timedelta(days=42)
    Submission.objects.update(created_at=six_weeks_ago)
    DownloadLink.objects.update(created_at=six_weeks_ago)
    again = ANSWERS | {"worst_pain": "1", "reach": "toes", "form_token": token_of(edition, "again")}
    now = client.post(retest_path(Submission.objects.get()), again)["Location"]
    page.goto(f"{now.partition('then-and-now')[0]}sheet/")

    for paper in PAPERS:
        [text] = printed(page, paper)
        for told in ("Name", "Safety list", "Since", "Checks done at home", "Plan", "Not checked"):
            assert told in text
        assert "Make a link" not in text


def test_a_step_of_the_self_check_prints_on_one_sheet(page, edition):
    page.goto(CHECK)
    page.wait_for_selector("body.ready")

    assert len(printed(page, "A4")) == 1
