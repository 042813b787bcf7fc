"""The whole way of a runner in the engines of iPhones (WebKit) and of Firefox."""

import pytest

from guides.delivery.worker import drain
from tests.e2e.engines import steps
from tests.e2e.walk import USUAL
from tests.support.http_runner import guide_path

pytestmark = [pytest.mark.engines, pytest.mark.django_db(transaction=True)]


def test_from_the_first_page_to_a_session(phone, edition, quick, sink):
    seen = {}

    def look(name):
        seen[name] = phone.look(name)

    phone.open("/")
    look("first page")
    steps.begin(phone)
    look("safety list")
    steps.pass_safety(phone)
    names = [*USUAL]
    steps.answer(phone, {name: USUAL[name] for name in names[:3]})
    phone.wait(f'[data-key="{names[3]}"]')
    look("question")

    phone.back()
    phone.back()
    phone.wait(f'[data-key="{names[1]}"]')
    assert steps.checked(phone) == {"safety": "none"} | {name: USUAL[name] for name in names[:3]}
    steps.answer(phone, {name: USUAL[name] for name in names[1:]})
    look("finish")
    steps.finish(phone)
    assert phone.text("h1") == "Mobility first"
    look("result")
    phone.back()
    phone.wait("body.ready")
    assert steps.checked(phone) == {"safety": "none", **USUAL}
    steps.finish(phone)

    steps.ask(phone, "runner@example.org")
    phone.wait("h1", "Your guide is on its way")
    look("on its way")
    drain()
    [mail] = sink.messages
    phone.open(guide_path(mail))
    look("guide")
    phone.tap('main a[href*="/session/"]')
    phone.wait("[data-exercise] [aria-pressed]")
    look("session")
    phone.tap('[data-exercise] [aria-pressed="false"]')
    phone.wait('[data-exercise] [aria-pressed="true"]')
    phone.open(phone.run("location.pathname"))
    phone.wait('[data-exercise] [aria-pressed="true"]')

    assert {name: faults for name, faults in seen.items() if faults} == {}


def test_a_safety_item_leads_to_its_page(phone, edition, quick):
    phone.open("/")
    steps.begin(phone)
    steps.pass_safety(phone, "saddle")

    phone.wait("h1", "Get emergency help now")
    assert phone.look("safety page") == {}
    phone.back()
    phone.wait("body.ready")
    assert steps.checked(phone) == {"safety": "saddle"}


def test_a_look_finds_errors_refusals_and_what_is_too_wide(phone, edition):
    phone.open("/privacy/")
    phone.run("document.body.insertAdjacentHTML('beforeend', '<b style=\"color: red\">x</b>')")
    phone.run("setTimeout('nothing()')")
    phone.run("setTimeout(() => nothing())")
    phone.run("document.querySelector('h1').style.minWidth = '500px'")
    phone.until(lambda: "nothing" in str(phone.faults()), "the error")

    faults = phone.look("faults")

    assert [*faults["too wide"]] == [320, 390]
    assert len(faults["errors"]) == 3, faults
