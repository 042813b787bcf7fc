"""Typed environment variables: the only place where RunFit reads them.

Every variable also accepts NAME_FILE, the path of a file with the value (for secrets). Blank
counts as unset. An invalid value stops startup with the variable's name and the fix.
"""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, NamedTuple
from urllib.parse import SplitResult, parse_qs, unquote, urlsplit
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from django.core.exceptions import ImproperlyConfigured

TRUE = frozenset({"1", "true", "yes", "on"})
FALSE = frozenset({"0", "false", "no", "off"})
LOG_FORMATS = ("line", "json")
HSTS = ("off", "host", "preload")

POSTGRES = frozenset({"postgres", "postgresql"})
DATABASE = "postgres://user:password@host/name"
REDIS = frozenset({"redis", "rediss"})
WEB = frozenset({"https", "http"})

# scheme -> (default port, STARTTLS, TLS from the first byte)
MAIL_SCHEMES = {
    "smtp": (25, False, False),
    "smtp+tls": (587, True, False),
    "smtps": (465, False, True),
}


class MailService(NamedTuple):
    """The URL format of a mail service, and the django-anymail settings that its capitalized words
    fill. Parts in brackets are optional."""

    shape: str
    fills: tuple[str, ...]
    api_url: str = ""


MAILGUN = MailService(
    "KEY[:SIGNING_KEY]@DOMAIN",
    ("MAILGUN_API_KEY", "MAILGUN_WEBHOOK_SIGNING_KEY", "MAILGUN_SENDER_DOMAIN"),
)
SPARKPOST = MailService("KEY", ("SPARKPOST_API_KEY",))
MAIL_SERVICES = {
    "brevo": MailService("KEY", ("BREVO_API_KEY",)),
    "mailgun": MAILGUN,
    "mailgun+eu": MAILGUN._replace(api_url="https://api.eu.mailgun.net/v3"),
    "mailjet": MailService("KEY:SECRET", ("MAILJET_API_KEY", "MAILJET_SECRET_KEY")),
    "postmark": MailService("TOKEN", ("POSTMARK_SERVER_TOKEN",)),
    "resend": MailService("KEY", ("RESEND_API_KEY",)),
    "sendgrid": MailService("KEY", ("SENDGRID_API_KEY",)),
    "sparkpost": SPARKPOST,
    "sparkpost+eu": SPARKPOST._replace(api_url="https://api.eu.sparkpost.com/api/v1"),
}
# No tracking pixels or rewritten links. Brevo and Resend only have an account setting for this.
UNWATCHED = {"track_opens": False, "track_clicks": False}
WATCHED_BY_ACCOUNT = frozenset({"brevo", "resend"})


@dataclass(frozen=True, kw_only=True)
class Environment:
    """One field for each variable, in lower case."""

    accel_location: str
    allowed_hosts: list[str]
    answer_limit_network_hour: int
    backup_every_hours: int
    backup_key: str
    database_url: str
    debug: bool
    default_check: str
    direct_database_url: str
    email_url: str
    erasure_list: str
    files_url: str
    guide_limit_hour: int
    guide_limit_network_hour: int
    hsts: str
    log_format: str
    mail_at_once: int
    mail_per_second: int
    mail_webhook_secret: str
    metrics_token: str
    news_limit_hour: int
    newsletter_secret: str
    newsletter_url: str
    outgoing_private_hosts: list[str]
    redis_url: str
    replica_url: str
    second_factor: bool | None
    secret_key: str
    sentry_dsn: str
    site_url: str
    static_dir: str
    time_zone: str
    trusted_proxies: int
    var_dir: str


