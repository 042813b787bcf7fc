"""Links as mail programs, chats and scanners pass them on."""

import pytest
from django.core.signing import Signer

from guides import signed_links
from guides.models import DownloadLink
from guides.runner.broken_links import repaired_path
from guides.selectors import address_suppressed

SALTS = {kind: f"guides.links.{kind}" for kind in signed_links.SIGNERS}
BELOW = {
    "guide": ("", "session/1/", "download/", "secret/"),
    "unsubscribe": ("",),
    "preferences": ("", "data/", "erase/"),
}
STUCK = (
    ")", ").", ".", ",", ";", "!", ">", "]", "}", "'", '"', "*", "**", "”", "\u2019", "»", "…", "_", "-",
    "&gt;", "&amp;", "&amp;source=mail", "=", "=\r\n", "=3E", "\r\n", " ", " and", "\u200b", "\ufeff",
    "/)", "/.", "/>", "/=", "//", "\\",
)  # fmt: skip


def old(kind: str, number: int = 12) -> str:
    return Signer(salt=SALTS[kind], sep=".").sign(str(number))


def new(kind: str, number: int = 12) -> str:
    return signed_links.SIGNERS[kind].sign(str(number))


def broken(token: str) -> tuple[str, ...]:
    """The token with something in it."""
    inside = ("=\r\n", "\r\n", "\n", " ", "=", "+", "\u00ad", "%0D%0A", "\u200b")
    pieces = [(token[:at], token[at:]) for at in (1, 9, len(token) - 1)]
    return (
        *(f"{before}{each}{after}" for before, after in pieces for each in inside),
        token.replace(".", "=2E"),
        token.replace(".", "%2E"),
        f"<{token}>",
        f"%3C{token}%3E",
    )


@pytest.mark.parametrize("kind", BELOW)
def test_token_is_digits_and_lowercase_letters(kind):
    token = new(kind)

    assert len(token) == len("12.") + 32
    assert token == token.lower()
    assert token.replace(".", "").isalnum()


@pytest.mark.parametrize("make", [old, new])
@pytest.mark.parametrize("kind", BELOW)
def test_trailing_characters_are_removed(kind, make):
    token = make(kind)

    led = {sign: repaired_path(f"/{kind}/{token}{sign}") for sign in STUCK}

    assert led == dict.fromkeys(STUCK, f"/{kind}/{token}/")


@pytest.mark.parametrize("make", [old, new])
@pytest.mark.parametrize("kind", BELOW)
def test_characters_inside_the_token_are_removed(kind, make):
    token = make(kind)

    led = {each: repaired_path(f"/{kind}/{each}/") for each in broken(token)}

    assert led == dict.fromkeys(broken(token), f"/{kind}/{token}/")


@pytest.mark.parametrize("make", [old, new])
@pytest.mark.parametrize(
    ("kind", "below"), [(kind, each) for kind in BELOW for each in BELOW[kind]]
)
def test_subpages_are_kept(kind, below, make):
    token = make(kind)
    whole = f"/{kind}/{token}/{below}"

    assert repaired_path(f"{whole})") == whole
    assert repaired_path(f"/{kind}/{token})/{below}") == whole
    assert repaired_path(f"/{kind.upper()}/{token}/{below.upper()}") == whole
    assert repaired_path(f"//{kind}//{token}/{below}") == whole
    assert repaired_path(f"/https://example.org/{kind}/{token}/{below}") == whole


@pytest.mark.parametrize("kind", BELOW)
def test_uppercase_link_is_repaired(kind):
    token = new(kind)

    assert repaired_path(f"/{kind}/{token}/".upper()) == f"/{kind}/{token}/"


@pytest.mark.parametrize("kind", BELOW)
@pytest.mark.parametrize("make", [old, new])
def test_incomplete_token_is_not_repaired(kind, make):
    token = make(kind)
    others = ["", "12", "12.", token[:-1], f"x{token[1:]}", f"1{token}", f"13{token[2:]}"]

    assert {repaired_path(f"/{kind}/{each}/") for each in others} == {None}


@pytest.mark.parametrize("make", [old, new])
def test_token_of_another_kind_is_not_repaired(make):
    assert {
        repaired_path(f"/{kind}/{make(other)})")
        for kind in BELOW
        for other in BELOW
        if kind != other
    } == {None}


@pytest.mark.parametrize("path", ["/", "/guides/", "/admin/guides/guide/1/change/", "/nothing/"])
def test_other_paths_are_left_alone(path):
    assert repaired_path(path) is None


def test_result_link_is_repaired():
    token = "Ab_-" * 10 + "xyz"

    assert repaired_path(f"/result/{token})") == f"/result/{token}/"
    assert repaired_path(f"/RESULT/{token}/on-its-way/.") == f"/result/{token}/on-its-way/"
    assert repaired_path(f"/result/{token}/") is None
    assert repaired_path(f"/result/{token[:-1]}/") is None


@pytest.fixture
def opens(delivery, contact):
    """Addresses in the mail of somebody, by how they begin."""
    link = DownloadLink.objects.get()
    tokens = {
        "guide": signed_links.guide_token(link),
        "unsubscribe": signed_links.unsubscribe_token(contact),
        "preferences": signed_links.preferences_token(contact),
    }
    return {kind: f"/{kind}/{token}/" for kind, token in tokens.items()}


@pytest.mark.parametrize("kind", BELOW)
def test_damaged_link_redirects_to_its_page(client, opens, kind):
    led = client.get(opens[kind].removesuffix("/") + "%3E?paper=letter")

    assert (led.status_code, led["Location"]) == (302, f"{opens[kind]}?paper=letter")
    assert led["Cache-Control"] == "no-store"
    assert led["Referrer-Policy"] == "no-referrer"
    assert client.get(led["Location"]).status_code == 200


@pytest.mark.parametrize("kind", BELOW)
def test_links_of_old_emails_still_work(client, opens, kind):
    number = opens[kind].split("/")[2].partition(".")[0]

    assert client.get(f"/{kind}/{old(kind, number)}/").status_code == 200


@pytest.mark.parametrize("stuck", [")", "%3E", "=", "/.", "%0D%0A"])
def test_one_click_unsubscribe_works_with_a_damaged_link(client, contact, opens, stuck):
    address = opens["unsubscribe"].removesuffix("/") + stuck

    answer = client.post(address, {"List-Unsubscribe": "One-Click"})

    assert answer.status_code == 200
    assert address_suppressed(contact.email)


def test_unknown_session_is_not_found(client, opens):
    assert client.get(f"{opens['guide']}session/99/").status_code == 404


@pytest.mark.parametrize("kind", BELOW)
def test_truncated_link_explains_what_to_do(client, opens, kind):
    page = client.get(opens[kind][:-9] + "/")

    assert page.status_code == 404
    assert "Open the email again" in page.content.decode()
