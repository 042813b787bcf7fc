"""Where a site can be reached from."""

import ipaddress
from urllib.parse import urlsplit

from django.conf import settings

SETTINGS, SERVERS = "settings", "servers"
"""Tags of checks."""


def is_loopback(host: str) -> bool:
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return host == "localhost"


def site_is_local() -> bool:
    """Whether the site is for this computer alone."""
    return is_loopback(str(urlsplit(settings.SITE_URL).hostname))
