"""The client's IP address, behind TRUSTED_PROXIES proxies. Nothing else reads it from a request."""

import ipaddress
import re

from django.conf import settings
from django.http import HttpRequest
from django.utils.crypto import salted_hmac

PORT = re.compile(r"(?<=\]):\d+$|(?<=\d):\d+$")
WIDER = (56, 48)
"""What one customer may be given: many providers hand out a /56 or a /48, not just one /64."""


def client_address(request: HttpRequest) -> str:
    """The client's IP address.

    Each trusted proxy appends one entry to X-Forwarded-For, so only the last TRUSTED_PROXIES
    entries count; the client could have forged anything further left. With fewer entries than
    proxies, or one that's no address, the connection's own address counts.
    """
    connection = str(request.META.get("REMOTE_ADDR", ""))
    forwarded = request.META.get("HTTP_X_FORWARDED_FOR", "").split(",")
    hops = [*forwarded, connection]
    trusted = int(settings.TRUSTED_PROXIES)
    return _address(hops[-1 - trusted]) or connection if trusted < len(hops) else connection


def _address(entry: str) -> str:
    """An entry without its zone (databases take none) and port, or blank if it's no address."""
    text = entry.strip().partition("%")[0]
    if text.startswith("[") or text.count(":") == 1:
        text = PORT.sub("", text).strip("[]")
    try:
        return str(ipaddress.ip_address(text))
    except ValueError:
        return ""


def client_network(request: HttpRequest) -> str:
    """The network for rate limits: the address for IPv4, its /64 for IPv6."""
    try:
        address = ipaddress.ip_address(client_address(request))
    except ValueError:  # a Unix socket has no address
        return ""
    if isinstance(address, ipaddress.IPv6Address):
        if address.ipv4_mapped:
            return str(address.ipv4_mapped)
        return str(ipaddress.ip_network((address, 64), strict=False))
    return str(address)


def networks_around(network: str) -> list[str]:
    """A network and, for IPv6, its /56 and its /48: one customer can use every address in them."""
    if "/" not in network:
        return [network]
    own = ipaddress.ip_network(network)
    return [network, *(str(own.supernet(new_prefix=length)) for length in WIDER)]


def network_hash(network: str) -> str:
    """A keyed hash: enough to count a network's requests, but not to identify it."""
    return salted_hmac("guides.network", network, algorithm="sha256").hexdigest()[:32]
