"""Classifies delivery errors: retry, fail, or pause all mail."""

import smtplib
import ssl
from dataclasses import dataclass
from typing import Literal

from guides.mail import esp
from guides.reasons import (
    SENDER_REFUSED,
    SERVER_BUSY,
    SERVER_REFUSED,
    SIGN_IN_REFUSED,
    TLS_REFUSED,
    UNREACHED,
)
from runfit.lib.messages import message


class PausedError(Exception):
    """The mail server refuses us, not a recipient: no mail can be sent until that is fixed."""


@dataclass(frozen=True)
class DeliveryFault:
    """Why a hand-over failed: the kind of fault, and a reason that the PT can read."""

    kind: Literal["transient", "refused", "configuration"]
    reason: str


def classify(error: Exception) -> DeliveryFault:
    """Classifies an exception. Anything not known to be permanent is retried."""
    verdict = esp.verdict(error)
    return DeliveryFault(*verdict) if verdict else _classify_smtp(error)


def _classify_smtp(error: Exception) -> DeliveryFault:
    code = _code(error)
    permanent = 500 <= code < 600
    match error:
        case smtplib.SMTPAuthenticationError() | smtplib.SMTPNotSupportedError():
            return DeliveryFault("configuration", SIGN_IN_REFUSED)
        case ssl.SSLError() if _is_lasting(error):
            return DeliveryFault("configuration", TLS_REFUSED)
        case smtplib.SMTPSenderRefused() if permanent:
            return DeliveryFault("configuration", SENDER_REFUSED)
        case smtplib.SMTPRecipientsRefused() | smtplib.SMTPDataError() if permanent:
            return DeliveryFault("refused", message(SERVER_REFUSED, code=code))
        case smtplib.SMTPResponseException() | smtplib.SMTPRecipientsRefused():
            return DeliveryFault("transient", message(SERVER_BUSY, code=code))
        case _:
            return DeliveryFault("transient", UNREACHED)


def _is_lasting(error: ssl.SSLError) -> bool:
    """Whether it is a bad certificate or a port without TLS. Other TLS errors may be temporary."""
    untrusted = isinstance(error, ssl.SSLCertVerificationError)
    return untrusted or getattr(error, "reason", "") == "WRONG_VERSION_NUMBER"


def _code(error: Exception) -> int:
    """The SMTP reply code of an error, 0 if there is none."""
    match error:
        case smtplib.SMTPRecipientsRefused():
            return int(max(code for code, _ in error.recipients.values()))
        case smtplib.SMTPResponseException():
            return int(error.smtp_code)
        case _:
            return 0
