"""Puts a message together: its texts in their template, the practice, pictures, and headers."""

import email.utils
import re
from collections.abc import Iterable
from typing import TYPE_CHECKING, NamedTuple
from urllib.parse import quote

from css_inline import CSSInliner
from django.conf import settings
from django.core.mail import EmailMultiAlternatives
from django.template.loader import render_to_string

from assessments.selectors import practice
from guides.content import EmailContent
from guides.content.marks import paragraphs, plain_text
from guides.email_addresses import address_ascii
from guides.mail.pictures import MailPicture, face_picture, move_picture
from guides.mail.plan_card import PlanCard
from guides.mail.template import MailTemplate, TemplatedEmail, Text, placeholder
from guides.models.delivery import mail_domain
from runfit.lib.caching import lru_cached
from runfit.lib.translation import use_language

if TYPE_CHECKING:
    from assessments.models import Practice

CONTROL = re.compile(r"[\x00-\x1f\x7f-\x9f\u2028\u2029]")

PRACTICE_FIELDS = ("name", "sign_off", "postal_address", "accent_colour")
"""Practice fields shown in emails."""
PERSONAL_FIELDS = ("credentials", "photo_alt")
"""Shown only if the PT agreed."""
OPENING = 2
"""Paragraphs before the plan and the link. The others come after, so nobody scrolls to find it."""

INLINER = CSSInliner(keep_at_rules=True, load_remote_stylesheets=False, minify_css=True)
"""Moves the style sheet into `style` attributes, since some programs drop it, such as Gmail's app
with another provider's address. Media queries stay in it."""


class Paragraph(NamedTuple):
    """A paragraph or a list of the PT's: with its marks for the page, and without for the text."""

    marked: str
    plain: str

    @classmethod
    def all(cls, lines: Iterable[str]) -> "list[Paragraph]":
        return [cls(text, plain_text(text)) for text in paragraphs(lines)]


class Recipient(NamedTuple):
    """An address, and its pages to stop these emails and to change what it gets."""

    address: str
    unsubscribe_url: str
    preferences_url: str


def compose(
    text: EmailContent,
    *,
    language: str,
    to: Recipient,
    button_url: str,
    message_id: str,
    template: str = "guide",
    card: PlanCard | None = None,
    mailing_list: str = "",
) -> EmailMultiAlternatives:
    """`template` names a pair of files in `templates/emails`. With a `mailing_list`, mail programs
    offer to unsubscribe with one click."""
    sender, mailbox = practice(), mail_sender()
    common = _Common(
        template,
        language,
        text,
        card,
        _practice_fields(sender),
        face_picture(sender.photo.name or "") if sender.shown else None,
        move_picture(card.picture) if card else None,
        mailbox.from_email,
        mailbox.reply_to,
    )
    return TemplatedEmail(
        _template(common),
        {
            "button_url": button_url,
            "unsubscribe_url": to.unsubscribe_url,
            "preferences_url": to.preferences_url,
        },
        to=[to.address],
        headers={
            "Message-ID": message_id,
            **(
                _one_click(mailing_list, to.unsubscribe_url, mailbox.reply_to or mailbox.address)
                if mailing_list
                else {}
            ),
        },
    )


class MailSender(NamedTuple):
    """Whom emails come from, and where replies go (may be blank)."""

    address: str
    from_email: str
    reply_to: str


def mail_sender() -> MailSender:
    sender = practice()
    address = address_ascii(sender.sender_address or settings.DEFAULT_FROM_EMAIL)
    name = _one_line(sender.sender_name or sender.name)
    return MailSender(address, _mailbox(name, address), address_ascii(sender.reply_to))


def _practice_fields(sender: "Practice") -> tuple[tuple[str, str], ...]:
    names = PRACTICE_FIELDS + (PERSONAL_FIELDS if sender.shown else ())
    values = {name: getattr(sender, name) for name in names}
    named = [values[name] for name in ("credentials", "name") if values.get(name)]
    return tuple((values | {"sign_off": sender.sign_off_above(*named)}).items())


class _Common(NamedTuple):
    """Everything in an email that doesn't depend on its recipient."""

    template: str
    language: str
    text: EmailContent
    card: PlanCard | None
    practice: tuple[tuple[str, str], ...]
    face: MailPicture | None
    move: MailPicture | None
    from_email: str
    reply_to: str


@lru_cached(maxsize=64)
def _template(common: _Common) -> MailTemplate:
    body = Paragraph.all(common.text.body)
    context = {
        "text": common.text,
        "opening": body[:OPENING],
        "closing": body[OPENING:],
        "card": common.card,
        "face": common.face,
        "move": common.move,
        "practice": dict(common.practice),
        "language": common.language,
        **{
            name: placeholder(name) for name in ("button_url", "unsubscribe_url", "preferences_url")
        },
    }
    with use_language(common.language):
        return MailTemplate(
            subject=_one_line(common.text.subject),
            text=Text(render_to_string(f"emails/{common.template}.txt", context)),
            page=Text(INLINER.inline(render_to_string(f"emails/{common.template}.html", context))),
            pictures=tuple(picture for picture in (common.face, common.move) if picture),
            from_email=common.from_email,
            reply_to=(common.reply_to,) if common.reply_to else (),
            headers={"Auto-Submitted": "auto-generated", "X-Auto-Response-Suppress": "All"},
        )


def _one_click(mailing_list: str, unsubscribe_url: str, mailbox: str) -> dict[str, str]:
    """Headers for one-click unsubscribe (RFC 8058), which requires https."""
    addresses = f"<{unsubscribe_url}>, <mailto:{quote(mailbox, safe='@')}?subject=unsubscribe>"
    post = {"List-Unsubscribe-Post": "List-Unsubscribe=One-Click"}
    return {
        "List-Id": f"<{mailing_list}.{mail_domain()}>",
        "List-Unsubscribe": addresses,
        **(post if unsubscribe_url.startswith("https://") else {}),
    }


def _one_line(text: str) -> str:
    """The text on one line, so that it can't start another header."""
    return " ".join(CONTROL.sub(" ", text).split())


def _mailbox(name: str, address: str) -> str:
    """The quoted name and the address. Django encodes the name."""
    return f'"{email.utils.quote(name)}" <{address}>' if name else address
