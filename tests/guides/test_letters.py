"""A letter is byte for byte what Django would write, but for the order of its headers."""

import re
from email import message_from_bytes, policy

from django.core.mail import EmailMultiAlternatives
from django.utils.html import escape
from hypothesis import example, given
from hypothesis import strategies as st

from guides.letters import QUOTED_PRINTABLE, Letter, Mould, Text, hole

WORDS = st.text(st.characters(codec="utf-8", exclude_characters="\0"), max_size=200)
LINKS = st.text("abcXYZ019-_.:/&?=ä ", max_size=120)
HEADERS = {"Auto-Submitted": "auto-generated"}


def parts(raw):
    """The headers, sorted, and all below them, with the mark between the parts taken out."""
    boundary = message_from_bytes(raw, policy=policy.default).get_boundary()
    head, _, body = raw.replace(boundary.encode(), b"MARK").partition(b"\r\n\r\n")
    return sorted(re.split(rb"\r\n(?!\s)", head)), body


def mould(before, between, after):
    words = (
        "Hello ",
        before,
        hole("button_url"),
        between,
        hole("other_url"),
        after,
        hole("button_url"),
    )
    text = Text("".join(words))
    return Mould("Größe", text, text, '"Ana, PT" <a@example.org>', ("b@example.org",), HEADERS)


def plain(before, between, after, values, own):
    """The same without a mould."""

    def filled(first, second):
        return f"Hello {before}{first}{between}{second}{after}{first}"

    message = EmailMultiAlternatives(
        "Größe",
        filled(*values.values()),
        '"Ana, PT" <a@example.org>',
        ["runner@example.org"],
        reply_to=["b@example.org"],
        headers={**own, **HEADERS},
    )
    message.encoding = QUOTED_PRINTABLE
    message.attach_alternative(filled(*map(escape, values.values())), "text/html")
    return message


@example("x" * 75, " \n", "=\r\n.\r\nFrom \t", "https://example.org/" + "y" * 80, "")
@given(WORDS, WORDS, WORDS, LINKS, LINKS)
def test_a_letter_has_the_bytes_of_a_message_of_djangos(before, between, after, first, second):
    values = {"button_url": first, "other_url": second}
    own = {
        "Message-ID": "<1@example.org>",
        "Date": "Thu, 26 Nov 2026 12:00:00 -0000",
        "List-Unsubscribe": f"<https://example.org/{'z' * 70}>, <mailto:b@example.org>",
    }
    letter = Letter(mould(before, between, after), values, to=["runner@example.org"], headers=own)
    message = plain(before, between, after, values, own)

    assert (letter.subject, letter.body, letter.alternatives) == (
        message.subject, message.body, message.alternatives,
    )  # fmt: skip
    assert letter.extra_headers == message.extra_headers
    assert parts(letter.message().as_bytes(linesep="\r\n")) == parts(
        message.message().as_bytes(linesep="\r\n")
    )


def test_letters_of_one_mould_share_nothing_but_the_mould():
    shared = mould("Go to ", "\nor to ", "\n")
    first = Letter(
        shared, {"button_url": "/one/", "other_url": "/1/"}, to=["a@example.org"], headers={}
    )
    second = Letter(
        shared, {"button_url": "/two/", "other_url": "/2/"}, to=["c@example.org"], headers={}
    )

    written = [each.message().as_bytes() for each in (first, second, first)]

    assert [b"/one/" in raw for raw in written] == [True, False, True]
    assert [b"To: c@example.org\n" in raw for raw in written] == [False, True, False]
