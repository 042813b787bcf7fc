import socket
import ssl
from contextlib import contextmanager
from datetime import timedelta

import pytest
import trustme
from aiosmtpd.controller import Controller
from aiosmtpd.smtp import AuthResult
from django.utils import timezone

from guides.models import Delivery, MailServer
from runfit.monitoring.doctor import Verdict
from runfit.monitoring.doctor.mail import mail_findings, waiting_findings
from tests.support.newsletter_tool import running_tool
from tests.support.ports import free_port
from tests.support.smtp_server import Sink

YESTERDAY = timezone.now() - timedelta(days=1, minutes=1)


@pytest.fixture
def use(settings):
    def use(port, **more):
        settings.EMAIL_KEPT_LOCALLY, settings.MAIL_SERVICE = False, ""
        settings.EMAIL_BACKEND = "guides.mail.connection.SmtpBackend"
        settings.EMAIL_HOST, settings.EMAIL_PORT = "localhost", port
        for name, value in more.items():
            setattr(settings, name, value)
        return [(finding.verdict, finding.text) for finding in mail_findings()]

    return use


@pytest.fixture
def tls_sink(monkeypatch, tmp_path):
    """A server that wants STARTTLS and a password, with a certificate that's trusted here."""
    authority = trustme.CA()
    authority.cert_pem.write_to_path(tmp_path / "ca.pem")
    monkeypatch.setenv("SSL_CERT_FILE", str(tmp_path / "ca.pem"))
    context = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
    authority.issue_cert("localhost").configure_cert(context)

    def is_known(server, session, envelope, mechanism, data):
        return AuthResult(success=data.password == b"right", handled=False)

    sink = Sink(port=free_port())
    controller = Controller(
        sink,
        hostname="127.0.0.1",
        port=sink.port,
        tls_context=context,
        require_starttls=True,
        auth_required=True,
        authenticator=is_known,
    )
    controller.start()
    yield sink
    controller.stop()


def test_starttls_and_sign_in_are_tried_and_no_email_is_sent(use, tls_sink):
    user = {"EMAIL_USE_TLS": True, "EMAIL_HOST_USER": "pt", "EMAIL_HOST_PASSWORD": "right"}

    ((verdict, text),) = use(tls_sink.port, **user)

    assert (verdict, text) == (
        Verdict.GOOD,
        f"localhost:{tls_sink.port}: TLSv1.3, and it took our sign-in.",
    )
    assert tls_sink.sessions == 2  # before and after STARTTLS
    assert tls_sink.raw == []


def test_a_wrong_password_is_told(use, tls_sink):
    user = {"EMAIL_USE_TLS": True, "EMAIL_HOST_USER": "pt", "EMAIL_HOST_PASSWORD": "wrong"}

    ((verdict, text),) = use(tls_sink.port, **user)

    assert verdict == Verdict.BAD
    assert "refused our sign-in" in text
    assert "535" in text
    assert "wrong" not in text


def test_a_certificate_of_nobody_is_told(use, tls_sink, monkeypatch):
    monkeypatch.delenv("SSL_CERT_FILE")

    ((verdict, text),) = use(tls_sink.port, EMAIL_USE_TLS=True)

    assert verdict == Verdict.BAD
    assert "certificate" in text


def test_a_server_without_tls(use, sink):
    assert use(sink.port) == [(Verdict.GOOD, f"localhost:{sink.port}: It answers.")]
    assert use(sink.port, EMAIL_USE_TLS=True)[0][0] == Verdict.BAD


def test_a_server_that_is_not_there(use):
    ((verdict, text),) = use(1)

    assert verdict == Verdict.BAD
    assert text.startswith("localhost:1: We couldn't reach the mail server.")


@contextmanager
def silent_server():
    with socket.create_server(("127.0.0.1", 0)) as server:
        yield server.getsockname()[1]


def test_a_silent_server_is_given_up(use, monkeypatch):
    monkeypatch.setattr("runfit.monitoring.doctor.mail.TIMEOUT", 0.2)

    with silent_server() as port:
        assert use(port)[0][0] == Verdict.BAD


def test_mail_that_is_only_kept_is_noted(settings):
    settings.EMAIL_KEPT_LOCALLY = True

    assert [finding.verdict for finding in mail_findings()] == [Verdict.NOTE]


@pytest.mark.parametrize("reachable", [True, False])
def test_a_mail_service_is_reached_over_http(settings, reachable):
    settings.EMAIL_KEPT_LOCALLY, settings.MAIL_SERVICE = False, "postmark"
    settings.EMAIL_BACKEND = "anymail.backends.postmark.EmailBackend"
    with running_tool() as tool:
        port = tool.port if reachable else 1
        settings.ANYMAIL = {
            "POSTMARK_SERVER_TOKEN": "t",
            "POSTMARK_API_URL": f"http://127.0.0.1:{port}/",
        }
        (only,) = mail_findings()

    assert only.verdict == (Verdict.GOOD if reachable else Verdict.BAD)


@pytest.mark.parametrize(
    ("server", "told"),
    [
        ({"held_since": YESTERDAY}, "All are held since a restore, 1\xa0day ago."),
        ({"paused_since": YESTERDAY, "reason": "It refused us."}, "It refused us."),
        ({}, "One has been due for 6 minutes."),
    ],
)
def test_emails_that_do_not_go_out_are_told(db, server, told):
    (finding,) = waiting_findings()
    assert finding.verdict == Verdict.GOOD

    Delivery.objects.create(due_at=timezone.now() - timedelta(minutes=6, seconds=9))
    MailServer.objects.create(**server)

    (finding,) = waiting_findings()
    assert (finding.verdict, finding.text) == (Verdict.BAD, told)
    assert finding.fix
