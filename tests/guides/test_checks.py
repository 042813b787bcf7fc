import pytest

from guides.checks import (
    https_has_its_proxy,
    mail_is_sent,
    mail_service_is_heard,
    newsletter_is_safe,
)


def ids(messages) -> list[str]:
    return [message.id for message in messages]


@pytest.mark.parametrize(
    ("site", "proxies", "expected"),
    [
        ("https://example.org", 0, ["guides.W001"]),
        ("https://example.org", 1, []),
        ("http://localhost:8000", 0, []),
    ],
)
def test_https_without_a_proxy_is_told(settings, site, proxies, expected):
    settings.SITE_URL, settings.TRUSTED_PROXIES = site, proxies

    assert ids(https_has_its_proxy(None)) == expected


@pytest.mark.parametrize(("kept", "expected"), [(True, ["guides.W002"]), (False, [])])
def test_mail_that_goes_nowhere_is_told(settings, kept, expected):
    settings.EMAIL_KEPT_LOCALLY = kept

    assert ids(mail_is_sent(None)) == expected


@pytest.mark.parametrize(
    ("service", "secret", "expected"),
    [
        ("postmark", "", ["guides.W003"]),
        ("postmark", "runfit:secret", []),
        ("", "", []),
    ],
)
def test_a_mail_service_that_nobody_hears_is_told(settings, service, secret, expected):
    settings.MAIL_SERVICE, settings.ANYMAIL_WEBHOOK_SECRET = service, secret
    settings.SITE_URL = "https://example.org"

    messages = mail_service_is_heard(None)

    assert ids(messages) == expected
    assert all(
        "https://user:password@example.org/webhooks/postmark/tracking/" in message.hint
        for message in messages
    )


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
    ],
)
def test_a_newsletter_tool_that_would_leak_or_stay_silent_is_told(settings, url, secret, expected):
    settings.NEWSLETTER_URL, settings.NEWSLETTER_SECRET = url, secret

    assert ids(newsletter_is_safe(None)) == expected
