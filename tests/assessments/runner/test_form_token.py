"""The signed form token."""

import time

import pytest
from django.core import signing

from assessments.runner import form_token


def test_token_has_its_edition_and_a_new_nonce():
    one, other = (form_token.read(form_token.issue(7)) for _ in range(2))

    assert one.edition == other.edition == 7
    assert one.nonce != other.nonce
    assert abs(one.opened - time.time()) < 5


@pytest.mark.parametrize(
    "text",
    ["", "x", "a:b:c", "\x00", "é" * 50],
)
def test_unsigned_text_is_not_a_token(text):
    assert form_token.read(text) is None


def test_signature_with_another_salt_is_not_a_token():
    assert form_token.read(signing.dumps([7, "n", 0.0], salt="another form")) is None


def test_modified_token_is_rejected():
    text = form_token.issue(7)

    assert form_token.read(text[:-1] + ("A" if text[-1] != "A" else "B")) is None


def test_token_is_too_young_until_the_minimum_age():
    assert form_token.FormToken(7, "n", time.time()).too_young
    assert not form_token.FormToken(7, "n", time.time() - form_token.MINIMUM_AGE).too_young


def test_token_works_for_a_day():
    assert not form_token.FormToken(7, "n", time.time() - form_token.MAXIMUM_AGE + 60).too_old
    assert form_token.FormToken(7, "n", time.time() - form_token.MAXIMUM_AGE - 1).too_old
