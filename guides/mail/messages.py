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
from guides.content import EmailContent, GuideContent, NewGuide, SeriesEmail
from guides.content.marks import paragraphs, plain_text
from guides.email_addresses import address_ascii
from guides.mail.pictures import MailPicture, face_picture, move_picture
from guides.mail.plan_card import PlanCard, plan_card, plan_card_for
from guides.mail.recall_text import recall_text
from guides.mail.template import MailTemplate, TemplatedEmail, Text, placeholder
from guides.models import Contact, Delivery, DownloadLink, NewsEmail
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


class Recipient(NamedTuple):
    """An address, and its pages to stop these emails and to change what it gets."""

    address: str
    unsubscribe_url: str
    preferences_url: str


class CannotBuildError(Exception):
    """The delivery refers to something that was deleted."""


def build(delivery: Delivery) -> EmailMultiAlternatives:
    """The message of a delivery, the same on every attempt. Raises CannotBuildError."""
    if delivery.contact is not None and delivery.news is not None:
        return news_email(delivery.contact, delivery.news, message_id=delivery.message_id)
    if delivery.contact is None or delivery.link is None:
        raise CannotBuildError("its contact or its link is gone")
    if delivery.kind == Kind.RECALL:
        return recall_email(delivery.contact, delivery.link, delivery)
    if delivery.kind == Kind.SERIES:
        return series_email(delivery.contact, delivery.link, delivery)
    if delivery.kind == Kind.CHECK_IN:
        return check_in_email(delivery.contact, delivery.link, delivery)
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
        to=_recipient(contact),
        card=plan_card_for(link),
        button_url=absolute("guides:guide", guide_token(link)),
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
        to=_recipient(contact),
        button_url=absolute("guides:retest", guide_token(working)) if working else check,
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
        to=_recipient(contact, stop="guides:stop_series"),
        button_url=f"{absolute('guides:guide', guide_token(working))}?email={delivery.number}",
        message_id=delivery.message_id,
        mailing_list="series",
    )


def check_in_email(
    contact: Contact, link: DownloadLink, delivery: Delivery
) -> EmailMultiAlternatives:
    """Asks for the weekly check-in, as last published. It says nothing of the training."""
    edition = selectors.guide_newest_edition(link.edition.guide)
    text = selectors.check_in_email_text(edition, practice=practice().name)
    working = selectors.link_that_works(link)
    if text is None or working is None:
        raise CannotBuildError("its link was turned off, or the guide no longer has it")
    page = absolute("guides:guide", guide_token(working))
    return _message(
        text,
        template="check_in",
        language=selectors.guide_content(edition).language,
        to=_recipient(contact, stop="guides:stop_check_ins"),
        button_url=f"{page}?check_in={delivery.number}#check-in",
        message_id=delivery.message_id,
        mailing_list="check-in",
    )


def news_email(contact: Contact, news: NewsEmail, *, message_id: str) -> EmailMultiAlternatives:
    """The one email that a yes to news allows. Its button leads wherever the PT wants."""
    return _message(
        _news_text(news),
        template="news",
        language=news.language,
        to=_recipient(contact),
        button_url=news.link,
        message_id=message_id,
        mailing_list="news",
    )


def news_sample(news: NewsEmail, *, to: str) -> EmailMultiAlternatives:
    """The email as readers get it, saved or not, with links to the home page."""
    home = f"{settings.SITE_URL}/"
    return _message(
        _news_text(news),
        template="news",
        language=news.language,
        to=Recipient(to, home, home),
        button_url=news.link or home,
        message_id=message_id_new(),
    )


def _news_text(news: NewsEmail) -> EmailContent:
    text = EmailContent(
        subject=news.subject,
        preview=news.preview,
        body=tuple(line.strip() for line in news.body.split("\n") if line.strip()),
        button=news.button,
    )
    return text.filled(practice=practice().name, guide="", days=0)


def recall_email(
    contact: Contact, link: DownloadLink, delivery: Delivery
) -> EmailMultiAlternatives:
    """The email about a version that was wrong. It leads to the runner's own page, and doesn't
    mention the result."""
    if delivery.recall is None:
        raise CannotBuildError("what it's about is gone")
    language = selectors.guide_content(link.edition).language
    page = "guides:guide" if delivery.recall.guide_edition_id else "guides:recalled"
    return _message(
        recall_text(delivery.recall, language),
        template="recall",
        language=language,
        to=_recipient(contact),
        button_url=absolute(page, guide_token(link)),
        message_id=delivery.message_id,
    )


def sample_texts(content: GuideContent | NewGuide) -> dict[str, EmailContent]:
    """The texts of a draft's emails by kind, as they'd read now."""
    days = {
        "guide": LINK_LIFE.days,
        "follow_up": FOLLOW_UP_AFTER.days,
        "check_in": selectors.CHECK_IN_DAYS,
    }
    return {
        kind: text.filled(
            practice=practice().name,
            guide=content.title,
            days=text.days if isinstance(text, SeriesEmail) else days[kind],
        )
        for kind, text in content.emails.written()
    }


def email_samples(
    content: GuideContent | NewGuide, *, to: str
) -> dict[str, EmailMultiAlternatives]:
    """A draft's emails by kind, with their first subject line, the first result type's plan, and
    links to the home page."""
    cards = {"guide": _first_card(content) if isinstance(content, GuideContent) else None}
    home = f"{settings.SITE_URL}/"
    series = {kind for kind, text in content.emails.written() if isinstance(text, SeriesEmail)}
    return {
        kind: _message(
            text.for_recipient(0),
            template="series" if kind in series else kind,
            card=cards.get(kind),
            language=content.language,
            to=Recipient(to, home, home),
            button_url=home,
            message_id=message_id_new(),
        )
        for kind, text in sample_texts(content).items()
    }


def _first_card(content: GuideContent) -> PlanCard | None:
    return plan_card(content, content.profiles[0].key) if content.profiles else None


def _recipient(contact: Contact, *, stop: str = "guides:unsubscribe") -> Recipient:
    """`stop` is the page that stops these emails: all of them, or those of one kind."""
    return Recipient(
        contact.email,
        absolute(stop, unsubscribe_token(contact)),
        absolute("guides:preferences", preferences_token(contact)),
    )


def _message(
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
