"""The only settings file: production and embedded mode differ by environment alone.

Embedded means that DATABASE_URL is unset; all data is then in var/.
"""

import os
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import dj_database_url
from csp.constants import NONE, SELF
from django.core.exceptions import ImproperlyConfigured
from django.core.management.utils import get_random_secret_key

from runfit import __version__, env
from runfit.lib.translation import interface_languages

VERSION = __version__
BASE_DIR = Path(__file__).resolve().parent.parent
ENV = env.read(os.environ)
CONTENT_DIR = BASE_DIR / "content"  # what RunFit comes with
VAR_DIR = Path(ENV.var_dir or BASE_DIR / "var")
EMBEDDED = not ENV.database_url


def _make_var_dir() -> None:
    try:
        VAR_DIR.mkdir(mode=0o700, parents=True, exist_ok=True)
    except OSError as error:
        raise ImproperlyConfigured(_unwritable(str(error.strerror))) from error
    if not os.access(VAR_DIR, os.W_OK):
        raise ImproperlyConfigured(_unwritable("Permission denied"))


def _unwritable(reason: str) -> str:
    return (
        f"VAR_DIR is {VAR_DIR}, where RunFit can't write: {reason}. "
        "Give it to the account that runs RunFit, or name another folder."
    )


def _embedded_secret_key() -> str:
    """Generated once, in a file that only its owner can read."""
    path = VAR_DIR / "secret_key"
    try:
        with open(path, "x", opener=lambda name, flags: os.open(name, flags, 0o600)) as file:
            file.write(get_random_secret_key())
    except FileExistsError:
        pass
    return path.read_text(encoding="utf-8")


def _required(name: str, value: str) -> str:
    if not value:
        raise ImproperlyConfigured(f"{name} must be set, since DATABASE_URL is.")
    return value


if EMBEDDED:
    _make_var_dir()
SECRET_KEY = ENV.secret_key or (
    _embedded_secret_key() if EMBEDDED else _required("SECRET_KEY", ENV.secret_key)
)
DEBUG = ENV.debug
SITE_URL = ENV.site_url or (
    "http://localhost:8000" if EMBEDDED else _required("SITE_URL", ENV.site_url)
)
_site = urlsplit(SITE_URL)
HTTPS = _site.scheme == "https"
# The loopback names are for health checks on the same host.
ALLOWED_HOSTS = [str(_site.hostname), *ENV.allowed_hosts, "localhost", "127.0.0.1", "[::1]"]
CSRF_TRUSTED_ORIGINS = [SITE_URL] if HTTPS else []

ERASURE_LIST = Path(ENV.erasure_list or VAR_DIR / "erasures.txt")
ACCEL_LOCATION = ENV.accel_location
FILES_URL = ENV.files_url
BACKUP_EVERY_HOURS = ENV.backup_every_hours
BACKUP_KEY = ENV.backup_key
ANSWER_LIMIT_NETWORK_HOUR = ENV.answer_limit_network_hour
DEFAULT_CHECK = ENV.default_check
GUIDE_LIMIT_HOUR = ENV.guide_limit_hour
NEWS_LIMIT_HOUR = ENV.news_limit_hour
GUIDE_LIMIT_NETWORK_HOUR = ENV.guide_limit_network_hour
SENTRY_DSN = ENV.sentry_dsn
METRICS_TOKEN = ENV.metrics_token
NEWSLETTER_SECRET = ENV.newsletter_secret
NEWSLETTER_URL = ENV.newsletter_url
OUTGOING_PRIVATE_HOSTS = [host.lower() for host in ENV.outgoing_private_hosts]
TRUSTED_PROXIES = ENV.trusted_proxies

# Whether a password alone is too little for the desk: on any site that others can reach.
_is_local = _site.hostname in {"localhost", "127.0.0.1", "::1"}
SECOND_FACTOR_REQUIRED = (
    ENV.second_factor if ENV.second_factor is not None else HTTPS or not (EMBEDDED or _is_local)
)

INSTALLED_APPS = [
    "assessments",
    "guides",
    "adminsortable2",
    "auditlog",
    "crispy_forms",
    "csp",
    "django_otp",
    "django_otp.plugins.otp_static",
    "django_otp.plugins.otp_totp",
    "django_otp_webauthn",
    "runfit.monitoring",
    "runfit.accounts",  # after these, whose lists it takes from the desk
    "solo",
    "django.contrib.admin",
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.humanize",
    "django.contrib.messages",
    "django.contrib.staticfiles",
]

