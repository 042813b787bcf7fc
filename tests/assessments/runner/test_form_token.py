"""The signed hidden field."""

import time

import pytest
from django.core import signing

from assessments.runner import form_token


def test_a_token_carries_its_edition_and_an_opening_of_its_own():
    one, other = (form_token.read(form_token.issue(7)) for _ in range(2))

    assert one.edition == other.edition == 7
    assert one.nonce != other.nonce
    assert abs(one.opened - time.time()) < 5


@pytest.mark.parametrize(
    "text",
    ["", "x", "a:b:c", "\x00", "é" * 50],
)
def test_what_we_did_not_sign_is_no_token(text):
    assert form_token.read(text) is None


def test_what_we_signed_for_another_use_is_no_token():
    assert form_token.read(signing.dumps([7, "n", 0.0], salt="another form")) is None


def test_a_changed_token_is_none():
    text = form_token.issue(7)

    assert form_token.read(text[:-1] + ("A" if text[-1] != "A" else "B")) is None


def test_a_token_ripens():
    assert form_token.FormToken(7, "n", time.time()).too_young
    assert not form_token.FormToken(7, "n", time.time() - form_token.MINIMUM_AGE).too_young


def test_a_page_left_open_for_a_week_still_works():
    assert not form_token.FormToken(7, "n", time.time() - 7 * 24 * 3600).too_young
