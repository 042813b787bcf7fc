"""A mail backend that raises set errors, and otherwise stores mail in memory."""

from collections.abc import Sequence

from django.core.mail import EmailMessage
from django.core.mail.backends.base import BaseEmailBackend

faults: list[Exception] = []
taken: list[EmailMessage] = []


class FaultyBackend(BaseEmailBackend):
    def send_messages(self, email_messages: Sequence[EmailMessage]) -> int:
        if faults:
            raise faults.pop(0)
        taken.extend(email_messages)
        return len(email_messages)
