"""HTTP connections to hosts that people enter, kept out of private networks.

A host is resolved once and connected to by that address, so that a name can't lead elsewhere
between the check and the connection (DNS rebinding). Redirects aren't followed: http.client never
does.
"""

import ipaddress
import socket
import ssl
from contextlib import suppress
from http.client import HTTPConnection, HTTPSConnection
from typing import cast
from urllib.parse import SplitResult

from django.conf import settings

NAT64 = ipaddress.ip_network("64:ff9b::/96")  # RFC 6052: the last 32 bits are an IPv4 address
GLOBAL = ipaddress.ip_network("2000::/3")
"""All IPv6 addresses of the internet: others are of one network, or stand for an IPv4 address."""
RESERVED = tuple(
    map(ipaddress.ip_network, ("192.0.0.0/24", "192.88.99.0/24", "3fff::/20", "2001:db8::/32"))
)
"""Not in every Python's list. 192.0.0.192 is a metadata service."""


class PrivateAddressError(OSError):
    """The host is, or resolves to, an address that isn't public, and isn't listed."""


def connection(url: SplitResult, *, timeout: float) -> HTTPConnection:
    """Not connected yet. `timeout` limits each socket operation, in seconds. Connecting raises
    PrivateAddressError unless all the host's addresses are public, or the host is one of
    OUTGOING_PRIVATE_HOSTS."""
    kind = _PinnedHTTPSConnection if url.scheme == "https" else _PinnedHTTPConnection
    return kind(str(url.hostname), url.port, timeout=timeout)


def is_public(address: str) -> bool:
    """Whether the IP address is on the internet: not loopback, private, link-local (as the metadata
    services of clouds), multicast or reserved, not even written as IPv6."""
    ip = ipaddress.ip_address(address.partition("%")[0])
    ip = _inner_ipv4(ip) or ip
    if (ip.version == 6 and ip not in GLOBAL) or any(ip in network for network in RESERVED):
        return False
    return ip.is_global and not ip.is_multicast


def looks_public(host: str) -> bool:
    """By its looks alone: a name isn't looked up before it's posted to."""
    try:
        return is_public(host)
    except ValueError:
        return host.rstrip(".").rpartition(".")[2] != "localhost"


def is_listed(host: str) -> bool:
    return host.lower() in settings.OUTGOING_PRIVATE_HOSTS


def _inner_ipv4(
    ip: ipaddress.IPv4Address | ipaddress.IPv6Address,
) -> ipaddress.IPv4Address | None:
    """The IPv4 address that an IPv6 address stands for, if it does."""
    if isinstance(ip, ipaddress.IPv4Address):
        return None
    if ip in NAT64:
        return ipaddress.IPv4Address(int(ip) & 0xFFFFFFFF)
    return ip.ipv4_mapped or ip.sixtofour or (ip.teredo[1] if ip.teredo else None)


def _resolve(host: str, port: int) -> list[str]:
    found = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)
    addresses = [str(sockaddr[0]) for *_, sockaddr in found]
    if not is_listed(host) and not all(map(is_public, addresses)):
        raise PrivateAddressError(f"{host} is not a public host.")
    return addresses


def _connect(host: str, port: int, timeout: float) -> socket.socket:
    """Connects to the first of the host's addresses that answers."""
    *others, last = _resolve(host, port)
    for address in others:
        with suppress(OSError):
            return socket.create_connection((address, port), timeout)
    return socket.create_connection((last, port), timeout)


class _PinnedHTTPConnection(HTTPConnection):
    def connect(self) -> None:
        self.sock = _connect(self.host, self.port, cast(float, self.timeout))


class _PinnedHTTPSConnection(HTTPSConnection):
    def connect(self) -> None:
        """The certificate has to be the host's, whatever its address."""
        self.sock = _connect(self.host, self.port, cast(float, self.timeout))
        context = ssl.create_default_context()
        self.sock = context.wrap_socket(self.sock, server_hostname=self.host)
