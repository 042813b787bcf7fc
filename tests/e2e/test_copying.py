"""Copying a self-check, and uploading words into the copy, in a real browser."""

import json

import pytest
from playwright.sync_api import expect

from assessments.models import Assessment
from tests.assessments.browser import address

pytestmark = [pytest.mark.browser, pytest.mark.once, pytest.mark.django_db(transaction=True)]


@pytest.fixture
def browser_context_args(live_server):
    return {"base_url": live_server.url, "viewport": {"width": 1280, "height": 900}}


def test_a_copy_gets_an_address_from_its_title_and_words_from_a_file(desk, tmp_path):
    original = Assessment.objects.get()
    desk.goto(address("assessment", "copy", original.pk))
    desk.get_by_label("Title:", exact=True).press_sequentially("Cranky Achilles")
    expect(desk.get_by_label("Web address")).to_have_value("cranky-achilles")
    desk.get_by_label("Title of the new guide").fill("Strong calves")
    desk.get_by_role("button", name="Make a copy").click()
    expect(desk.get_by_text("Its guide came along, with 6 plans")).to_be_visible()

    desk.get_by_role("region", name="Where it stands").get_by_text("More", exact=True).click()
    desk.get_by_role("link", name="Upload a file").click()
    with desk.expect_download() as download:
        desk.get_by_role("link", name="download this one").click()
    words = json.loads(download.value.path().read_text(encoding="utf-8"))
    file = tmp_path / "achilles.json"
    file.write_text(json.dumps(words | {"headline": "Why so cranky?"}), encoding="utf-8")
    desk.get_by_label("File").set_input_files(file)
    desk.get_by_role("button", name="Check this file").click()
    expect(desk.get_by_text("becomes “Why so cranky?”")).to_be_visible()
    desk.get_by_role("button", name="Change my draft").click()

    expect(desk.get_by_label("Headline of the first page")).to_have_value("Why so cranky?")
