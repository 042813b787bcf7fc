"""The way from the first page to a session, in steps. Pages may be reordered: they're found by names of
fields and buttons."""

import time
from collections.abc import Mapping

from tests.e2e.engines.phone import Phone
from tests.e2e.walk import EXTRAS, FINISH, FIRST, MORE, SKIP, STOP, card_css

READY = "body.ready"
GO_ON = ".screening .pager .btn:last-of-type"
STEP = "history.state?.step"
A_MOMENT = 0.6
"""Seconds after which a tap is meant for the new screen: check.js waits for 0.4 from its first paint."""
READ = f"{GO_ON}:not(.waits)"


def begin(phone: Phone) -> None:
    phone.press(FIRST)
    phone.wait(READY)


def pass_safety(phone: Phone, item: str = "") -> None:
    """Go through the screens of the safety list and check this item, or none."""
    while phone.sees(GO_ON):
        if item and phone.sees(card_css("safety", item)):
            phone.tap(card_css("safety", item))
        last, step = phone.text(GO_ON) == STOP, phone.run(STEP)
        phone.scroll_to(GO_ON)
        phone.tap(READ)
        if last:
            break
        phone.until(lambda step=step: phone.run(STEP) != step, "the next screen")
        time.sleep(A_MOMENT)


def answer(phone: Phone, answers: Mapping[str, str]) -> None:
    for name, value in answers.items():
        if name in EXTRAS:
            phone.press(MORE)
            phone.press(SKIP)
        phone.tap(card_css(name, value))
        if name == "relief":
            phone.wait('[data-key="tried"]')
            phone.press(SKIP)


def finish(phone: Phone) -> None:
    phone.press(FINISH)
    phone.wait("main form [name=email]")


def checked(phone: Phone) -> dict[str, str]:
    """The answers that the form holds now."""
    return dict(
        phone.run(
            '[...document.querySelectorAll(":checked")].map((each) => [each.name, each.value])'
        )
    )


def ask(phone: Phone, address: str) -> None:
    phone.tap("main form [name=email]")
    phone.engine.type(address)
    phone.tap("main form:has([name=email]) :is(button, [type=submit])")
