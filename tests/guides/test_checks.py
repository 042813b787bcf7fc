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
def test_https_without_trusted_proxies_is_reported(settings, site, proxies, expected):
    settings.SITE_URL, settings.TRUSTED_PROXIES = site, proxies

    assert ids(https_has_its_proxy(None)) == expected


@pytest.mark.parametrize(("kept", "expected"), [(True, ["guides.W002"]), (False, [])])
def test_missing_email_url_is_reported(settings, kept, expected):
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
def test_missing_webhook_secret_is_reported(settings, service, secret, expected):
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
def test_unsafe_newsletter_settings_are_reported(settings, url, secret, expected):
    settings.NEWSLETTER_URL, settings.NEWSLETTER_SECRET = url, secret

    assert ids(newsletter_is_safe(None)) == expected
