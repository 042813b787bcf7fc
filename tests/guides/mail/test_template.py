"""Templated emails have the same bytes as Python's own, apart from the order of headers."""

import re
from base64 import b64encode
from email import message_from_bytes, policy
from email.header import Header
from email.mime.image import MIMEImage
from email.mime.multipart import MIMEMultipart
from email.mime.nonmultipart import MIMENonMultipart

import django
import pytest
from django.core.mail import EmailMultiAlternatives
from django.utils.html import escape
from hypothesis import example, given
from hypothesis import strategies as st

from guides.mail.pictures import MailPicture
from guides.mail.template import (
    LINES,
    QUOTED_PRINTABLE,
    MailTemplate,
    TemplatedEmail,
    Text,
    _encoded_header,
    placeholder,
)

WORDS = st.text(st.characters(codec="utf-8", exclude_characters="\0"), max_size=200)
LINKS = st.text("abcXYZ019-_.:/&?=ä ", max_size=120)
HEADERS = {"Auto-Submitted": "auto-generated"}
PICTURES = (
    MailPicture(bytes(range(256)), "png", 320, 150),
    MailPicture(b"\xff\xd8 not really a photo", "jpeg", 56, 56),
)
OWN = {
    "Message-ID": "<1@example.org>",
    "Date": "Thu, 26 Nov 2026 12:00:00 -0000",
    "List-Unsubscribe": f"<https://example.org/{'z' * 70}>, <mailto:b@example.org>",
}


def parts(raw):
    """The sorted headers, and the body with fixed boundaries."""
    head, _, body = re.sub(rb"={15}\d+==", b"MARK", raw).partition(b"\r\n\r\n")
    return sorted(re.split(rb"\r\n(?!\s)", head)), body


def make_template(before, between, after, pictures=()):
    words = (
        "Hello ",
        before,
        placeholder("button_url"),
        between,
        placeholder("other_url"),
        after,
        placeholder("button_url"),
    )
    text = Text("".join(words))
    return MailTemplate(
        "Größe", text, text, '"Ana, PT" <a@example.org>', ("b@example.org",), HEADERS, pictures
    )


def filled(before, between, after, first, second):
    return f"Hello {before}{first}{between}{second}{after}{first}"


def plain(pieces, values, own, pictures=()):
    """The same message as Python's `email` writes it."""
    message = MIMEMultipart("alternative", policy=LINES)
    headers = {
        "Subject": Header("Größe", "utf-8").encode(),
        "From": '"Ana, PT" <a@example.org>',
        "To": "runner@example.org",
        "Reply-To": "b@example.org",
    }
    for name, value in {**headers, **own, **HEADERS}.items():
        message[name] = value
    text, page = (
        MIMENonMultipart("text", kind, policy=LINES, charset="utf-8") for kind in ("plain", "html")
    )
    text.set_payload(filled(*pieces, *values).encode(), QUOTED_PRINTABLE)
    page.set_payload(filled(*pieces, *map(escape, values)).encode(), QUOTED_PRINTABLE)
    message.attach(text)
    if not pictures:
        message.attach(page)
        return message.as_bytes()
    related = MIMEMultipart("related", policy=LINES, type="text/html")
    message.attach(related)
    for part in (page, *map(plain_picture, pictures)):
        related.attach(part)
    return message.as_bytes()


def plain_picture(picture):
    part = MIMENonMultipart("image", picture.subtype, policy=LINES)
    del part["MIME-Version"]
    name = f"{picture.cid[:8]}.{picture.subtype}"
    part["Content-Transfer-Encoding"] = "base64"
    part.add_header("Content-Disposition", "inline", filename=name)
    part["Content-ID"] = f"<{picture.cid}>"
    encoded = b64encode(picture.content).decode()
    part.set_payload("".join(f"{line}\n" for line in re.findall(".{1,76}", encoded)))
    return part


@example(("x" * 75, " \n", "=\r\n.\r\nFrom \t"), "https://example.org/" + "y" * 80, "", PICTURES)
@given(st.tuples(WORDS, WORDS, WORDS), LINKS, LINKS, st.sampled_from([(), PICTURES]))
def test_message_bytes_match_python_email(pieces, first, second, pictures):
    templated = TemplatedEmail(
        make_template(*pieces, pictures),
        {"button_url": first, "other_url": second},
        to=["runner@example.org"],
        headers=OWN,
    )

    assert parts(templated.message().as_bytes(linesep="\r\n")) == parts(
        plain(pieces, [first, second], OWN, pictures)
    )


