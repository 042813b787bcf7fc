"""Mails with the words of a draft: to look at, and to send to oneself."""

import smtplib

from django.core.mail import EmailMultiAlternatives, get_connection

from guides import emails, mailserver, providers
from guides.models import Guide
from guides.services.content import guide_compile


class SampleNotSentError(Exception):
    """The mail server did not take it. Says why, in its words."""


def guide_email_sample(*, guide: Guide, to: str) -> EmailMultiAlternatives:
    """The mail that brings the guide, as publishing would make it now. Raises ContentError."""
    return emails.guide_email_sample(guide_compile(guide=guide), to=to)


def guide_email_sample_send(*, guide: Guide, to: str) -> None:
    """Send it now, past the queue: the answer is what the PT is waiting for.

    Raises ContentError where the draft is unfinished, SampleNotSentError.
    """
    message = guide_email_sample(guide=guide, to=to)
    try:
        with get_connection() as connection:
            providers.hand_over(message, connection)
    except (smtplib.SMTPException, OSError, *providers.FAULTS) as error:
        raise SampleNotSentError(str(error)) from error
    mailserver.resume()
