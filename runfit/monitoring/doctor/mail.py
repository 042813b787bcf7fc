"""Emails that wait, and the mail server: a real connection, with TLS and sign-in, but no email."""

import smtplib
from collections.abc import Iterator
from contextlib import suppress
from typing import Any

import requests
from django.conf import settings
from django.core.mail import get_connection
from django.utils.timesince import timesince
from django.utils.translation import gettext as _

from guides.checks.hosts import is_loopback
from guides.delivery.faults import classify
from guides.selectors import mail_status
from runfit.monitoring.doctor.findings import Finding, good, note

TIMEOUT = 5.0
"""Seconds for each step of the handshake; the doctor's deadline ends all of them."""


def waiting_findings() -> Iterator[Finding]:
    part, status = _("Waiting emails"), mail_status()
    if status.held_since:
        text = _("All are held since a restore, {time} ago.").format(
            time=timesince(status.held_since)
        )
        yield Finding(part, text, _("Look at the site, then run: manage.py mail_release"))
    elif status.paused_since:
        yield Finding(part, _(status.reason), _("Fix that. They go out by themselves."))
    elif status.late:
        minutes = int(status.oldest_due.total_seconds() // 60)
        text = _("One has been due for {minutes} minutes.").format(minutes=minutes)
        yield Finding(part, text, _("Fix what else is told here: worker, or mail server."))
    else:
        yield good(part, _("None is late."))


def mail_findings() -> Iterator[Finding]:
    if settings.EMAIL_KEPT_LOCALLY:
        text = _("Email is only kept on this server.")
        yield note(_("Mail server"), text, _("To send it, set EMAIL_URL."))
    elif settings.MAIL_SERVICE:
        yield _service_finding()
    else:
        yield from _server_findings()


def _server_findings() -> Iterator[Finding]:
    part, where = _("Mail server"), f"{settings.EMAIL_HOST}:{settings.EMAIL_PORT}"
    backend = get_connection(timeout=TIMEOUT)
    try:
        backend.open()
        yield good(part, f"{where}: {_how(backend)}")
    except (smtplib.SMTPException, OSError) as error:
        text = f"{where}: {_(classify(error).reason)} ({_said(error)})"
        yield Finding(part, text, _("Correct EMAIL_URL, or start the mail server."))
        return
    finally:
        with suppress(smtplib.SMTPException, OSError):
            backend.close()
    if not (settings.EMAIL_USE_TLS or settings.EMAIL_USE_SSL or is_loopback(settings.EMAIL_HOST)):
        text = _("Emails go to it unencrypted.")
        yield note(part, text, _("Use smtp+tls:// or smtps:// in EMAIL_URL, if it can."))


def _said(error: Exception) -> str:
    """What the server answered, in one short line."""
    return " ".join(str(error).split())[:200] or type(error).__name__


def _how(backend: Any) -> str:
    if settings.EMAIL_USE_TLS or settings.EMAIL_USE_SSL:
        version = backend.connection.sock.version()
        signed_in = _("{tls}, and it took our sign-in.").format(tls=version)
        return signed_in if settings.EMAIL_HOST_USER else _("{tls}.").format(tls=version)
    return _("It took our sign-in.") if settings.EMAIL_HOST_USER else _("It answers.")


def _service_finding() -> Finding:
    """Whether its address can be reached. Only an email shows whether it takes our key."""
    part, url = _("Mail service"), str(getattr(get_connection(), "api_url", ""))
    try:
        requests.head(url, timeout=TIMEOUT, allow_redirects=False)
    except requests.RequestException as error:
        text = _("{name} can't be reached ({error}).").format(
            name=settings.MAIL_SERVICE, error=type(error).__name__
        )
        return Finding(part, text, _("Let this host reach the internet by HTTPS."))
    text = _("{name} can be reached. A test email shows whether it takes our key.")
    return good(part, text.format(name=settings.MAIL_SERVICE))