@pytest.mark.parametrize("pictures", [(), PICTURES], ids=["plain", "with-pictures"])
def test_message_matches_djangos(pictures):
    pieces, links = ("<b>, ", "\nor\n", ".\n"), ["/one/?a=1&b=2", "/two/"]
    templated = TemplatedEmail(
        make_template(*pieces, pictures),
        dict(zip(("button_url", "other_url"), links, strict=True)),
        to=["runner@example.org"],
        headers=OWN,
    )
    message = EmailMultiAlternatives(
        "Größe",
        filled(*pieces, *links),
        '"Ana, PT" <a@example.org>',
        ["runner@example.org"],
        reply_to=["b@example.org"],
        headers={**OWN, **HEADERS},
    )
    message.attach_alternative(filled(*pieces, *map(escape, links)), "text/html")
    for picture in pictures:
        message.attach(djangos_picture(picture))

    assert (templated.subject, templated.body, templated.alternatives, templated.extra_headers) == (
        message.subject, message.body, message.alternatives, message.extra_headers,
    )  # fmt: skip
    assert read(templated) == read(message)


def read(message):
    """Headers and contents as a mail client shows them."""
    parsed = message_from_bytes(message.message().as_bytes(), policy=policy.default)
    names = {"Subject", "From", "To", "Reply-To", *OWN, *HEADERS}
    contents = [parsed.get_body((kind,)).get_content().strip() for kind in ("plain", "html")]
    pictures = {
        part["Content-ID"]: (
            part.get_content_type(),
            part.get_content_disposition(),
            part.get_content(),
        )
        for part in parsed.walk()
        if part.get_content_maintype() == "image"
    }
    return {name: str(parsed[name]).strip() for name in names}, contents, pictures


def djangos_picture(picture):
    """Django 5 attaches parts of Python's older kind, and Django 6 the newer ones alone."""
    if django.VERSION >= (6,):
        return picture.part()
    part = MIMEImage(picture.content, picture.subtype)
    part["Content-ID"] = f"<{picture.cid}>"
    part["Content-Disposition"] = "inline"
    return part


def test_pictures_are_related_to_the_page_after_the_text():
    templated = TemplatedEmail(
        make_template("", "", "", PICTURES),
        {"button_url": "", "other_url": ""},
        to=["a@example.org"],
        headers={},
    )

    message = message_from_bytes(templated.message().as_bytes(), policy=policy.default)

    text, related = message.iter_parts()
    assert (message.get_content_type(), text.get_content_type()) == (
        "multipart/alternative", "text/plain",
    )  # fmt: skip
    assert (related.get_content_type(), related.get_param("type")) == (
        "multipart/related", "text/html",
    )  # fmt: skip
    assert [part.get_content_type() for part in related.iter_parts()] == [
        "text/html", "image/png", "image/jpeg",
    ]  # fmt: skip
    assert [part.get_content() for part in templated.attachments] == [
        picture.content for picture in PICTURES
    ]


def test_line_endings_follow_policy():
    templated = TemplatedEmail(
        make_template("", "", ""),
        {"button_url": "", "other_url": ""},
        to=["a@example.org"],
        headers={},
    )

    smtp = templated.message(policy=policy.SMTP).as_bytes()

    assert smtp.count(b"\n") == smtp.count(b"\r\n") > 10
    assert smtp == templated.message().as_bytes(linesep="\r\n")
    assert b"\r" not in templated.message().as_bytes()


@pytest.mark.parametrize("name", ["Subject", "List-Unsubscribe", "To"])
def test_header_with_line_break_is_rejected(name):
    with pytest.raises(ValueError, match=name):
        _encoded_header(name, "a\r\nBcc: everyone@example.org")


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("From", "Zoë Überhüft <zoe@example.org>"),
        ("From", '"Ana, PT 🏃" <ana@example.org>'),
        ("Reply-To", "跑步 <a@xn--strae-oqa.de>, b@example.org"),
        ("Subject", "Ihr Übungsplan " * 12),
        ("Subject", "Your guide is here, and it says a lot more than fits on a single line of it"),
    ],
)
def test_headers_are_ascii_and_decode_to_original(name, value):
    raw = name.encode() + b": " + _encoded_header(name, value).encode("ascii") + b"\n\n"

    header = message_from_bytes(raw, policy=policy.default)[name]

    assert header.replace('"', "").strip() == value.replace('"', "").strip()


def test_emails_of_one_template_share_only_the_template():
    shared = make_template("Go to ", "\nor to ", "\n")
    first = TemplatedEmail(
        shared, {"button_url": "/one/", "other_url": "/1/"}, to=["a@example.org"], headers={}
    )
    second = TemplatedEmail(
        shared, {"button_url": "/two/", "other_url": "/2/"}, to=["c@example.org"], headers={}
    )

    messages = [email.message().as_bytes() for email in (first, second, first)]

    assert [b"/one/" in raw for raw in messages] == [True, False, True]
    assert [b"To: c@example.org\n" in raw for raw in messages] == [False, True, False]