MIDDLEWARE = [
    "runfit.monitoring.middleware.metrics_middleware",
    # First the headers of every response, including those made by other middleware.
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "runfit.middleware.CspMiddleware",
    "runfit.lock_timeout.request_lock_timeout",
    "django.middleware.security.SecurityMiddleware",
    "runfit.middleware.PageGZipMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "runfit.middleware.desk_language",
    "runfit.errors.method_not_allowed_page",
    "runfit.middleware.script_redirects",
    "assessments.runner.embed.middleware.embed_middleware",
    "runfit.middleware.LazySessionMiddleware",
    "django.middleware.common.CommonMiddleware",
    "guides.runner.broken_links.broken_links_middleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "django_otp.middleware.OTPMiddleware",
    "runfit.middleware.DeskMessageMiddleware",
    "runfit.middleware.DeskAuditMiddleware",
    "runfit.accounts.middleware.SignInMiddleware",
]

ROOT_URLCONF = "runfit.urls"
WSGI_APPLICATION = "runfit.wsgi.application"

TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "DIRS": [BASE_DIR / "templates"],
        "APP_DIRS": True,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
                "assessments.selectors.practice_context",
            ],
        },
    },
]

CRISPY_ALLOWED_TEMPLATE_PACKS = ("runfit",)
CRISPY_TEMPLATE_PACK = "runfit"


def _postgres(url: str) -> dict[str, Any]:
    return {
        **dj_database_url.parse(
            url, engine="runfit.postgresql", conn_max_age=60, conn_health_checks=True
        )
    }


DATABASES: dict[str, Any]
if EMBEDDED:
    DATABASES = {
        "default": {
            "ENGINE": "runfit.sqlite",
            "NAME": VAR_DIR / "db.sqlite3",
            # Opening the file costs more than most requests: SQLite reads its schema anew.
            "CONN_MAX_AGE": 60,
            # IMMEDIATE queues writers instead of failing them (runfit/lock_timeout.py says for how
            # long); FULL makes commits survive a power loss.
            "OPTIONS": {
                "transaction_mode": "IMMEDIATE",
                "timeout": 20,
                "init_command": (
                    "PRAGMA journal_mode=WAL; PRAGMA synchronous=FULL; PRAGMA foreign_keys=ON;"
                ),
            },
        }
    }
else:
    DATABASES = {"default": _postgres(ENV.database_url)}
# A standby, for the desk's numbers and downloads. Pages wait for it shortly.
REPLICA_URL = ENV.replica_url
if REPLICA_URL and not EMBEDDED:
    DATABASES["replica"] = _postgres(REPLICA_URL)
    DATABASES["replica"].setdefault("OPTIONS", {}).setdefault("connect_timeout", 2)
    DATABASE_ROUTERS = ["runfit.lib.database.replica.ReplicaRouter"]
# Past a pooler that shares sessions, for `backup` and `restore`.
DIRECT_DATABASE = _postgres(ENV.direct_database_url) if ENV.direct_database_url else {}
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"


def redis_cache(url: str) -> dict[str, Any]:
    """Without retries: a dead or frozen Redis may delay a page by half a second at most."""
    from redis.backoff import NoBackoff  # noqa: PLC0415 - takes 6 MB, and not every site has Redis
    from redis.retry import Retry  # noqa: PLC0415

    timeout = {"socket_timeout": 0.5, "socket_connect_timeout": 0.5}
    return {
        "BACKEND": "django.core.cache.backends.redis.RedisCache",
        "LOCATION": url,
        "KEY_PREFIX": "runfit",
        "OPTIONS": {**timeout, "retry": Retry(NoBackoff(), 0)},
    }


_IN_MEMORY = {"BACKEND": "django.core.cache.backends.locmem.LocMemCache"}
CACHES = {
    "default": redis_cache(ENV.redis_url) if ENV.redis_url else _IN_MEMORY,
    "pages": {  # page fragments, per process
        **_IN_MEMORY,
        "LOCATION": "pages",
        "KEY_FUNCTION": "runfit.lib.caching.fragment_key",
    },
    "shared": {  # whole pages, cut where they differ; see runfit/lib/shared_pages/
        **_IN_MEMORY,
        "LOCATION": "shared",
        "KEY_FUNCTION": "runfit.lib.caching.fragment_key",
        "OPTIONS": {"MAX_ENTRIES": 128},  # each as a text and gzipped
    },
    "incomplete": {  # whole PDFs, so only a few; see guides/pdf/storage.py
        **_IN_MEMORY,
        "LOCATION": "incomplete",
        "OPTIONS": {"MAX_ENTRIES": 32},
    },
}

