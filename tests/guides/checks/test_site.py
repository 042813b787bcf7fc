import pytest

from guides.checks.site import hosts_are_named, https_has_its_proxy
from tests.guides.checks.found import ids


@pytest.mark.parametrize(
    ("site", "proxies", "expected"),
    [
        ("https://example.org", 0, ["guides.W001"]),
        ("https://example.org", 1, []),
        ("http://localhost:8000", 0, []),
    ],
)
def test_https_without_trusted_proxies_is_reported(settings, site, proxies, expected):
    settings.SITE_URL, settings.TRUSTED_PROXIES = site, proxies

    assert ids(https_has_its_proxy()) == expected


@pytest.mark.parametrize(
    ("hosts", "expected"), [(["a.org", "*"], ["guides.W005"]), (["a.org", "*.a.org"], [])]
)
def test_any_host_is_reported(settings, hosts, expected):
    settings.ALLOWED_HOSTS = hosts

    assert ids(hosts_are_named()) == expected
