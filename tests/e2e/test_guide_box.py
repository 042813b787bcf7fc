"""Asking for the guide in a browser: typing slips, and sending it again."""

from datetime import timedelta

import pytest
from django.utils import timezone
from playwright.sync_api import expect

from guides.models import Contact, Delivery
from guides.states import State
from tests.e2e.test_pages_a11y import page_without_scripts, result  # noqa: F401 - fixtures
from tests.e2e.walk import button

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]

ON_ITS_WAY = "Your guide is on its way"


def ask(page, path, email):
    page.goto(path)
    page.get_by_label("Your email address").fill(email)
    button(page, "Send me the guide").click()


@pytest.fixture(params=["scripts", "no scripts"])
def any_page(request):
    name = "page" if request.param == "scripts" else "page_without_scripts"
    return request.getfixturevalue(name)


def test_typo_is_mended_by_one_tap_at_the_field(any_page, result):  # noqa: F811
    page = any_page
    ask(page, result("a result"), "ana@gmial.com")

    expect(page.get_by_label("Your email address")).to_have_value("ana@gmial.com")
    button(page, "Yes, use ana@gmail.com").click()

    expect(page.get_by_role("heading", level=1)).to_have_text(ON_ITS_WAY)
    expect(page.get_by_text("ana@gmail.com")).to_be_visible()
    assert [contact.email for contact in Contact.objects.all()] == ["ana@gmail.com"]


def test_enter_sends_what_was_typed_again(page, result):  # noqa: F811
    ask(page, result("a result"), "ana@gmial.com")
    page.get_by_label("Your email address").fill("ana@example.org")
    page.keyboard.press("Enter")

    expect(page.get_by_text("ana@example.org")).to_be_visible()
    assert [contact.email for contact in Contact.objects.all()] == ["ana@example.org"]


def test_sending_again_counts_down(page, result, in_time):  # noqa: F811
    page.clock.install(time=timezone.now())
    ask(page, result("a result"), "runner@example.org")
    again = page.get_by_role("button", name="Send it again")
    expect(again).to_be_disabled()
    assert again.inner_text().startswith("Send it again in ")

    Delivery.objects.update(
        queued_at=timezone.now() - timedelta(seconds=61), state=State.SENT, attempts=1
    )
    page.clock.run_for(61_000)
    expect(page.get_by_text("You can ask for it again now.")).to_be_visible()
    expect(again).to_have_text("Send it again")
    again.click()

    expect(again).to_be_disabled()
    assert Delivery.objects.count() == 2


def test_without_scripts_a_reload_offers_to_send_again(page_without_scripts, result):  # noqa: F811
    page = page_without_scripts
    ask(page, result("a result"), "runner@example.org")

    expect(page.get_by_text("Wait a minute, then reload this page")).to_be_visible()
    expect(page.get_by_role("button", name="Send it again")).to_have_count(0)


def test_wrong_address_is_changed_in_place(page, result):  # noqa: F811
    ask(page, result("a result"), "slip@example.org")
    page.get_by_text("Wrong address? Change it").click()
    page.get_by_label("Your email address").fill("right@example.org")
    button(page, "Send it to this address").click()

    expect(page.get_by_text("right@example.org")).to_be_visible()
