"""Emails of other parts of the project. Their rows are their own; each drain looks after them, and
they go out over the same connection."""

import smtplib
from collections.abc import Callable

from django.core.mail import EmailMessage

from guides.delivery.dispatch import hand_over
from guides.delivery.faults import DeliveryFault, classify
from guides.mail import esp
from guides.mail.compose import mail_sender
from guides.mail.connection import thread_connection
from guides.mail.file_backend import NOTICE
from guides.models.delivery import message_id_new
from runfit.lib.hooks import call_hook

senders: list[Callable[[], None]] = []
"""Called at the start of each drain. One that fails is logged, and the drain goes on."""


def notices_send() -> None:
    for sender in senders:
        call_hook(sender, None)


def notice_email(*, subject: str, text: str, to: str) -> EmailMessage:
    """A plain email from the practice's own sender."""
    sender = mail_sender()
    return EmailMessage(
        subject=" ".join(subject.split()),
        body=text,
        from_email=sender.from_email,
        to=[to],
        reply_to=[sender.reply_to] if sender.reply_to else [],
        headers={
            "Message-ID": message_id_new(),
            "Auto-Submitted": "auto-generated",
            "X-Auto-Response-Suppress": "All",
            NOTICE: "yes",
        },
    )


def notice_send(message: EmailMessage) -> DeliveryFault | None:
    """Hands it over. Returns what went wrong."""
    connection = thread_connection()
    try:
        hand_over(message, connection)
    except (smtplib.SMTPException, OSError, *esp.FAULTS) as error:
        connection.close()
        return classify(error)
    return None