def read(environ: Mapping[str, str]) -> Environment:
    """Read all variables. Raises ImproperlyConfigured, naming the variable and the fix."""
    return Environment(
        accel_location=_location(environ, "ACCEL_LOCATION"),
        allowed_hosts=_words(environ, "ALLOWED_HOSTS"),
        answer_limit_network_hour=_number(environ, "ANSWER_LIMIT_NETWORK_HOUR", default=600),
        backup_every_hours=_number(environ, "BACKUP_EVERY_HOURS", default=24),
        backup_key=_age_key(environ, "BACKUP_KEY"),
        database_url=_url(environ, "DATABASE_URL", POSTGRES, DATABASE),
        debug=_flag(environ, "DEBUG", default=False),
        default_check=_text(environ, "DEFAULT_CHECK"),
        direct_database_url=_url(environ, "DIRECT_DATABASE_URL", POSTGRES, DATABASE),
        email_url=_text(environ, "EMAIL_URL"),
        erasure_list=_text(environ, "ERASURE_LIST"),
        files_url=_bucket(environ, "FILES_URL"),
        guide_limit_hour=_number(environ, "GUIDE_LIMIT_HOUR", default=5000),
        guide_limit_network_hour=_number(environ, "GUIDE_LIMIT_NETWORK_HOUR", default=120),
        hsts=_choice(environ, "HSTS", HSTS, default="host"),
        log_format=_choice(environ, "LOG_FORMAT", LOG_FORMATS, default="line"),
        mail_at_once=_number(environ, "MAIL_AT_ONCE", default=1),
        mail_per_second=_number(environ, "MAIL_PER_SECOND", default=0),
        mail_webhook_secret=_pair(environ, "MAIL_WEBHOOK_SECRET"),
        metrics_token=_text(environ, "METRICS_TOKEN"),
        news_limit_hour=_number(environ, "NEWS_LIMIT_HOUR", default=5000),
        newsletter_secret=_text(environ, "NEWSLETTER_SECRET"),
        newsletter_url=_url(environ, "NEWSLETTER_URL", WEB, "https://tool.example.org/hook"),
        outgoing_private_hosts=_words(environ, "OUTGOING_PRIVATE_HOSTS"),
        redis_url=_url(environ, "REDIS_URL", REDIS, "redis://host:6379/0"),
        replica_url=_url(environ, "REPLICA_URL", POSTGRES, DATABASE),
        second_factor=_flag_if_set(environ, "SECOND_FACTOR"),
        secret_key=_text(environ, "SECRET_KEY"),
        sentry_dsn=_dsn(environ, "SENTRY_DSN"),
        site_url=_site(environ, "SITE_URL"),
        static_dir=_text(environ, "STATIC_DIR"),
        time_zone=_zone(environ, "TIME_ZONE", default="UTC"),
        trusted_proxies=_number(environ, "TRUSTED_PROXIES", default=0),
        var_dir=_text(environ, "VAR_DIR"),
    )


def mail_options(url: str) -> dict[str, Any]:
    """Django's settings from an EMAIL_URL: a mail server, or a mail service by name."""
    scheme, _, rest = url.partition("://")
    if scheme in MAIL_SERVICES:
        return _service_options(scheme, rest)
    return _server_options(url)


def _server_options(url: str) -> dict[str, Any]:
    parts = _split(url)
    if parts is None or parts.scheme not in MAIL_SCHEMES or not parts.hostname:
        servers = ", ".join(f"{scheme}://" for scheme in MAIL_SCHEMES)
        services = ", ".join(f"{scheme}://" for scheme in MAIL_SERVICES)
        raise ImproperlyConfigured(
            f"EMAIL_URL must name a host and start with one of {servers};"
            f" or name a mail service: {services}."
        )
    if parse_qs(parts.query) or parts.path.strip("/"):
        raise ImproperlyConfigured("EMAIL_URL takes no path and no options after the port.")
    default_port, starttls, tls = MAIL_SCHEMES[parts.scheme]
    return {
        "EMAIL_BACKEND": "guides.mail.connection.SmtpBackend",
        "EMAIL_HOST": parts.hostname,
        "EMAIL_PORT": parts.port or default_port,
        "EMAIL_HOST_USER": unquote(parts.username or ""),
        "EMAIL_HOST_PASSWORD": unquote(parts.password or ""),
        "EMAIL_USE_TLS": starttls,
        "EMAIL_USE_SSL": tls,
    }


def _service_options(scheme: str, rest: str) -> dict[str, Any]:
    """Matched by its format, since a URL parser would lowercase a key in the host's place."""
    service, name = MAIL_SERVICES[scheme], scheme.partition("+")[0]
    pattern = service.shape.replace("[", "(?:").replace("]", ")?")
    match = re.fullmatch(re.sub("[A-Z_]+", r"([^\\s:@/?#]+)", pattern), rest)
    if match is None:
        raise ImproperlyConfigured(f"EMAIL_URL must look like {scheme}://{service.shape}.")
    filled = {
        f"ANYMAIL_{key}": value for key, value in zip(service.fills, match.groups(), strict=True)
    }
    options: dict[str, Any] = {key: unquote(value) for key, value in filled.items() if value}
    if service.api_url:
        options[f"ANYMAIL_{name.upper()}_API_URL"] = service.api_url
    if name not in WATCHED_BY_ACCOUNT:
        options[f"ANYMAIL_{name.upper()}_SEND_DEFAULTS"] = UNWATCHED
    backend = f"anymail.backends.{name}.EmailBackend"
    return {"EMAIL_BACKEND": backend, "MAIL_SERVICE": name, **options}


def _text(environ: Mapping[str, str], name: str) -> str:
    value = environ.get(name, "").strip()
    file = environ.get(f"{name}_FILE", "").strip()
    if not file:
        return value
    if value:
        raise ImproperlyConfigured(f"Set {name} or {name}_FILE, not both.")
    try:
        return Path(file).read_text(encoding="utf-8").strip()
    except (OSError, UnicodeDecodeError) as error:
        raise ImproperlyConfigured(f"{name}_FILE cannot be read: {file}") from error


