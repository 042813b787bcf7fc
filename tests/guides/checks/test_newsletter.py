import pytest

from guides.checks.newsletter import newsletter_is_safe
from tests.guides.checks.found import ids


@pytest.mark.parametrize(
    ("url", "secret", "expected"),
    [
        ("", "", []),
        ("https://tool.example.org/hook", "s", []),
        ("http://127.0.0.1:8080/", "s", []),
        ("http://[::1]/", "s", []),
        ("http://localhost/", "s", []),
        ("https://tool.example.org/hook", "", ["guides.E001"]),
        ("", "s", ["guides.E001"]),
        ("http://tool.example.org/hook", "s", ["guides.E002"]),
        ("http://10.0.0.1/hook", "s", ["guides.E002"]),
        ("https://10.0.0.1/hook", "s", ["guides.E003"]),
        ("https://169.254.169.254/", "s", ["guides.E003"]),
        ("https://192.168.0.9/hook", "s", []),
    ],
)
def test_unsafe_newsletter_settings_are_reported(settings, url, secret, expected):
    settings.OUTGOING_PRIVATE_HOSTS = ["127.0.0.1", "::1", "localhost", "192.168.0.9"]
    settings.NEWSLETTER_URL, settings.NEWSLETTER_SECRET = url, secret

    assert ids(newsletter_is_safe()) == expected
