"""System checks for misconfigured settings."""

import ipaddress
from collections.abc import Sequence
from typing import Any
from urllib.parse import urlsplit

from django.apps import AppConfig
from django.conf import settings
from django.core import checks

Apps = Sequence[AppConfig] | None


@checks.register(checks.Tags.security, deploy=True)
def https_has_its_proxy(app_configs: Apps, **kwargs: Any) -> list[checks.CheckMessage]:
    if not settings.SITE_URL.startswith("https://") or settings.TRUSTED_PROXIES:
        return []
    return [
        checks.Warning(
            "SITE_URL is https, but TRUSTED_PROXIES is 0: behind a proxy that ends TLS, every page "
            "redirects to itself, and all visitors share one limit.",
            hint="Set TRUSTED_PROXIES to the number of proxies in front, usually 1.",
            id="guides.W001",
        )
    ]


@checks.register(checks.Tags.security)
def newsletter_is_safe(app_configs: Apps, **kwargs: Any) -> list[checks.CheckMessage]:
    if bool(settings.NEWSLETTER_URL) != bool(settings.NEWSLETTER_SECRET):
        return [
            checks.Error(
                "NEWSLETTER_URL and NEWSLETTER_SECRET must be set together.",
                hint="Set both or neither.",
                id="guides.E001",
            )
        ]
    url = urlsplit(settings.NEWSLETTER_URL)
    if url.scheme == "http" and not _is_loopback(str(url.hostname)):
        return [
            checks.Error(
                "NEWSLETTER_URL is not https: addresses would be sent unencrypted.",
                hint="Use https://. Only a tool on this computer may be reached by http://.",
                id="guides.E002",
            )
        ]
    return []


def _is_loopback(host: str) -> bool:
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return host == "localhost"


@checks.register(deploy=True)
def mail_is_sent(app_configs: Apps, **kwargs: Any) -> list[checks.CheckMessage]:
    if not settings.EMAIL_KEPT_LOCALLY:
        return []
    return [
        checks.Warning(
            f"EMAIL_URL is not set: mail is only saved in {settings.MAIL_DIR}.",
            hint="Set EMAIL_URL, such as smtp+tls://user:password@host:587.",
            id="guides.W002",
        )
    ]


@checks.register(deploy=True)
def mail_service_is_heard(app_configs: Apps, **kwargs: Any) -> list[checks.CheckMessage]:
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
