"""Where addresses are posted to."""

from typing import Any
from urllib.parse import urlsplit

from django.conf import settings
from django.core import checks

from guides.checks.hosts import SETTINGS, is_loopback
from runfit.lib import outgoing


@checks.register(SETTINGS, checks.Tags.security)
def newsletter_is_safe(**kwargs: Any) -> list[checks.CheckMessage]:
    if bool(settings.NEWSLETTER_URL) != bool(settings.NEWSLETTER_SECRET):
        return [
            checks.Error(
                "NEWSLETTER_URL and NEWSLETTER_SECRET must be set together.",
                hint="Set both or neither.",
                id="guides.E001",
            )
        ]
    url = urlsplit(settings.NEWSLETTER_URL)
    if url.scheme == "http" and not is_loopback(str(url.hostname)):
        return [
            checks.Error(
                "NEWSLETTER_URL is not https: addresses would be sent unencrypted.",
                hint="Use https://. Only a tool on this computer may be reached by http://.",
                id="guides.E002",
            )
        ]
    host = str(url.hostname)
    if not (outgoing.looks_public(host) or outgoing.is_listed(host)):
        return [
            checks.Error(
                "NEWSLETTER_URL leads to a private network, so nothing is posted to it.",
                hint=f"If it's meant to, list {host} in OUTGOING_PRIVATE_HOSTS.",
                id="guides.E003",
            )
        ]
    return []