SIGHTS_WRITTEN_EVERY = 10.0  # seconds; see assessments/analytics/collector.py

# Celery's other settings are in runfit/celery.py.
CELERY_BROKER_URL = ENV.redis_url

EMAIL_TIMEOUT = ANYMAIL_REQUESTS_TIMEOUT = 10
ANYMAIL_WEBHOOK_SECRET = ENV.mail_webhook_secret
_mail = env.mail_options(ENV.email_url) if ENV.email_url else {}
EMAIL_BACKEND = _mail.get("EMAIL_BACKEND", "guides.mail.file_backend.EmlFileBackend")
EMAIL_HOST = _mail.get("EMAIL_HOST", "localhost")
EMAIL_PORT = _mail.get("EMAIL_PORT", 25)
EMAIL_HOST_USER = _mail.get("EMAIL_HOST_USER", "")
EMAIL_HOST_PASSWORD = _mail.get("EMAIL_HOST_PASSWORD", "")
EMAIL_USE_TLS = _mail.get("EMAIL_USE_TLS", False)
EMAIL_USE_SSL = _mail.get("EMAIL_USE_SSL", False)
MAIL_SERVICE = _mail.get("MAIL_SERVICE", "")  # blank for an SMTP server
ANYMAIL = {
    name.removeprefix("ANYMAIL_"): value
    for name, value in _mail.items()
    if name.startswith("ANYMAIL_")
}
MAIL_DIR = VAR_DIR / "mail"
EMAIL_KEPT_LOCALLY = not ENV.email_url
MAIL_AT_ONCE = ENV.mail_at_once
MAIL_PER_SECOND = ENV.mail_per_second
SERVER_EMAIL = DEFAULT_FROM_EMAIL = f"runfit@{_site.hostname}"

AUTHENTICATION_BACKENDS = [
    "django.contrib.auth.backends.ModelBackend",
    "django_otp_webauthn.backends.WebAuthnBackend",
]
AUTH_PASSWORD_VALIDATORS = [
    {"NAME": f"django.contrib.auth.password_validation.{name}"}
    for name in (
        "UserAttributeSimilarityValidator",
        "MinimumLengthValidator",
        "CommonPasswordValidator",
    )
]
LOGIN_URL = "admin:login"
LOGIN_REDIRECT_URL = "admin:index"
PASSWORD_RESET_TIMEOUT = 3600  # seconds
# Passkeys belong to a host name. Browsers offer them on https, and on localhost.
PASSKEYS = HTTPS or _site.hostname == "localhost"
OTP_WEBAUTHN_RP_ID = str(_site.hostname)
OTP_WEBAUTHN_RP_NAME = "RunFit"
OTP_WEBAUTHN_ALLOWED_ORIGINS = [SITE_URL if PASSKEYS else "http://localhost"]
OTP_WEBAUTHN_HELPER_CLASS = "runfit.accounts.factors.passkeys.PasskeyHelper"
OTP_WEBAUTHN_EXCEPTION_LOGGER_NAME = ""  # strangers' mistakes aren't worth a traceback
OTP_TOTP_ISSUER = str(_site.hostname)

SESSION_COOKIE_AGE = 12 * 3600  # seconds without a page: `sign_in_follow` extends it

AUDITLOG_USE_FK_STRING_REPRESENTATION = True  # names of related rows, not their ids
AUDITLOG_DISABLE_REMOTE_ADDR = True  # the actor is enough

LANGUAGE_CODE = "en"
TIME_ZONE = ENV.time_zone
# The interface's translations. Pages and emails use their content's language, the desk the one that
# was picked in the browser.
LOCALE_PATHS = [BASE_DIR / "runfit" / "locale"]
LANGUAGES = interface_languages(LOCALE_PATHS)
LANGUAGE_COOKIE_PATH = "/admin/"  # runners get no cookie
LANGUAGE_COOKIE_AGE = 365 * 24 * 3600
LANGUAGE_COOKIE_HTTPONLY = True
LANGUAGE_COOKIE_SAMESITE = "Lax"

