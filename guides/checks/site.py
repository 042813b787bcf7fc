"""The site's address."""

from typing import Any

from django.conf import settings
from django.core import checks

from guides.checks.hosts import SETTINGS


@checks.register(SETTINGS, checks.Tags.security, deploy=True)
def https_has_its_proxy(**kwargs: Any) -> list[checks.CheckMessage]:
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


@checks.register(SETTINGS, checks.Tags.security, deploy=True)
def hosts_are_named(**kwargs: Any) -> list[checks.CheckMessage]:
    if "*" not in settings.ALLOWED_HOSTS:
        return []
    return [
        checks.Warning(
            "ALLOWED_HOSTS has *: RunFit answers to any name, also to one that leads elsewhere.",
            hint="Name the hosts. The one of SITE_URL is always among them.",
            id="guides.W005",
        )
    ]
