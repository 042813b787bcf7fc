"""Builds the email message of a delivery. Never sends it."""

import email.utils
import re
from collections.abc import Iterable
from typing import TYPE_CHECKING, NamedTuple
from urllib.parse import quote

from css_inline import CSSInliner
from django.conf import settings
from django.core.mail import EmailMultiAlternatives
from django.template.loader import render_to_string

from assessments.analytics.utm import MEASURE_AGAIN, with_source
from assessments.selectors import practice
from guides import selectors
from guides.content import EmailContent, GuideContent, SeriesEmail
from guides.content.marks import paragraphs, plain_text
from guides.email_addresses import address_ascii
from guides.mail.pictures import MailPicture, face_picture, move_picture
from guides.mail.plan_card import PlanCard, plan_card, plan_card_for
from guides.mail.template import MailTemplate, TemplatedEmail, Text, placeholder
from guides.models import Contact, Delivery, DownloadLink
from guides.models.delivery import mail_domain, message_id_new
from guides.signed_links import absolute, guide_token, preferences_token, unsubscribe_token
from guides.states import FOLLOW_UP_AFTER, LINK_LIFE, Kind
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


class CannotBuildError(Exception):
    """The delivery refers to something that was deleted."""


def build(delivery: Delivery) -> EmailMultiAlternatives:
    """The message of a delivery, the same on every attempt. Raises CannotBuildError."""
    if delivery.contact is None or delivery.link is None:
        raise CannotBuildError("its contact or its link is gone")
    if delivery.kind == Kind.SERIES:
        return series_email(delivery.contact, delivery.link, delivery)
    build_kind = follow_up_email if delivery.kind == Kind.FOLLOW_UP else guide_email
    return build_kind(delivery.contact, delivery.link, message_id=delivery.message_id)


def guide_email(contact: Contact, link: DownloadLink, *, message_id: str) -> EmailMultiAlternatives:
    """The email with the link to the guide. Contains nothing that a visitor typed."""
    sender = practice()
    days = (link.expires_at - link.created_at).days
    text = selectors.guide_email_text(link.edition, practice=sender.name, days=days)
    return _message(
        text.for_recipient(contact.pk),
        language=selectors.guide_content(link.edition).language,
        to=contact.email,
        card=plan_card_for(link),
        button_url=absolute("guides:guide", guide_token(link)),
        unsubscribe_url=absolute("guides:unsubscribe", unsubscribe_token(contact)),
        preferences_url=absolute("guides:preferences", preferences_token(contact)),
        message_id=message_id,
    )


def follow_up_email(
    contact: Contact, link: DownloadLink, *, message_id: str
) -> EmailMultiAlternatives:
    """The one email that invites the runner to take the check again, as last published by the PT.
    Its link carries the earlier answers, which it doesn't mention. Without a link that works, it
    leads to the self-check alone."""
    guide = link.edition.guide
    edition = selectors.guide_newest_edition(guide)
    text = selectors.follow_up_email_text(edition, practice=practice().name)
    if text is None:
        raise CannotBuildError("the guide no longer has a follow-up email")
    working = selectors.link_that_works(link)
    check = absolute("assessments:check", guide.assessment.slug) + with_source(MEASURE_AGAIN)
    return _message(
        text,
        template="follow_up",
        language=selectors.guide_content(edition).language,
        to=contact.email,
        button_url=absolute("guides:retest", guide_token(working)) if working else check,
        unsubscribe_url=absolute("guides:unsubscribe", unsubscribe_token(contact)),
        preferences_url=absolute("guides:preferences", preferences_token(contact)),
        message_id=message_id,
        mailing_list="follow-up",
    )


def series_email(
    contact: Contact, link: DownloadLink, delivery: Delivery
) -> EmailMultiAlternatives:
    """An email of the series, in the words of the edition that promised it. It links to the guide,
    and doesn't mention the result."""
    working = selectors.link_that_works(link)
    if working is None:
        raise CannotBuildError("its link was turned off")
    content = selectors.guide_content(link.edition)
    email = content.series_for(link.profile)[delivery.number - 1]
    return _message(
        email.filled(practice=practice().name, guide=content.title, days=email.days),
        template="series",
        language=content.language,
        to=contact.email,
        button_url=f"{absolute('guides:guide', guide_token(working))}?email={delivery.number}",
        unsubscribe_url=absolute("guides:stop_series", unsubscribe_token(contact)),
        preferences_url=absolute("guides:preferences", preferences_token(contact)),
        message_id=delivery.message_id,
        mailing_list="series",
    )


def sample_texts(content: GuideContent) -> dict[str, EmailContent]:
    """The texts of a draft's emails by kind, as they'd read now."""
    days = {"guide": LINK_LIFE.days, "follow_up": FOLLOW_UP_AFTER.days}
    return {
        kind: text.filled(
            practice=practice().name,
            guide=content.title,
            days=text.days if isinstance(text, SeriesEmail) else days[kind],
        )
        for kind, text in content.emails.written()
    }


def email_samples(content: GuideContent, *, to: str) -> dict[str, EmailMultiAlternatives]:
    """A draft's emails by kind, with their first subject line, the first result type's plan, and
    links to the home page."""
    cards = {"guide": plan_card(content, content.profiles[0].key) if content.profiles else None}
    home = f"{settings.SITE_URL}/"
    series = {kind for kind, text in content.emails.written() if isinstance(text, SeriesEmail)}
    return {
        kind: _message(
            text.for_recipient(0),
            template="series" if kind in series else kind,
            card=cards.get(kind),
            language=content.language,
            to=to,
            button_url=home,
            unsubscribe_url=home,
            preferences_url=home,
            message_id=message_id_new(),
        )
        for kind, text in sample_texts(content).items()
    }


def _message(
    text: EmailContent,
    *,
    language: str,
    to: str,
    button_url: str,
    unsubscribe_url: str,
    preferences_url: str,
    message_id: str,
    template: str = "guide",
    card: PlanCard | None = None,
    mailing_list: str = "",
) -> EmailMultiAlternatives:
    sender = practice()
    address = address_ascii(sender.sender_address or settings.DEFAULT_FROM_EMAIL)
    reply_to = address_ascii(sender.reply_to)
    common = _Common(
        template,
        language,
        text,
        card,
        _practice_fields(sender),
        face_picture(sender.photo.name or "") if sender.shown else None,
        move_picture(card.picture) if card else None,
        _mailbox(_one_line(sender.sender_name or sender.name), address),
        reply_to,
    )
    return TemplatedEmail(
        _template(common),
        {
            "button_url": button_url,
            "unsubscribe_url": unsubscribe_url,
            "preferences_url": preferences_url,
        },
        to=[to],
        headers={
            "Message-ID": message_id,
            **(
                _one_click(mailing_list, unsubscribe_url, reply_to or address)
                if mailing_list
                else {}
            ),
        },
    )


def _practice_fields(sender: "Practice") -> tuple[tuple[str, str], ...]:
    names = PRACTICE_FIELDS + (PERSONAL_FIELDS if sender.shown else ())
    return tuple((name, getattr(sender, name)) for name in names)


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
