"""The client's IP address, behind TRUSTED_PROXIES proxies."""

import ipaddress

from django.conf import settings
from django.http import HttpRequest
from django.utils.crypto import salted_hmac


def client_address(request: HttpRequest) -> str:
    """The client's IP address.

    Each trusted proxy appends one entry to X-Forwarded-For, so only the last TRUSTED_PROXIES
    entries count; the client could have forged anything further left.
    """
    hops = [
        *request.META.get("HTTP_X_FORWARDED_FOR", "").split(","),
        request.META.get("REMOTE_ADDR", ""),
    ]
    trusted = int(settings.TRUSTED_PROXIES)
    candidate = hops[-1 - trusted].strip() if trusted < len(hops) else hops[0].strip()
    try:
        return str(ipaddress.ip_address(candidate.partition("%")[0]))  # databases take no zone
    except ValueError:
        return str(request.META.get("REMOTE_ADDR", ""))


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


def network_hash(network: str) -> str:
    """A keyed hash: enough to count a network's requests, but not to identify it."""
    return salted_hmac("guides.network", network, algorithm="sha256").hexdigest()[:32]
