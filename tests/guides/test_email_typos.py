import pytest
from hypothesis import given
from hypothesis import strategies as st

from guides.email_typos import MAIL_SERVICES, address_clean, address_suggestion

NBSP, ZERO_WIDTH, MARK, SOFT, BOM = "\u00a0", "\u200b", "\u200e", "\u00ad", "\ufeff"


@pytest.mark.parametrize(
    "typed",
    [
        "ana@gmail.com.",
        "ana@gmail.com,",
        "ana@gmail.com;",
        " ana@gmail.com\t",
        f"{ZERO_WIDTH}ana@gmail.com{BOM}",
        f"{MARK}ana@gmail.com{NBSP}",
        "<ana@gmail.com>",
        "Ana Runner <ana@gmail.com>",
        '"Runner, Ana" <ana@gmail.com>,',
        "mailto:ana@gmail.com",
        "MAILTO:ana@gmail.com?subject=Hi",
        "<mailto:ana@gmail.com>",
        "“ana@gmail.com”",
        "(ana@gmail.com)",
        "'ana@gmail.com'",
    ],
)
def test_surrounding_characters_are_stripped(typed):
    assert address_clean(typed) == "ana@gmail.com"


@pytest.mark.parametrize(
    ("typed", "meant"),
    [
        ("ana@gmial.com", "ana@gmail.com"),
        ("ana@gamil.com", "ana@gmail.com"),
        ("ana@gmai.com", "ana@gmail.com"),
        ("ana@gnail.com", "ana@gmail.com"),
        ("ana@gmail.con", "ana@gmail.com"),
        ("ana@gmail.co", "ana@gmail.com"),
        ("ana@gmail.cm", "ana@gmail.com"),
        ("ana@gmail", "ana@gmail.com"),
        ("ana@hotmial", "ana@hotmail.com"),
        ("ana@hotmial.com", "ana@hotmail.com"),
        ("ana@hotmial.es", "ana@hotmail.es"),
        ("ana@yaho.com", "ana@yahoo.com"),
        ("ana@yahooo.com.mx", "ana@yahoo.com.mx"),
        ("ana@outlok.com", "ana@outlook.com"),
        ("ana@iclod.com", "ana@icloud.com"),
        ("ana@comcast.nte", "ana@comcast.net"),
        ("ana@my-club.con", "ana@my-club.com"),
        ("ana@club.com.con", "ana@club.com.com"),
        ("ana@gmail,com", "ana@gmail.com"),
        ("ana@gmail..com", "ana@gmail.com"),
        ("ana@@gmail.com", "ana@gmail.com"),
        ("ana..b@gmail.com", "ana.b@gmail.com"),
        ("ana.@gmail.com", "ana@gmail.com"),
        ("ana @ gmail.com", "ana@gmail.com"),
        ("ana\uff20gmail\uff0ecom", "ana@gmail.com"),
        (f"an{ZERO_WIDTH}a@gm{SOFT}ail.com", "ana@gmail.com"),
        ("josé@gmail.com", "jose@gmail.com"),
        ("anagmail.com", "ana@gmail.com"),
    ],
)
def test_typo_gets_suggestion(typed, meant):
    assert address_suggestion(typed) == meant


@pytest.mark.parametrize(
    "address",
    [
        "ana@mail.com",
        "ana@email.com",
        "ana@ymail.com",
        "ana@yahoo.de",
        "ana@yahoo.co.in",
        "ana@hotmail.cl",
        "ana@live.nl",
        "ana@proton.me",
        "ana@photon.com",
        "ana@line.com",
        "ana@me.com",
        "ana@gmx.net",
        "ana@club.co",
        "ana@gail-running.org",
        "Ana.Runner+guide@Example.ORG",
        "o'hara@example.org",
        "ana@straße.de",
        "not an address",
        "gmail.com",
        "",
    ],
)
def test_plausible_address_gets_no_suggestion(address):
    assert address_suggestion(address) == address


@pytest.mark.parametrize(
    "domain", [f"{name}.{end}" for name, ends in MAIL_SERVICES.items() for end in ends]
)
def test_known_domains_get_no_suggestion(domain):
    assert address_suggestion(f"ana@{domain}") == f"ana@{domain}"


@given(st.text(max_size=80) | st.emails())
def test_suggestion_is_idempotent(typed):
    tidy = address_clean(typed)
    assert address_clean(tidy) == tidy
    guess = address_suggestion(tidy)
    assert address_suggestion(guess) == guess


@given(
    st.from_regex(
        r"[a-z0-9]([a-z0-9.+_-]{0,20}[a-z0-9])?@[a-z]{6,12}\.(org|com|net|de)", fullmatch=True
    )
)
def test_plain_address_is_unchanged(address):
    assert address_clean(address) == address


@given(st.text(max_size=3000))
def test_any_input_is_handled(typed):
    assert len(address_suggestion(address_clean(typed))) <= 20 * 1000
