"""Sample emails of a draft, to preview or to send as a test."""

import smtplib

from django.core.mail import EmailMultiAlternatives, get_connection

from guides.content import GuideContent, parse_content
from guides.delivery import circuit_breaker
from guides.mail import esp
from guides.mail import messages as mail_messages
from guides.models import Guide
from guides.publishing.row_mapping import Written
from guides.publishing.services import guide_compile, guide_data


class SampleNotSentError(Exception):
    """The mail server refused the email; the message is the server's."""


def guide_email_samples(*, guide: Guide, to: str) -> dict[str, EmailMultiAlternatives]:
    """Sample emails by kind, as publishing would make them. Raises ContentError."""
    return mail_messages.email_samples(guide_compile(guide=guide), to=to)


def guide_typed_compile(*, guide: Guide, typed: Written) -> GuideContent:
    """The draft with what was `typed` in place of its data. Raises ContentError."""
    return parse_content({**guide_data(guide=guide), **typed})


def guide_email_samples_send(*, guide: Guide, to: str) -> None:
    """Sends the samples right away, not through the queue, so that the PT sees the outcome.

    Raises ContentError if the draft is incomplete, or SampleNotSentError.
    """
    messages = list(guide_email_samples(guide=guide, to=to).values())
    try:
        with get_connection() as connection:
            for message in messages:
                esp.hand_over(message, connection)
    except (smtplib.SMTPException, OSError, *esp.FAULTS) as error:
        raise SampleNotSentError(str(error)) from error
    circuit_breaker.resume()
