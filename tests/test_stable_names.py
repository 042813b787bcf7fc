"""Names that mailed links and stored data depend on. They must stay the same when code moves.

The values were generated when these tests were written, with the tests' SECRET_KEY. If one changes,
existing links, suppressions or queued messages break: restore the name.
"""

import pytest

from assessments.submissions.signed_links import sheet_is_signed
from guides import signed_links
from guides.consents import wording
from guides.email_addresses import address_hmac
from runfit.celery import app
from runfit.lib.client_ip import network_hash


@pytest.mark.parametrize(
    ("kind", "mailed"),
    [
        ("guide", "17.X9mxJ3MkzUsQpG0ModMU4ek6VLNexn-m4tIct3iUrTM"),
        ("guide", "17.l7m3cj3tetguwefenugkduyu4hutuvft"),
        ("unsubscribe", "17.aIoQNje4NlWf4FfDhva75a0j6wnnm2sV4H_g2QoIWUc"),
        ("unsubscribe", "17.ncfbanrxxa3flh7ak7byn5v34wwsh2yj"),
        ("preferences", "17.xdO9N6S12m3qRYdBMQHZItWRS2Zj2akpaUaKg9NWb98"),
        ("preferences", "17.yxj32n5ewxng32sfq5atcaozelkzcs3g"),
    ],
)
def test_links_that_were_mailed_still_open(kind, mailed):
    others = set(signed_links.SIGNERS) - {kind}

    assert signed_links.is_signed(kind, mailed)
    assert not any(signed_links.is_signed(other, mailed) for other in others)


def test_links_to_sheets_that_were_sent_still_open():
    sent = "17-20261130033318756662.2h4z7qufm6byzd4z6njezcg4cuugqrp4"
    assert sheet_is_signed(sent)


def test_suppressed_addresses_stay_suppressed():
    kept = "4fe35d589cb2ca131eed90cc304dba5435ff5de27d42c2d038dc4e55d6ecfa40"
    assert address_hmac("Runner@Example.org") == kept


def test_a_network_keeps_its_hash():
    assert network_hash("192.0.2.1") == "32f0500bfd8b898abd20daee4a632f09"


def test_the_words_of_an_open_page_still_count():
    carried = "eyJndWlkZSI6IlNlbmQgbWUgdGhlIGd1aWRlIn0:tT-kK6KFYZ72pbe_yMmye3mME5ixZJxpqB6USY19toc"
    read = wording.words_read(carried, shown_now={"guide": "Other words"})
    assert read == {"guide": "Send me the guide"}


def test_queued_messages_find_their_tasks():
    app.loader.import_default_modules()
    ours = {name for name in app.tasks if not name.startswith("celery.")}
    assert {"assessments.counts_keep", "guides.drain"} <= ours
