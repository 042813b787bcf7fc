"""A mail as its readers will see it: on a phone, on a desk, in the dark, as plain text."""

import re
from base64 import b64encode
from collections.abc import Iterable
from dataclasses import dataclass
from hashlib import sha256
from typing import Any, TypeVar

from django.core.mail import EmailMultiAlternatives
from django.http import HttpResponse

STYLE = re.compile(r"<style>(.*?)</style>", re.DOTALL)
DARK = "@media (prefers-color-scheme: dark)"
R = TypeVar("R", bound=HttpResponse)


@dataclass(frozen=True, slots=True)
class Look:
    """One way to see a mail. `kind` names its frame."""

    name: str
    kind: str
    html: str


@dataclass(frozen=True, slots=True)
class MailPreview:
    subject: str
    preview: str
    sender: str
    reply_to: str
    text: str
    looks: tuple[Look, ...]

    @classmethod
    def of(cls, mail: EmailMultiAlternatives) -> "MailPreview":
        html = str(mail.alternatives[0][0])
        dark = html.replace(DARK, "@media all")
        hidden = re.search(r'<div class="preview">(.*?)</div>', html, re.DOTALL)
        return cls(
            subject=str(mail.subject),
            preview=hidden[1] if hidden else "",
            sender=mail.from_email,
            reply_to=", ".join(mail.reply_to),
            text=str(mail.body),
            looks=(
                Look("Phone", "phone", html),
                Look("Phone, dark", "phone", dark),
                Look("Desktop", "desktop", html),
            ),
        )


def with_styles(response: R, looks: Iterable[Look]) -> R:
    """Lets the style sheets inside these mails through the policy, by their hashes: a mail must
    carry its own, since mail programs load none."""
    sheets = {sheet for look in looks for sheet in STYLE.findall(look.html)}
    hashes = [f"'sha256-{b64encode(sha256(each.encode()).digest()).decode()}'" for each in sheets]
    policy: Any = response
    policy._csp_update = {"style-src": sorted(hashes)}  # noqa: SLF001 - what its middleware reads
    return response
