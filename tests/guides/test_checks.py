import pytest

from guides.checks import https_has_its_proxy, mail_is_sent, mail_service_is_heard


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
