"""Whether mail goes out, and whether RunFit hears what became of it."""

from typing import Any

from django.conf import settings
from django.core import checks

from guides.checks.hosts import SETTINGS

CATCHER = "mailcatcher"
"""The service of docker-compose.yml that only keeps mail."""


@checks.register(SETTINGS)
def public_site_sends_mail(**kwargs: Any) -> list[checks.CheckMessage]:
    """On a public site, “sent” must not mean “kept on this server”."""
    if not settings.HTTPS or not (settings.EMAIL_KEPT_LOCALLY or settings.EMAIL_HOST == CATCHER):
        return []
    where = settings.MAIL_DIR if settings.EMAIL_KEPT_LOCALLY else "the mail catcher"
    return [
        checks.Error(
            f"SITE_URL is public (https), but no email would go out: it's only kept in {where}.",
            hint="Set EMAIL_URL, such as smtp+tls://user:password@host:587.",
            id="guides.E004",
        )
    ]


@checks.register(SETTINGS, deploy=True)
def mail_is_sent(**kwargs: Any) -> list[checks.CheckMessage]:
    """An error on a public site."""
    if settings.HTTPS or not settings.EMAIL_KEPT_LOCALLY:
        return []
    return [
        checks.Warning(
            f"EMAIL_URL is not set: mail is only saved in {settings.MAIL_DIR}.",
            hint="Set EMAIL_URL, such as smtp+tls://user:password@host:587.",
            id="guides.W002",
        )
    ]


@checks.register(SETTINGS, deploy=True)
def mail_service_is_heard(**kwargs: Any) -> list[checks.CheckMessage]:
    service = settings.MAIL_SERVICE
    if not service or settings.ANYMAIL_WEBHOOK_SECRET:
        return []
    return [
        checks.Warning(
            "EMAIL_URL names a mail service, but MAIL_WEBHOOK_SECRET is not set: bounces and spam "
            "complaints are not reported.",
            hint="Set MAIL_WEBHOOK_SECRET to user:password, and give the service this webhook: "
            f"{settings.SITE_URL.replace('://', '://user:password@')}/webhooks/{service}/tracking/",
            id="guides.W003",
        )
    ]


@checks.register(SETTINGS, deploy=True)
def mail_server_gets_a_password(**kwargs: Any) -> list[checks.CheckMessage]:
    if not settings.EMAIL_HOST_USER or settings.EMAIL_HOST_PASSWORD:
        return []
    return [
        checks.Warning(
            "EMAIL_URL has a user, but no password: RunFit doesn't sign in to the mail server.",
            hint="Write smtp+tls://user:password@host:587, or leave the user out.",
            id="guides.W004",
        )
    ]


@checks.register(SETTINGS, deploy=True)
def mail_is_handed_over(**kwargs: Any) -> list[checks.CheckMessage]:
    if settings.MAIL_AT_ONCE:
        return []
    return [
        checks.Warning(
            "MAIL_AT_ONCE is 0, which means the same as 1: one email after the other.",
            hint="Set how many emails each worker may hand over at the same time, or unset it.",
            id="guides.W008",
        )
    ]
