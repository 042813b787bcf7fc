"""Email templates rendered and encoded once; only the lines that differ are encoded per recipient.

A guide goes to many recipients in emails that differ by a few links. To a mail backend it's an
ordinary Django message. Its bytes are written here, as Python's `email` would, so that they don't
change with Django. A test compares them with Django's, apart from the order of headers.
"""

import email.charset
import re
import uuid
from collections.abc import Mapping
from dataclasses import dataclass
from email.header import Header
from email.message import Message, MIMEPart
from email.mime.multipart import MIMEMultipart
from email.mime.nonmultipart import MIMENonMultipart
from email.policy import Policy, compat32
from email.utils import formataddr, formatdate, getaddresses
from functools import cached_property
from typing import Any

from django.conf import settings
from django.core.mail import EmailMultiAlternatives
from django.utils.html import escape

from guides.mail.pictures import MailPicture

QUOTED_PRINTABLE = email.charset.Charset("utf-8")
"""Keeps lines short and in ASCII whatever the PT writes, so that no server re-encodes the message
and breaks its DKIM signature."""
QUOTED_PRINTABLE.body_encoding = email.charset.QP

MARK = f"hole{uuid.uuid4().hex}"
"""Random, so that no text contains it."""
PLACEHOLDER = re.compile(rf"{MARK}-(\w+)-")
LINE_WITH_PLACEHOLDER = re.compile(rf"^(.*{MARK}.*\n?)", re.MULTILINE)
LINES = compat32.clone(linesep="\r\n", mangle_from_=False)
ADDRESSES = {"From", "To", "Reply-To"}

Values = Mapping[str, str]


def placeholder(name: str) -> str:
    """The placeholder for a value that differs per recipient."""
    return f"{MARK}-{name}-"


class Text:
    """A text with placeholders. Quoted-printable works line by line, so only lines with a
    placeholder are encoded per recipient."""

    def __init__(self, text: str) -> None:
        self.pieces = PLACEHOLDER.split(text)
        lines = LINE_WITH_PLACEHOLDER.split(text)
        self.constant = [_encoded(piece) for piece in lines[::2]]
        self.differing = [PLACEHOLDER.split(line) for line in lines[1::2]]

    def filled(self, values: Values) -> str:
        return _filled(self.pieces, values)

    def encoded(self, values: Values) -> bytes:
        parts = [self.constant[0]]
        for pieces, after in zip(self.differing, self.constant[1:], strict=True):
            parts += (_encoded(_filled(pieces, values)), after)
        return b"".join(parts)


@dataclass(frozen=True)
class MailTemplate:
    """What many emails have in common. Only `text` and `page` have placeholders. `pictures` are
    those that the page shows."""

    subject: str
    text: Text
    page: Text
    from_email: str
    reply_to: tuple[str, ...]
    headers: Values
    pictures: tuple[MailPicture, ...] = ()

    def fields(self, text: str, own: Values) -> dict[str, Any]:
        """Keyword arguments for Django's EmailMessage."""
        return {
            "subject": self.subject,
            "body": text,
            "from_email": self.from_email,
            "reply_to": self.reply_to,
            "headers": {**own, **self.headers},
        }

    @cached_property
    def frame(self) -> tuple[bytes, bytes, bytes]:
        """The bytes before, between and after the two parts."""
        message = MIMEMultipart("alternative", policy=LINES)
        headers = {"Subject": self.subject, "From": self.from_email, **self.headers}
        if self.reply_to:
            headers["Reply-To"] = ", ".join(self.reply_to)
        for name, value in headers.items():
            message[name] = _encoded_header(name, value)
        message.attach(_text_part("plain", placeholder("text")))
        message.attach(self._page_part())
        before, _, rest = message.as_bytes().partition(placeholder("text").encode())
        between, _, after = rest.partition(placeholder("page").encode())
        return before, between, after

    def _page_part(self) -> Message:
        page = _text_part("html", placeholder("page"))
        if not self.pictures:
            return page
        related = MIMEMultipart("related", policy=LINES, type="text/html")
        for part in (page, *self.attachments):
            related.attach(part)
        return related

    @cached_property
    def attachments(self) -> tuple[MIMEPart, ...]:
        """The pictures, for mail services that put the message together themselves."""
        return tuple(picture.part() for picture in self.pictures)


class TemplatedEmail(EmailMultiAlternatives):
    """One email: `values` replace the placeholders, `headers` are added to the template's."""

    def __init__(
        self, template: MailTemplate, values: Values, *, to: list[str], headers: Values
    ) -> None:
        self.template, self.own_headers = template, headers
        self.in_text, self.in_page = values, {name: escape(value) for name, value in values.items()}
        text, page = template.text.filled(self.in_text), template.page.filled(self.in_page)
        super().__init__(**template.fields(text, headers), to=to)
        self.attach_alternative(page, "text/html")
        self.attachments = list(template.attachments)

    def message(self, *, policy: Policy | None = None) -> "EncodedMessage":  # type: ignore[override]
        """Django 6 passes line endings in the policy; Django 5 passes them to `as_bytes`."""
        before, between, after = self.template.frame
        own = {
            "To": ", ".join(self.to),
            "Date": formatdate(localtime=settings.EMAIL_USE_LOCALTIME),
            **self.own_headers,
        }
        parts = (
            *map(_header, own, own.values()),
            before,
            self.template.text.encoded(self.in_text),
            between,
            self.template.page.encoded(self.in_page),
            after,
        )
        return EncodedMessage(b"".join(parts), policy.linesep if policy else "\n")


class EncodedMessage:
    """An encoded message, with the one method that mail backends call."""

    def __init__(self, raw: bytes, linesep: str) -> None:
        self.raw, self.linesep = raw, linesep

    def as_bytes(self, unixfrom: bool = False, linesep: str = "") -> bytes:
        linesep = linesep or self.linesep
        return self.raw if linesep == "\r\n" else self.raw.replace(b"\r\n", linesep.encode())


def _filled(pieces: list[str], values: Values) -> str:
    """Joins pieces that alternate between text and placeholder names."""
    names = (values[name] for name in pieces[1::2])
    filled = [pieces[0]]
    for value, after in zip(names, pieces[2::2], strict=True):
        filled += (value, after)
    return "".join(filled)


def _text_part(kind: str, text: str) -> MIMENonMultipart:
    part = MIMENonMultipart("text", kind, policy=LINES, charset="utf-8")
    part.set_payload(text, QUOTED_PRINTABLE)
    return part


def _encoded(text: str) -> bytes:
    lines = str(QUOTED_PRINTABLE.body_encode(text.encode())) if text else ""
    return lines.replace("\n", "\r\n").encode()


def _header(name: str, value: str) -> bytes:
    return LINES.fold_binary(name, _encoded_header(name, value))


def _encoded_header(name: str, value: str) -> str:
    """The value in ASCII. Raises ValueError for one that would start another header."""
    if "\n" in value or "\r" in value:
        raise ValueError(f"The header {name} must not have more than one line.")
    if value.isascii():
        return Header(value).encode() if name == "Subject" else value
    if name in ADDRESSES:
        people = getaddresses([value])
        return ", ".join(
            formataddr((Header(person, "utf-8").encode(), address)) for person, address in people
        )
    return Header(value, "utf-8").encode()
