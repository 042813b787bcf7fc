from dataclasses import fields

import pytest
from django.core.exceptions import ImproperlyConfigured

from runfit import env


def test_an_empty_environment_is_the_embedded_mode():
    read = env.read({})

    assert read.database_url == read.redis_url == read.email_url == read.secret_key == ""
    assert read.debug is False
    assert read.time_zone == "UTC"


@pytest.mark.parametrize("word", ["1", "true", "TRUE", "yes", "on"])
def test_true_values(word):
    assert env.read({"DEBUG": word}).debug is True


@pytest.mark.parametrize("word", ["0", "false", "No", "off", " "])
def test_false_values(word):
    assert env.read({"DEBUG": word}).debug is False


@pytest.mark.parametrize(
    ("name", "value", "message"),
    [
        ("DEBUG", "maybe", "DEBUG must be true or false, not 'maybe'."),
        ("TRUSTED_PROXIES", "-1", "TRUSTED_PROXIES must be a whole number, not '-1'."),
        ("TRUSTED_PROXIES", "²", "TRUSTED_PROXIES must be a whole number, not '²'."),
        (
            "SITE_URL",
            "example.org",
            "SITE_URL must look like https://example.org, not 'example.org'.",
        ),
        ("SITE_URL", "http://[x", "SITE_URL must look like https://example.org, not 'http://[x'."),
        (
            "SITE_URL",
            "https://u:p@a.org",
            "SITE_URL must look like https://example.org, not 'https://u:p@a.org'.",
        ),
        ("DATABASE_URL", "foo", "DATABASE_URL must look like postgres://user:password@host/name."),
        ("REDIS_URL", "foo", "REDIS_URL must look like redis://host:6379/0."),
        (
            "NEWSLETTER_URL",
            "tool.example.org",
            "NEWSLETTER_URL must look like https://tool.example.org/hook.",
        ),
        ("HSTS", "yes", "HSTS must be off or host or preload, not 'yes'."),
        ("TIME_ZONE", "Mars", "TIME_ZONE must be a time zone such as Europe/Berlin, not 'Mars'."),
        (
            "ACCEL_LOCATION",
            "files",
            "ACCEL_LOCATION must begin and end with a slash, such as /files/.",
        ),
        (
            "FILES_URL",
            "https://bucket.s3.amazonaws.com",
            "FILES_URL must look like s3://bucket/folder.",
        ),
        (
            "MAIL_WEBHOOK_SECRET",
            "p@ss",
            "MAIL_WEBHOOK_SECRET must look like user:password, of letters, digits and . _ ~ - only.",
        ),
        (
            "BACKUP_KEY",
            "AGE-SECRET-KEY-1",
            "BACKUP_KEY must be a public key of age, age1 and 58 characters, as age-keygen prints it.",
        ),
        ("SECRET_KEY_FILE", "/no/such", "SECRET_KEY_FILE cannot be read: /no/such"),
    ],
)
def test_invalid_value_is_named_in_the_error(name, value, message):
    with pytest.raises(ImproperlyConfigured) as refused:
        env.read({name: value})

    assert str(refused.value) == message


