import pytest

from guides.email_addresses import (
    address_hmac,
    address_inbox,
    address_key,
    address_mask,
    address_to_mail,
    inbox_hmac,
)


@pytest.mark.parametrize(
    "typed", ["Runner@Example.org", " runner@example.org ", "RUNNER@EXAMPLE.ORG"]
)
def test_spellings_of_an_address_share_key_and_hash(typed):
    assert address_key(typed) == "runner@example.org"
    assert address_hmac(typed) == address_hmac("runner@example.org")


def test_the_hash_depends_on_the_secret(settings):
    before = address_hmac("runner@example.org")
    settings.SECRET_KEY = "another"

    assert address_hmac("runner@example.org") != before


def test_the_mask_shows_one_letter_and_the_domain():
    assert address_mask("runner@example.org") == "r•••@example.org"


@pytest.mark.parametrize(
    ("typed", "mailed"),
    [
        ("Runner@Example.org", "Runner@example.org"),
        ("u@straße.de", "u@xn--strae-oqa.de"),
        ("u@BÜCHER.example", "u@xn--bcher-kva.example"),
    ],
)
def test_domains_are_idna_encoded(typed, mailed):
    assert address_to_mail(typed) == mailed


@pytest.mark.parametrize("typed", ["\u017fam@example.org", "sam@exa mple.org", "sam@-.org", "sam@"])
def test_undeliverable_address_is_rejected(typed):
    with pytest.raises(ValueError):  # noqa: PT011 - every message is its own
        address_to_mail(typed)


@pytest.mark.parametrize(
    ("email", "inbox"),
    [
        ("Runner+hips@Example.org", "runner@example.org"),
        ("runner+@example.org", "runner@example.org"),
        ("r.unner@example.org", "r.unner@example.org"),
        ("R.u.n.ner+x+y@GoogleMail.com", "runner@gmail.com"),
        ("runner@gmail.com.", "runner@gmail.com"),
        ("läufer@straße.de", "läufer@straße.de"),
        ("runner@straße.de", "runner@xn--strae-oqa.de"),
        ("runner@xn--strae-oqa.de", "runner@xn--strae-oqa.de"),
        ("+tag@example.org", "+tag@example.org"),
        ("...@gmail.com", "...@gmail.com"),
    ],
)
def test_inbox_of_an_address(email, inbox):
    assert address_inbox(email) == inbox


def test_hash_of_a_plain_address_is_that_of_its_inbox():
    """So suppressions from before there were inboxes hold for all spellings."""
    assert inbox_hmac("runner+x@example.org") == address_hmac("runner@example.org")