def _split(url: str) -> SplitResult | None:
    """The parts of a URL, or None if its host or port is invalid."""
    try:
        parts = urlsplit(url)
        _ = parts.port
    except ValueError:
        return None
    return parts


def _more_than_host(parts: SplitResult) -> bool:
    """Whether the host is missing, or anything follows host and port."""
    return not parts.hostname or bool(parts.path or parts.query or parts.username)


def _url(environ: Mapping[str, str], name: str, schemes: frozenset[str], example: str) -> str:
    """A URL. Errors never quote it, because it may contain a password."""
    value = _text(environ, name)
    parts = _split(value)
    if value and (parts is None or parts.scheme not in schemes or not parts.hostname):
        raise ImproperlyConfigured(f"{name} must look like {example}.")
    return value


def _flag(environ: Mapping[str, str], name: str, *, default: bool) -> bool:
    value = _text(environ, name).lower()
    if not value:
        return default
    if value not in TRUE | FALSE:
        raise ImproperlyConfigured(f"{name} must be true or false, not {value!r}.")
    return value in TRUE


def _choice(environ: Mapping[str, str], name: str, choices: Sequence[str], *, default: str) -> str:
    value = _text(environ, name).lower() or default
    if value not in choices:
        raise ImproperlyConfigured(f"{name} must be {' or '.join(choices)}, not {value!r}.")
    return value


def _flag_if_set(environ: Mapping[str, str], name: str) -> bool | None:
    """None if it's left to the rest of the settings."""
    return _flag(environ, name, default=False) if _text(environ, name) else None


def _number(environ: Mapping[str, str], name: str, *, default: int) -> int:
    value = _text(environ, name)
    if not value:
        return default
    if not (value.isascii() and value.isdigit()):
        raise ImproperlyConfigured(f"{name} must be a whole number, not {value!r}.")
    return int(value)


def _words(environ: Mapping[str, str], name: str) -> list[str]:
    return [word.strip() for word in _text(environ, name).split(",") if word.strip()]


def _location(environ: Mapping[str, str], name: str) -> str:
    value = _text(environ, name)
    if value and not re.fullmatch(r"/([\w.-]+/)+", value):
        raise ImproperlyConfigured(f"{name} must begin and end with a slash, such as /files/.")
    return value


def _bucket(environ: Mapping[str, str], name: str) -> str:
    value = _text(environ, name)
    if value and not re.fullmatch(r"s3://[a-z0-9][a-z0-9.-]{1,61}[a-z0-9](/[\w.-]+)*/?", value):
        raise ImproperlyConfigured(f"{name} must look like s3://bucket/folder.")
    return value


def _age_key(environ: Mapping[str, str], name: str) -> str:
    """A public key of age. A private one in its place is never quoted."""
    value = _text(environ, name)
    if value and not re.fullmatch(r"age1[02-9ac-hj-np-z]{58}", value):
        raise ImproperlyConfigured(
            f"{name} must be a public key of age, age1 and 58 characters, as age-keygen prints it."
        )
    return value


def _pair(environ: Mapping[str, str], name: str) -> str:
    """A user:password pair that needs no quoting in a URL."""
    value = _text(environ, name)
    if value and not re.fullmatch(r"[\w.~-]+:[\w.~-]+", value, re.ASCII):
        raise ImproperlyConfigured(
            f"{name} must look like user:password, of letters, digits and . _ ~ - only."
        )
    return value


def _site(environ: Mapping[str, str], name: str) -> str:
    value = _text(environ, name).rstrip("/")
    if not value:
        return ""
    parts = _split(value)
    if parts is None or parts.scheme not in {"http", "https"} or _more_than_host(parts):
        raise ImproperlyConfigured(f"{name} must look like https://example.org, not {value!r}.")
    return value


def _dsn(environ: Mapping[str, str], name: str) -> str:
    """As Sentry shows it under "Client Keys"."""
    value = _text(environ, name)
    parts = _split(value)
    if value and not (
        parts
        and parts.scheme in WEB
        and parts.hostname
        and parts.username
        and re.search(r"/\d+$", parts.path)
    ):
        raise ImproperlyConfigured(f"{name} must look like https://KEY@sentry.example.org/1.")
    return value


def _zone(environ: Mapping[str, str], name: str, *, default: str) -> str:
    value = _text(environ, name) or default
    try:
        ZoneInfo(value)
    except (ZoneInfoNotFoundError, ValueError) as error:
        raise ImproperlyConfigured(
            f"{name} must be a time zone such as Europe/Berlin, not {value!r}."
        ) from error
    return value
