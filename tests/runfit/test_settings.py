"""Settings in a subprocess: what the environment switches on."""

import os
import re
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
PRODUCTION = {
    "DATABASE_URL": "postgres://runfit:secret@db.example.org/runfit",
    "REDIS_URL": "redis://redis.example.org:6379/0",
    "EMAIL_URL": "smtp+tls://user:secret@mail.example.org",
    "SITE_URL": "https://runfit.example.org",
    "SECRET_KEY": "a-key-of-fifty-characters-or-more-for-production-0123456789",
}


def look(expression: str, tmp_path: Path, **environ: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-c", f"from runfit import settings; print({expression})"],
        cwd=ROOT,
        env={"PATH": os.environ["PATH"], "VAR_DIR": str(tmp_path), **environ},
        capture_output=True,
        text=True,
        check=False,
    )


def test_embedded_mode_needs_no_settings_and_reuses_its_secret(tmp_path):
    first = look("settings.SECRET_KEY", tmp_path).stdout
    second = look("settings.SECRET_KEY", tmp_path).stdout

    assert len(first.strip()) == 50
    assert first == second
    assert (tmp_path / "secret_key").stat().st_mode & 0o077 == 0


def test_production_is_https_only_and_on_postgresql(tmp_path):
    shown = look(
        "settings.DATABASES['default']['ENGINE'], settings.SESSION_COOKIE_SECURE, settings.DEBUG,"
        " settings.EMAIL_HOST, settings.ALLOWED_HOSTS",
        tmp_path,
        **PRODUCTION,
    )

    assert shown.stdout == (
        "runfit.postgresql True False mail.example.org ['runfit.example.org',"
        " 'localhost', '127.0.0.1', '[::1]']\n"
    )


@pytest.mark.parametrize(
    ("environ", "shown"),
    [
        ({}, "31536000 False False"),
        ({"HSTS": "off"}, "0 False False"),
        ({"HSTS": "preload"}, "31536000 True True"),
    ],
)
def test_only_its_own_host_promises_https_unless_asked(tmp_path, environ, shown):
    hsts = "settings.SECURE_HSTS_SECONDS, settings.SECURE_HSTS_INCLUDE_SUBDOMAINS"

    told = look(f"{hsts}, settings.SECURE_HSTS_PRELOAD", tmp_path, **PRODUCTION, **environ)

    assert told.stdout == f"{shown}\n"


def test_production_requires_secret_key_and_site_url(tmp_path):
    for name in ("SECRET_KEY", "SITE_URL"):
        shown = look("", tmp_path, **{k: v for k, v in PRODUCTION.items() if k != name})

        assert f"{name} must be set, since DATABASE_URL is." in shown.stderr
        assert shown.returncode != 0


def test_mail_service_is_configured_by_its_name(tmp_path):
    shown = look(
        "settings.EMAIL_BACKEND, settings.MAIL_SERVICE, settings.ANYMAIL",
        tmp_path,
        EMAIL_URL="brevo://xkeysib-Ab1",
    )

    assert shown.stdout == (
        "anymail.backends.brevo.EmailBackend brevo {'BREVO_API_KEY': 'xkeysib-Ab1'}\n"
    )


def test_without_email_url_mail_is_stored_locally(tmp_path):
    shown = look("settings.EMAIL_BACKEND, settings.EMAIL_KEPT_LOCALLY", tmp_path)

    assert shown.stdout == "guides.mail.file_backend.EmlFileBackend True\n"


SERVICE = {"EMAIL_URL": "postmark://token", "MAIL_WEBHOOK_SECRET": "runfit:a-long-secret"}
FOUND = """
import django; django.setup()
from django.urls import Resolver404, resolve
try:
    print(resolve("/webhooks/postmark/tracking/").view_name)
except Resolver404:
    print("none")
"""


def manage(*command: str, tmp_path: Path, **environ: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, *command],
        cwd=ROOT,
        env={
            "PATH": os.environ["PATH"],
            "VAR_DIR": str(tmp_path),
            "DJANGO_SETTINGS_MODULE": "runfit.settings",
            **environ,
        },
        capture_output=True,
        text=True,
        check=False,
    )


def test_webhook_needs_a_mail_service_and_a_secret(tmp_path):
    def found(**environ: str) -> str:
        return manage("-c", FOUND, tmp_path=tmp_path, **environ).stdout.strip()

    assert found(**SERVICE) == "guides:webhook"
    assert found(EMAIL_URL="postmark://token") == "none"
    assert found(MAIL_WEBHOOK_SECRET="runfit:secret") == "none"
    assert found(**SERVICE | {"EMAIL_URL": "smtp://mail.example.org"}) == "none"


def test_site_with_a_mail_service_passes_deployment_checks(tmp_path):
    site = PRODUCTION | SERVICE | {"TRUSTED_PROXIES": "1"}
    tags = ("--tag", "settings", "--tag", "security")  # there are no servers to ask
    check = ("manage.py", "check", "--deploy", "--fail-level", "WARNING", *tags)

    passed = manage(*check, tmp_path=tmp_path, **site)

    assert (passed.returncode, passed.stdout) == (
        0,
        "System check identified no issues (2 silenced).\n",  # what HSTS leaves out
    )
    del site["MAIL_WEBHOOK_SECRET"]
    assert "guides.W003" in manage(*check, tmp_path=tmp_path, **site).stderr


def test_misspelt_variables_are_reported_with_what_was_meant(tmp_path):
    told = manage(
        *("manage.py", "check", "--deploy", "--tag", "settings"),
        tmp_path=tmp_path,
        ALLOWED_HOST="example.org",
    )

    assert "(guides.W011) ALLOWED_HOST is set, but RunFit knows no such setting." in told.stderr
    assert "HINT: Did you mean ALLOWED_HOSTS?" in told.stderr


def test_unwritable_folder_and_unreachable_database_are_told_in_one_line(tmp_path):
    (tmp_path / "file").touch()
    site = PRODUCTION | {"DATABASE_URL": "postgres://127.0.0.1:1/none"}

    folder = manage("manage.py", "check", tmp_path=tmp_path / "file" / "var")
    database = manage("manage.py", "showmigrations", tmp_path=tmp_path, **site)

    assert (folder.returncode, database.returncode) == (1, 1)
    assert folder.stderr == (
        f"manage.py: VAR_DIR is {tmp_path}/file/var, where RunFit can't write: Not a directory. "
        "Give it to the account that runs RunFit, or name another folder.\n"
    )
    assert re.fullmatch(
        r"manage\.py: The database can't be reached: .*Connection refused\. "
        r"Start it, or correct DATABASE_URL\.\n",
        database.stderr,
    )
