"""Mails with the words of a draft: to look at, and to send to oneself."""

import smtplib

from django.core.mail import EmailMultiAlternatives, get_connection

from guides.delivery import circuit_breaker
from guides.mail import esp
from guides.mail import messages as mail_messages
from guides.models import Guide
from guides.publishing.services import guide_compile


class SampleNotSentError(Exception):
    """The mail server did not take it. Says why, in its words."""


def guide_email_samples(*, guide: Guide, to: str) -> dict[str, EmailMultiAlternatives]:
    """Each mail that has words, by its kind, as publishing would make it. Raises ContentError."""
    return mail_messages.email_samples(guide_compile(guide=guide), to=to)


def guide_email_samples_send(*, guide: Guide, to: str) -> None:
    """Send them now, past the queue: the answer is what the PT is waiting for.

    Raises ContentError where the draft is unfinished, SampleNotSentError.
    """
    messages = list(guide_email_samples(guide=guide, to=to).values())
    try:
        with get_connection() as connection:
            for message in messages:
                esp.hand_over(message, connection)
    except (smtplib.SMTPException, OSError, *esp.FAULTS) as error:
        raise SampleNotSentError(str(error)) from error
    circuit_breaker.resume()
