"""The whole way of a runner in the engines of iPhones (WebKit) and of Firefox."""

import pytest

from guides.delivery.worker import drain
from tests.e2e.engines import steps
from tests.e2e.walk import USUAL
from tests.support.http_runner import guide_path

DRAWN = "[...document.images].every((each) => each.complete && each.naturalWidth)"

pytestmark = [pytest.mark.engines, pytest.mark.django_db(transaction=True)]


def test_from_the_first_page_to_a_session_without_a_network(
    phone, edition, live_server, quick, sink
):
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
    phone.tap('#plan a[href*="/session/"]')
    phone.wait("[data-check][aria-pressed]")
    look("session")
    phone.tap(".loop label")
    phone.wait(".loop :checked")
    phone.tap('[data-check][aria-pressed="false"]')
    phone.wait('[data-check][aria-pressed="true"]')
    phone.open(phone.run("location.pathname"))
    phone.wait('[data-check][aria-pressed="true"]')

    phone.open(guide_path(mail))
    phone.wait('[data-is="saved"]')
    live_server.stop()
    train_offline(phone, guide_path(mail), look)

    assert {name: faults for name, faults in seen.items() if faults} == {}


def train_offline(phone, guide, look):
    phone.open(guide)
    phone.wait("#today h2", "When do you want to train?")
    look("guide without a network")
    phone.tap('#plan a[href*="/session/"]')
    phone.wait('[data-check][aria-pressed="true"]')
    look("session without a network")
    phone.run("[...document.images].forEach((each) => { each.loading = 'eager'; })")
    phone.until(lambda: phone.run(DRAWN), "the pictures")
    phone.press("2")
    phone.wait("[data-finished] h2")


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