# Files at the top of the site (icon, robots.txt). WhiteNoise serves them like static files, so they
# need no view.
WHITENOISE_ROOT = BASE_DIR / "runfit" / "root"
WHITENOISE_MAX_AGE = 24 * 3600  # seconds, for files without a hash in their name
WHITENOISE_ALLOW_ALL_ORIGINS = False
# From the root: a relative one would follow the prefix of framed pages.
STATIC_URL = "/static/"
STATIC_ROOT = Path(ENV.static_dir or VAR_DIR / "static")
STATIC_BUILT = bool(ENV.static_dir)  # with the image, so `prepare` has nothing to collect
STATICFILES_DIRS = [BASE_DIR / "runfit" / "static"]
MEDIA_URL = "/media/"
MEDIA_ROOT = VAR_DIR / "media"
# Whatever the umask. nginx, which reads media/ itself if ACCEL_LOCATION is set, is in our group.
FILE_UPLOAD_PERMISSIONS = 0o640 if ACCEL_LOCATION else 0o600
FILE_UPLOAD_DIRECTORY_PERMISSIONS = 0o750 if ACCEL_LOCATION else 0o700
STORAGES = {
    "default": (
        {"BACKEND": "runfit.lib.storage.s3.Bucket", "OPTIONS": {"url": FILES_URL}}
        if FILES_URL
        else {"BACKEND": "runfit.lib.storage.folder.Folder"}
    ),
    "staticfiles": {"BACKEND": "runfit.static_files.MinifiedStaticFilesStorage"},
}

# A form of thirty questions posts under 10 kB in a few dozen fields. A mail service's webhook may
# report many emails in up to 768 kB.
DATA_UPLOAD_MAX_MEMORY_SIZE = 1024 * 1024
DATA_UPLOAD_MAX_NUMBER_FIELDS = 5000

CONTENT_SECURITY_POLICY = {
    "DIRECTIVES": {
        "default-src": [NONE],
        "script-src": [SELF],
        "style-src": [SELF],
        "img-src": [SELF],
        "media-src": [SELF],
        "manifest-src": [SELF],
        "font-src": [SELF],
        "connect-src": [SELF],
        "worker-src": [NONE],  # but for the guide's pages, which open offline
        "form-action": [SELF],
        "base-uri": [NONE],
        "frame-ancestors": [NONE],
    }
}
# What no page uses. Left at their default (this site alone): the clipboard, sharing, the screen's
# wake lock, passkeys.
PERMISSIONS_POLICY = ", ".join(
    f"{feature}=()"
    for feature in (
        "accelerometer", "camera", "display-capture", "geolocation", "gyroscope",
        "hid", "idle-detection", "local-fonts", "magnetometer", "microphone", "midi", "payment",
        "serial", "usb", "xr-spatial-tracking",
    )
)  # fmt: skip
CSRF_FAILURE_VIEW = "runfit.errors.csrf_failure"
SESSION_COOKIE_SECURE = CSRF_COOKIE_SECURE = LANGUAGE_COOKIE_SECURE = HTTPS
SECURE_SSL_REDIRECT = HTTPS
if HTTPS:
    SECURE_HSTS_SECONDS = 0 if ENV.hsts == "off" else 365 * 24 * 3600
    SECURE_HSTS_INCLUDE_SUBDOMAINS = SECURE_HSTS_PRELOAD = ENV.hsts == "preload"
    SECURE_REDIRECT_EXEMPT = [r"^health/", r"^metrics$"]
    if TRUSTED_PROXIES:
        SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https")
# HSTS covers less than a year, subdomains, and browsers' own lists because the HSTS variable says
# so: other hosts of the domain may not be ours.
SILENCED_SYSTEM_CHECKS = ["security.W004", "security.W005", "security.W021"]

LOGGING = {
    "version": 1,
    "disable_existing_loggers": False,
    "formatters": {
        "line": {"()": "runfit.monitoring.logs.LineFormatter"},
        "json": {"()": "runfit.monitoring.logs.JsonFormatter"},
    },
    "handlers": {"console": {"class": "logging.StreamHandler", "formatter": ENV.log_format}},
    "root": {"handlers": ["console"], "level": "INFO"},
    "loggers": {
        "django": {"handlers": [], "level": "INFO", "propagate": True},
        "botocore": {"level": "WARNING"},  # it tells where it found each of its own settings
    },
}