AGE_KEY = (
    "age1ql3z7hjy54pw3hyww5ayyfg7zqgvc7w3j2elw8zmrj2kg5sfn9aqmcac8p"  # pragma: allowlist secret
)
VALUES = {
    "accel_location": ("/files/", "/files/"),
    "allowed_hosts": ("a.example.org, b.example.org", ["a.example.org", "b.example.org"]),
    "backup_every_hours": ("168", 168),
    "backup_key": (AGE_KEY, AGE_KEY),
    "database_url": ("postgres://u:p@db/runfit", "postgres://u:p@db/runfit"),
    "direct_database_url": ("postgres://u:p@db/runfit", "postgres://u:p@db/runfit"),
    "replica_url": ("postgres://u:p@db2/runfit", "postgres://u:p@db2/runfit"),
    "debug": ("true", True),
    "default_check": ("knees", "knees"),
    "email_url": ("smtp://mail", "smtp://mail"),
    "answer_limit_network_hour": ("6", 6),
    "erasure_list": ("/backups/erasures.txt", "/backups/erasures.txt"),
    "files_url": ("s3://bucket/folder", "s3://bucket/folder"),
    "guide_limit_hour": ("7", 7),
    "news_limit_hour": ("7", 7),
    "guide_limit_network_hour": ("8", 8),
    "hsts": ("preload", "preload"),
    "mail_at_once": ("8", 8),
    "mail_per_second": ("9", 9),
    "mail_webhook_secret": ("runfit:s3cret", "runfit:s3cret"),
    "log_format": ("json", "json"),
    "sentry_dsn": ("https://key@sentry.example.org/1", "https://key@sentry.example.org/1"),
    "metrics_token": ("a-token", "a-token"),
    "newsletter_secret": ("s3cret", "s3cret"),
    "newsletter_url": ("https://tool.example.org/x?y", "https://tool.example.org/x?y"),
    "outgoing_private_hosts": ("crm.internal, 10.0.0.5", ["crm.internal", "10.0.0.5"]),
    "redis_url": ("redis://redis/0", "redis://redis/0"),
    "second_factor": ("true", True),
    "secret_key": ("s3cret", "s3cret"),
    "site_url": ("https://example.org/", "https://example.org"),
    "time_zone": ("Europe/Berlin", "Europe/Berlin"),
    "trusted_proxies": ("2", 2),
    "var_dir": ("/srv/runfit", "/srv/runfit"),
    "static_dir": ("/app/static", "/app/static"),
}


@pytest.mark.parametrize("name", [field.name for field in fields(env.Environment)])
def test_every_variable_can_come_from_a_file(tmp_path, name):
    written, expected = VALUES[name]
    (tmp_path / name).write_text(f"{written}\n")

    read = env.read({f"{name.upper()}_FILE": str(tmp_path / name)})

    assert getattr(read, name) == expected


def test_secret_from_a_file_is_stripped(tmp_path):
    (tmp_path / "secret").write_text("s3cret\n")

    assert env.read({"SECRET_KEY_FILE": str(tmp_path / "secret")}).secret_key == "s3cret"


def test_value_and_file_together_are_refused(tmp_path):
    with pytest.raises(ImproperlyConfigured, match="Set SECRET_KEY or SECRET_KEY_FILE, not both"):
        env.read({"SECRET_KEY": "a", "SECRET_KEY_FILE": str(tmp_path)})


@pytest.mark.parametrize(
    ("url", "port", "starttls", "tls"),
    [
        ("smtp://mail", 25, False, False),
        ("smtp+tls://mail", 587, True, False),
        ("smtps://mail", 465, False, True),
        ("smtp://mail:2525", 2525, False, False),
    ],
)
def test_mail_urls(url, port, starttls, tls):
    options = env.mail_options(url)

    assert options["EMAIL_PORT"] == port
    assert options["EMAIL_USE_TLS"] is starttls
    assert options["EMAIL_USE_SSL"] is tls


def test_a_password_in_a_mail_url_is_unquoted():
    options = env.mail_options("smtp+tls://me%40example.org:p%2Fw@mail.example.org")

    assert options["EMAIL_HOST_USER"] == "me@example.org"
    assert options["EMAIL_HOST_PASSWORD"] == "p/w"


@pytest.mark.parametrize(
    "url",
    [
        "mail.example.org",
        "http://mail",
        "smtp://[bad",
        "smtp://:secret@",
        "smtp://mail:x",
        "postmark://secret@",
        "postmark://secret/path",
        "mailgun://secret",
        "mailjet://secret",
        "mailjet://secret:two:three",
        "mailjet+eu://secret:two",
    ],
)
def test_a_wrong_mail_url_is_refused_without_repeating_it(url):
    with pytest.raises(ImproperlyConfigured) as refused:
        env.mail_options(url)

    assert "EMAIL_URL" in str(refused.value)
    assert url not in str(refused.value)


