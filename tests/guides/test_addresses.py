import pytest

from guides.addresses import address_hmac, address_key, address_mask


@pytest.mark.parametrize(
    "typed", ["Runner@Example.org", " runner@example.org ", "RUNNER@EXAMPLE.ORG"]
)
def test_spellings_of_one_address_share_key_and_hash(typed):
    assert address_key(typed) == "runner@example.org"
    assert address_hmac(typed) == address_hmac("runner@example.org")


def test_the_hash_depends_on_the_secret(settings):
    before = address_hmac("runner@example.org")
    settings.SECRET_KEY = "another"

    assert address_hmac("runner@example.org") != before


def test_the_mask_shows_one_letter_and_the_domain():
    assert address_mask("runner@example.org") == "r•••@example.org"
