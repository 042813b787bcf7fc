"""Sample emails of a draft, to preview or to send as a test."""

import smtplib
from collections.abc import Iterable

from django.core.mail import EmailMultiAlternatives, get_connection

from guides.content import GuideContent, NewGuide, parse_content, parse_new_guide
from guides.delivery import circuit_breaker
from guides.mail import esp
from guides.mail import messages as mail_messages
from guides.models import Guide, NewsEmail
from guides.publishing.draft_data import guide_data
from guides.publishing.row_mapping import Written
from guides.publishing.services import guide_compile

DOTS = "…"
UNWRITTEN = {"subject": DOTS, "preview": DOTS, "body": [DOTS], "button": DOTS}
"""The email with the guide, while another one is being written."""


class SampleNotSentError(Exception):
    """The mail server refused the email; the message is the server's."""


def guide_email_samples(*, guide: Guide, to: str) -> dict[str, EmailMultiAlternatives]:
    """Sample emails by kind, as publishing would make them. Raises ContentError."""
    return mail_messages.email_samples(guide_compile(guide=guide), to=to)


def guide_typed_compile(*, guide: Guide, typed: Written) -> GuideContent | NewGuide:
    """The draft with what was `typed` in place of its data; of one that isn't saved yet, just what
    its emails need. Raises ContentError."""
    if guide.pk:
        return parse_content({**guide_data(guide=guide), **typed})
    words = {"title": guide.title or DOTS, "language": guide.language, **typed}
    return parse_new_guide({**words, "emails": {"guide": UNWRITTEN} | typed["emails"]})


def guide_email_samples_send(*, guide: Guide, to: str) -> None:
    """Sends the samples right away, not through the queue, so that the PT sees the outcome.

    Raises ContentError if the draft is incomplete, or SampleNotSentError.
    """
    _send_now(guide_email_samples(guide=guide, to=to).values())


def news_sample_send(*, news: NewsEmail, to: str) -> None:
    """Sends a news email to the PT as a test, right away, and notes that these words were tested.
    Raises SampleNotSentError."""
    _send_now([mail_messages.news_sample(news, to=to)])
    NewsEmail.objects.filter(pk=news.pk, confirmed_at=None).update(tested=news.fingerprint)


def _send_now(messages: Iterable[EmailMultiAlternatives]) -> None:
    try:
        with get_connection() as connection:
            for message in messages:
                esp.hand_over(message, connection)
    except (smtplib.SMTPException, OSError, *esp.FAULTS) as error:
        raise SampleNotSentError(str(error)) from error
    circuit_breaker.resume()
