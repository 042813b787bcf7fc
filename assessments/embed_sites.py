"""The sites that may frame the self-check, as the PT types them: one per line."""

import re
from urllib.parse import urlsplit

import idna
from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

MOST_SITES = 50
"""They're all in one header of each framed page."""
HOST = re.compile(r"(?:[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?\.)+[a-z][a-z0-9-]{0,61}[a-z0-9]")
HTTPS = 443
LOOPBACK = {"localhost", "127.0.0.1"}

NOT_A_SITE = _("“%(line)s” isn't the address of a site. Write it like yourblog.example.")
TOO_MANY = _("List at most %(most)s sites.")


def sites_clean(text: str) -> str:
    """One site per line, without what's around its name. Raises ValidationError."""
    lines = [line.strip() for line in text.splitlines() if line.strip()]
    sites = dict.fromkeys(map(_site, lines))
    if len(sites) > MOST_SITES:
        raise ValidationError(TOO_MANY, params={"most": MOST_SITES})
    return "\n".join(sites)


def origins(sites: str) -> list[str]:
    """Where their pages come from, as a browser compares it. A site has them at www., too."""
    return [origin for site in sites.split() for origin in _origins(site)]


def is_listed(host: str, sites: str) -> bool:
    return host.removeprefix("www.") in sites.split()


def readable(place: str) -> str:
    """A site, or a page of one, with its name in its own letters."""
    site, slash, path = place.partition("/")
    host, colon, port = site.partition(":")
    if "xn--" not in host:
        return place
    try:
        return f"{idna.decode(host)}{colon}{port}{slash}{path}"
    except idna.IDNAError:
        return place


def _origins(site: str) -> list[str]:
    if site.partition(":")[0] in LOOPBACK:
        return [f"http://{site}"]
    return [f"https://{site}", f"https://www.{site}"]


def _site(line: str) -> str:
    """`https://www.yourblog.example/about` is yourblog.example."""
    try:
        parts = urlsplit(line if "//" in line else f"//{line}")
        host = _ascii(parts.hostname or "").rstrip(".")
        port = parts.port
    except ValueError as error:
        raise ValidationError(NOT_A_SITE, params={"line": line}) from error
    host = host.removeprefix("www.")
    if not (HOST.fullmatch(host) or host in LOOPBACK) or parts.username is not None:
        raise ValidationError(NOT_A_SITE, params={"line": line})
    return f"{host}:{port}" if port and port != HTTPS else host


def _ascii(host: str) -> str:
    """As browsers spell it: straße.example isn't strasse.example."""
    return host if host.isascii() else idna.encode(host, uts46=True).decode()
