import pytest

from guides.checks.mail import (
    mail_is_handed_over,
    mail_is_sent,
    mail_server_gets_a_password,
    mail_service_is_heard,
    public_site_sends_mail,
)
from tests.guides.checks.found import ids


@pytest.mark.parametrize(("kept", "expected"), [(True, ["guides.W002"]), (False, [])])
def test_missing_email_url_is_reported(settings, kept, expected):
    settings.EMAIL_KEPT_LOCALLY = kept

    assert ids(mail_is_sent()) == expected


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

    messages = mail_service_is_heard()

    assert ids(messages) == expected
    assert all(
        "https://user:password@example.org/webhooks/postmark/tracking/" in message.hint
        for message in messages
    )


@pytest.mark.parametrize(
    ("https", "kept", "host", "expected"),
    [
        (True, True, "localhost", ["guides.E004"]),
        (True, False, "mailcatcher", ["guides.E004"]),
        (True, False, "mail.example.org", []),
        (False, True, "localhost", []),
        (False, False, "mailcatcher", []),
    ],
)
def test_public_site_must_send_mail(settings, https, kept, host, expected):
    settings.HTTPS, settings.EMAIL_KEPT_LOCALLY, settings.EMAIL_HOST = https, kept, host

    assert ids(public_site_sends_mail()) == expected


@pytest.mark.parametrize(
    ("user", "password", "expected"),
    [("ana", "", ["guides.W004"]), ("ana", "secret", []), ("", "", [])],
)
def test_user_without_a_password_is_reported(settings, user, password, expected):
    settings.EMAIL_HOST_USER, settings.EMAIL_HOST_PASSWORD = user, password

    assert ids(mail_server_gets_a_password()) == expected


@pytest.mark.parametrize(("number", "expected"), [(0, ["guides.W008"]), (1, [])])
def test_no_mail_at_once_is_reported(settings, number, expected):
    settings.MAIL_AT_ONCE = number

    assert ids(mail_is_handed_over()) == expected
