"""Emergency numbers by country."""

import pytest

from assessments.emergency_numbers import (
    COUNTRIES,
    country_choices,
    emergency_html,
    emergency_words,
    fill_emergency,
)


@pytest.mark.parametrize(
    ("country", "words"),
    [
        ("US", "911 (999 or 112 outside the US)"),
        ("CA", "911"),
        ("MX", "911"),
        ("GB", "999 or 112"),
        ("IE", "112 or 999"),
        ("DE", "112"),
        ("AU", "000"),
        ("NZ", "111"),
        ("ZZ", "112 or 911, or the emergency number where you are"),
        ("??", "112 or 911, or the emergency number where you are"),
    ],
)
def test_each_country_has_its_numbers_in_words(country, words):
    assert emergency_words(country) == words


def test_words_are_in_the_language_of_the_text():
    assert emergency_words("US", "es-mx") == "911 (999 o 112 fuera de EE. UU.)"
    assert emergency_words("GB", "es") == "999 o 112"
    assert emergency_words("GB", "de") == "999 or 112"


def test_numbers_in_html_can_be_dialed():
    assert emergency_html("IE") == '<a href="tel:112">112</a> or <a href="tel:999">999</a>'


def test_a_text_says_the_numbers_wherever_it_asks_for_them():
    text = fill_emergency("Call {emergency}. {Other} {emergency}!", "NZ")

    assert text == "Call 111. {Other} 111!"


def test_numbers_are_digits_and_the_default_country_comes_first():
    assert all(number.isdigit() for _name, numbers in COUNTRIES.values() for number in numbers)
    assert country_choices()[0] == ("US", "United States")
