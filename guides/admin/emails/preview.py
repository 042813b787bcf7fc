"""Previews of an email: phone, dark mode, desktop, and plain text."""

import re
from dataclasses import dataclass
from email.utils import parseaddr
from html import unescape

from django.core.mail import EmailMultiAlternatives
from django.urls import reverse
from django.utils.translation import gettext as _

from assessments.hooks import Preview
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
    def of(cls, mail: EmailMultiAlternatives, guide: Guide) -> "MailPreview":
        """The pictures come from the desk: a browser has no attachments to take them from."""
        page = str(mail.alternatives[0][0])
        html = PICTURE.sub(lambda found: f'src="{picture_address(guide, found[1])}"', page)
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


def picture_address(guide: Guide, cid: str) -> str:
    return reverse("admin:guides_guide_mail-picture", args=[guide.pk, cid])


def _sender(address: str) -> str:
    """The sender as mail programs show it, without header quoting."""
    name, address = parseaddr(address)
    return f"{name} <{address}>" if name else address
