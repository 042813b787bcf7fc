"""Builds each message from what its delivery refers to. Never sends."""

from email.utils import formataddr

from django.conf import settings
from django.core.mail import EmailMultiAlternatives
from django.template.loader import render_to_string

from assessments.languages import speaking
from assessments.selectors import practice
from guides import links, selectors
from guides.content import EmailText, GuideContent
from guides.models import Contact, Delivery, DownloadLink
from guides.models.delivery import message_id_new

SAMPLE_DAYS = 30


class CannotBuildError(Exception):
    """The delivery refers to something that is gone."""


def build(delivery: Delivery) -> EmailMultiAlternatives:
    """The message of a delivery, the same on each try. Raises CannotBuildError."""
    if delivery.contact is None or delivery.link is None:
        raise CannotBuildError("its contact or its link is gone")
    return guide_email(delivery.contact, delivery.link, message_id=delivery.message_id)


def guide_email(contact: Contact, link: DownloadLink, *, message_id: str) -> EmailMultiAlternatives:
    """The mail that was asked for: a link to the guide, and nothing that a visitor typed."""
    sender = practice()
    days = (link.expires_at - link.created_at).days
    return _message(
        selectors.guide_email_text(link.edition, practice=sender.name, days=days),
        language=selectors.guide_content(link.edition).language,
        to=contact.email,
        guide_url=links.absolute("guides:guide", links.guide_token(link)),
        unsubscribe_url=links.absolute("guides:unsubscribe", links.unsubscribe_token(contact)),
        message_id=message_id,
    )


def guide_email_sample(content: GuideContent, *, to: str) -> EmailMultiAlternatives:
    """The same mail with the words of a draft. Its links lead to the first page."""
    words = content.emails.guide.filled(
        practice=practice().name, guide=content.title, days=SAMPLE_DAYS
    )
    home = f"{settings.SITE_URL}/"
    return _message(
        words,
        language=content.language,
        to=to,
        guide_url=home,
        unsubscribe_url=home,
        message_id=message_id_new(),
    )


def _message(
    text: EmailText,
    *,
    language: str,
    to: str,
    guide_url: str,
    unsubscribe_url: str,
    message_id: str,
) -> EmailMultiAlternatives:
    sender = practice()
    address = sender.sender_address or settings.DEFAULT_FROM_EMAIL
    context = {
        "text": text,
        "practice": sender,
        "guide_url": guide_url,
        "unsubscribe_url": unsubscribe_url,
        "language": language,
    }
    with speaking(language):
        body = render_to_string("emails/guide.txt", context)
        html = render_to_string("emails/guide.html", context)
    message = EmailMultiAlternatives(
        subject=text.subject,
        body=body,
        from_email=formataddr((sender.sender_name or sender.name, address)),
        to=[to],
        reply_to=[sender.reply_to] if sender.reply_to else None,
        headers={
            "Message-ID": message_id,
            "Auto-Submitted": "auto-generated",
            "X-Auto-Response-Suppress": "All",
        },
    )
    message.attach_alternative(html, "text/html")
    return message
