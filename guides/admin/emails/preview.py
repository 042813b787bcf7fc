"""Previews of an email: phone, dark mode, desktop, and plain text."""

import re
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from email.utils import parseaddr
from html import unescape
from typing import Any

from django.core.mail import EmailMultiAlternatives
from django.http import Http404, HttpResponse
from django.urls import reverse
from django.utils.translation import gettext as _

from assessments.hooks import Preview
from assessments.selectors import practice
from guides.models import Guide

PREVIEW = '<div class="preview"'
PICTURE = re.compile(r'src="cid:([^"]+)"')
DARK = "@media (prefers-color-scheme: dark)"


@dataclass(frozen=True, slots=True)
class MailPreview:
    subject: str
    preview: str
    sender: str
    reply_to: str
    text: str
    previews: tuple[Preview, ...]

    @property
    def looks(self) -> tuple[tuple[str, str], ...]:
        """The page as mail programs show it, by their look."""
        light, dark, _desktop = self.previews
        return ((_("Light"), light.html), (_("Dark"), dark.html))

    @property
    def sender_name(self) -> str:
        """As an inbox shows it."""
        name, address = parseaddr(self.sender)
        return name or address

    @classmethod
    def of(cls, mail: EmailMultiAlternatives, picture: Callable[[str], str]) -> "MailPreview":
        """The pictures come from the desk: a browser has no attachments to take them from.
        `picture` returns the address of one."""
        page = str(mail.alternatives[0][0])
        html = PICTURE.sub(lambda found: f'src="{picture(found[1])}"', page)
        dark = html.replace(DARK, "@media all")
        _tag, _end, after = html.partition(PREVIEW)[2].partition(">")
        return cls(
            subject=str(mail.subject),
            preview=unescape(after.partition("</div>")[0]),
            sender=_sender(mail.from_email),
            reply_to=", ".join(mail.reply_to),
            text=str(mail.body),
            previews=(
                Preview(_("Phone"), "phone", html),
                Preview(_("Phone, dark"), "phone", dark),
                Preview(_("Desktop"), "desktop", html),
            ),
        )


def guide_pictures(guide: Guide) -> Callable[[str], str]:
    if not guide.pk:  # its emails have no picture but the practice's
        return lambda _cid: practice().photo.url
    return lambda cid: reverse("admin:guides_guide_mail-picture", args=[guide.pk, cid])


def picture_response(mails: Iterable[EmailMultiAlternatives], cid: str) -> HttpResponse:
    """A picture that came with one of these emails, for their previews."""
    parts = {str(part["Content-ID"]): part for mail in mails for part in mail.attachments}
    part: Any = parts.get(f"<{cid}>")
    if part is None:
        raise Http404
    return HttpResponse(part.get_content(), content_type=part.get_content_type())


def _sender(address: str) -> str:
    """The sender as mail programs show it, without header quoting."""
    name, address = parseaddr(address)
    return f"{name} <{address}>" if name else address
