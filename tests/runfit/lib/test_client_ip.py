import pytest
from django.test import RequestFactory

from runfit.lib.client_ip import client_address, client_network, networks_around


def request(remote: str, forwarded: str = ""):
    headers = {"HTTP_X_FORWARDED_FOR": forwarded} if forwarded else {}
    return RequestFactory().get("/", REMOTE_ADDR=remote, **headers)


def test_without_trusted_proxies_a_forwarded_address_is_ignored():
    assert client_address(request("203.0.113.9", "198.51.100.1")) == "203.0.113.9"


@pytest.mark.parametrize(
    ("proxies", "expected"), [(1, "198.51.100.2"), (2, "198.51.100.1"), (9, "10.0.0.1")]
)
def test_only_entries_of_trusted_proxies_count(settings, proxies, expected):
    settings.TRUSTED_PROXIES = proxies

    assert client_address(request("10.0.0.1", "198.51.100.1, 198.51.100.2")) == expected


def test_invalid_forwarded_address_falls_back_to_the_connection(settings):
    settings.TRUSTED_PROXIES = 1

    assert client_address(request("10.0.0.1", "unknown")) == "10.0.0.1"


@pytest.mark.parametrize(
    ("entry", "expected"),
    [
        ("198.51.100.2:4711", "198.51.100.2"),
        ("[2001:db8::1]:4711", "2001:db8::1"),
        ("2001:db8::1", "2001:db8::1"),
        ("[2001:db8::1]", "2001:db8::1"),
    ],
)
def test_entry_may_have_a_port(settings, entry, expected):
    settings.TRUSTED_PROXIES = 1

    assert client_address(request("10.0.0.1", entry)) == expected


def test_ipv6_zone_is_removed():
    assert client_address(request("fe80::1%eth0")) == "fe80::1"


def test_network_of_ipv6_is_its_64():
    first = client_network(request("2001:db8:1:2:aaaa::1"))
    second = client_network(request("2001:db8:1:2:bbbb::2"))
    other = client_network(request("2001:db8:1:3::1"))

    assert first == second == "2001:db8:1:2::/64"
    assert other != first


def test_mapped_ipv4_counts_as_ipv4():
    assert client_network(request("::ffff:203.0.113.9")) == "203.0.113.9"


def test_a_connection_without_an_address_has_no_network():
    assert client_network(request("")) == ""


def test_networks_around_an_ipv6_network():
    around = networks_around("2001:db8:1:2::/64")
    assert around == ["2001:db8:1:2::/64", "2001:db8:1::/56", "2001:db8:1::/48"]
    assert networks_around("203.0.113.9") == ["203.0.113.9"]