UNWATCHED = {"track_opens": False, "track_clicks": False}


@pytest.mark.parametrize(
    ("url", "service", "keys"),
    [
        ("brevo://xkeysib-Ab1", "brevo", {"ANYMAIL_BREVO_API_KEY": "xkeysib-Ab1"}),
        (
            "mailgun://key-Ab1@mg.example.org",
            "mailgun",
            {
                "ANYMAIL_MAILGUN_API_KEY": "key-Ab1",
                "ANYMAIL_MAILGUN_SENDER_DOMAIN": "mg.example.org",
                "ANYMAIL_MAILGUN_SEND_DEFAULTS": UNWATCHED,
            },
        ),
        (
            "mailgun+eu://key-Ab1:Sign2@mg.example.org",
            "mailgun",
            {
                "ANYMAIL_MAILGUN_API_KEY": "key-Ab1",
                "ANYMAIL_MAILGUN_WEBHOOK_SIGNING_KEY": "Sign2",
                "ANYMAIL_MAILGUN_SENDER_DOMAIN": "mg.example.org",
                "ANYMAIL_MAILGUN_API_URL": "https://api.eu.mailgun.net/v3",
                "ANYMAIL_MAILGUN_SEND_DEFAULTS": UNWATCHED,
            },
        ),
        (
            "mailjet://Ab1:Cd%2F2",
            "mailjet",
            {
                "ANYMAIL_MAILJET_API_KEY": "Ab1",
                "ANYMAIL_MAILJET_SECRET_KEY": "Cd/2",
                "ANYMAIL_MAILJET_SEND_DEFAULTS": UNWATCHED,
            },
        ),
        (
            "postmark://Ab1-Cd2",
            "postmark",
            {
                "ANYMAIL_POSTMARK_SERVER_TOKEN": "Ab1-Cd2",
                "ANYMAIL_POSTMARK_SEND_DEFAULTS": UNWATCHED,
            },
        ),
        ("resend://re_Ab1", "resend", {"ANYMAIL_RESEND_API_KEY": "re_Ab1"}),
        (
            "sendgrid://SG.Ab1.Cd2",
            "sendgrid",
            {"ANYMAIL_SENDGRID_API_KEY": "SG.Ab1.Cd2", "ANYMAIL_SENDGRID_SEND_DEFAULTS": UNWATCHED},
        ),
        (
            "sparkpost://Ab1",
            "sparkpost",
            {"ANYMAIL_SPARKPOST_API_KEY": "Ab1", "ANYMAIL_SPARKPOST_SEND_DEFAULTS": UNWATCHED},
        ),
        (
            "sparkpost+eu://Ab1",
            "sparkpost",
            {
                "ANYMAIL_SPARKPOST_API_KEY": "Ab1",
                "ANYMAIL_SPARKPOST_API_URL": "https://api.eu.sparkpost.com/api/v1",
                "ANYMAIL_SPARKPOST_SEND_DEFAULTS": UNWATCHED,
            },
        ),
    ],
)
def test_mail_services(url, service, keys):
    backend = f"anymail.backends.{service}.EmailBackend"

    assert env.mail_options(url) == {
        "EMAIL_BACKEND": backend,
        "MAIL_SERVICE": service,
        **keys,
    }


def test_every_mail_service_is_tested():
    [mark] = [each for each in test_mail_services.pytestmark if each.name == "parametrize"]

    assert {url.partition("://")[0] for url, *_ in mark.args[1]} == set(env.MAIL_SERVICES)


def test_invalid_mail_service_url_error_shows_the_format():
    with pytest.raises(ImproperlyConfigured) as refused:
        env.mail_options("mailgun+eu://secret")

    assert str(refused.value) == ("EMAIL_URL must look like mailgun+eu://KEY[:SIGNING_KEY]@DOMAIN.")
