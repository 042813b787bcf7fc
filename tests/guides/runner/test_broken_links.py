"""Links that mail programs, chats, or scanners damaged."""

import pytest
from django.core.signing import Signer

from guides import signed_links
from guides.models import DownloadLink
from guides.runner.broken_links import repaired_path
from guides.selectors import address_suppressed

SALTS = {kind: f"guides.links.{kind}" for kind in signed_links.SIGNERS}
SUBPAGES = {
    "guide": ("", "session/1/", "download/", "secret/", "retest/"),
    "unsubscribe": ("",),
    "preferences": ("", "data/", "erase/"),
}
TRAILING = (
    ")", ").", ".", ",", ";", "!", ">", "]", "}", "'", '"', "*", "**", "”", "\u2019", "»", "…", "_", "-",
    "&gt;", "&amp;", "&amp;source=mail", "=", "=\r\n", "=3E", "\r\n", " ", " and", "\u200b", "\ufeff",
    "/)", "/.", "/>", "/=", "//", "\\",
)  # fmt: skip


def old_token(kind: str, number: int = 12) -> str:
    return Signer(salt=SALTS[kind], sep=".").sign(str(number))


def new_token(kind: str, number: int = 12) -> str:
    return signed_links.SIGNERS[kind].sign(str(number))


def damaged_tokens(token: str) -> tuple[str, ...]:
    """Damaged forms of the token."""
    inside = ("=\r\n", "\r\n", "\n", " ", "=", "+", "\u00ad", "%0D%0A", "\u200b")
    pieces = [(token[:at], token[at:]) for at in (1, 9, len(token) - 1)]
    return (
        *(f"{before}{extra}{after}" for before, after in pieces for extra in inside),
        token.replace(".", "=2E"),
        token.replace(".", "%2E"),
        f"<{token}>",
        f"%3C{token}%3E",
    )


@pytest.mark.parametrize("kind", SUBPAGES)
def test_token_is_digits_and_lowercase_letters(kind):
    token = new_token(kind)

    assert len(token) == len("12.") + 32
    assert token == token.lower()
    assert token.replace(".", "").isalnum()


@pytest.mark.parametrize("make", [old_token, new_token])
@pytest.mark.parametrize("kind", SUBPAGES)
def test_trailing_characters_are_removed(kind, make):
    token = make(kind)

    repaired = {char: repaired_path(f"/{kind}/{token}{char}") for char in TRAILING}

    assert repaired == dict.fromkeys(TRAILING, f"/{kind}/{token}/")


@pytest.mark.parametrize("make", [old_token, new_token])
@pytest.mark.parametrize("kind", SUBPAGES)
def test_characters_inside_the_token_are_removed(kind, make):
    token = make(kind)

    repaired = {damaged: repaired_path(f"/{kind}/{damaged}/") for damaged in damaged_tokens(token)}

    assert repaired == dict.fromkeys(damaged_tokens(token), f"/{kind}/{token}/")


@pytest.mark.parametrize("make", [old_token, new_token])
@pytest.mark.parametrize(
    ("kind", "subpage"), [(kind, subpage) for kind in SUBPAGES for subpage in SUBPAGES[kind]]
)
def test_subpage_of_damaged_link_is_preserved(kind, subpage, make):
    token = make(kind)
    whole = f"/{kind}/{token}/{subpage}"

    assert repaired_path(f"{whole})") == whole
    assert repaired_path(f"/{kind}/{token})/{subpage}") == whole
    assert repaired_path(f"/{kind.upper()}/{token}/{subpage.upper()}") == whole
    assert repaired_path(f"//{kind}//{token}/{subpage}") == whole
    assert repaired_path(f"/https://example.org/{kind}/{token}/{subpage}") == whole


@pytest.mark.parametrize("kind", SUBPAGES)
def test_uppercase_link_is_repaired(kind):
    token = new_token(kind)

    assert repaired_path(f"/{kind}/{token}/".upper()) == f"/{kind}/{token}/"


@pytest.mark.parametrize("kind", SUBPAGES)
@pytest.mark.parametrize("make", [old_token, new_token])
def test_incomplete_token_is_not_repaired(kind, make):
    token = make(kind)
    others = ["", "12", "12.", token[:-1], f"x{token[1:]}", f"1{token}", f"13{token[2:]}"]

    assert {repaired_path(f"/{kind}/{other}/") for other in others} == {None}


@pytest.mark.parametrize("make", [old_token, new_token])
def test_token_of_another_kind_is_not_repaired(make):
    assert {
        repaired_path(f"/{kind}/{make(other)})")
        for kind in SUBPAGES
        for other in SUBPAGES
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
def links(delivery, contact):
    """The links in a runner's email, by kind."""
    link = DownloadLink.objects.get()
    tokens = {
        "guide": signed_links.guide_token(link),
        "unsubscribe": signed_links.unsubscribe_token(contact),
        "preferences": signed_links.preferences_token(contact),
    }
    return {kind: f"/{kind}/{token}/" for kind, token in tokens.items()}


@pytest.mark.parametrize("kind", SUBPAGES)
def test_damaged_link_redirects_to_its_page(client, links, kind):
    response = client.get(links[kind].removesuffix("/") + "%3E?paper=letter")

    assert (response.status_code, response["Location"]) == (302, f"{links[kind]}?paper=letter")
    assert response["Cache-Control"] == "no-store"
    assert response["Referrer-Policy"] == "no-referrer"
    assert client.get(response["Location"]).status_code == 200


@pytest.mark.parametrize("kind", SUBPAGES)
def test_links_of_old_emails_still_work(client, links, kind):
    number = links[kind].split("/")[2].partition(".")[0]

    assert client.get(f"/{kind}/{old_token(kind, number)}/").status_code == 200


@pytest.mark.parametrize("trailing", [")", "%3E", "=", "/.", "%0D%0A"])
def test_one_click_unsubscribe_works_with_a_damaged_link(client, contact, links, trailing):
    address = links["unsubscribe"].removesuffix("/") + trailing

    answer = client.post(address, {"List-Unsubscribe": "One-Click"})

    assert answer.status_code == 200
    assert address_suppressed(contact.email)


def test_unknown_session_leads_to_the_guide(client, links):
    assert client.get(f"{links['guide']}session/99/").url == links["guide"]


@pytest.mark.parametrize("kind", SUBPAGES)
def test_truncated_link_explains_what_to_do(client, links, kind):
    page = client.get(links[kind][:-9] + "/")

    assert page.status_code == 404
    assert "Open the email again" in page.content.decode()
