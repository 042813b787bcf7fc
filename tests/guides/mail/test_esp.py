"""Delivery through mail services, each simulated by a real HTTP server."""

import re
import time
from datetime import timedelta

import pytest
import requests
from anymail.exceptions import (
    AnymailConfigurationError,
    AnymailInvalidAddress,
    AnymailRecipientsRefused,
    AnymailRequestsAPIError,
)
from django.core.mail import EmailMessage, get_connection

from guides.delivery.faults import classify
from guides.delivery.worker import drain
from guides.mail import messages
from guides.models import Delivery
from guides.publishing.sample_emails import SampleNotSentError, guide_email_samples_send
from guides.states import State
from runfit import env
from tests.guides.factories import GuideFactory, PlanStepFactory, SharedRulesFactory
from tests.support.mail_service import running_service

pytestmark = pytest.mark.filterwarnings(
    "ignore::anymail.exceptions.AnymailNotSupportedWarning"  # SendGrid
)

ACCEPTED = {
    "To": "runner@example.org",
    "MessageID": "0a129aee-e1cd-480d-b08d-4f48548ff48d",
    "ErrorCode": 0,
    "Message": "OK",
}
MAILJET_ACCEPTED = {
    "Messages": [
        {
            "Status": "success",
            "To": [{"Email": "runner@example.org", "MessageID": 1, "MessageUUID": "u"}],
        }
    ]
}
SPARKPOST_ACCEPTED = {
    "results": {"total_accepted_recipients": 1, "total_rejected_recipients": 0, "id": "1"}
}
# EMAIL_URL, and the service's response when it accepts an email
SERVICES = {
    "brevo": ("brevo://xkeysib-Ab1", 201, {"messageId": "<1@smtp-relay.mailin.fr>"}),
    "mailgun": ("mailgun://key-Ab1@mg.example.org", 200, {"id": "<1@mg>", "message": "Queued."}),
    "mailjet": ("mailjet://Ab1:Cd2", 200, MAILJET_ACCEPTED),
    "postmark": ("postmark://Ab1-Cd2", 200, ACCEPTED),
    "resend": ("resend://re_Ab1", 200, {"id": "1"}),
    "sendgrid": ("sendgrid://SG.Ab1.Cd2", 202, ""),
    "sparkpost": ("sparkpost://Ab1", 200, SPARKPOST_ACCEPTED),
}


@pytest.fixture
def use_service(settings):
    """Sets EMAIL_URL and starts a server that simulates the service."""
    running = []

    def start(name):
        url, status, body = SERVICES[name]
        for key, value in env.mail_options(url).items():
            setattr(settings, key, value)
        context = running_service(status, body)
        running.append(context)
        service = context.__enter__()
        setattr(settings, f"ANYMAIL_{name.upper()}_API_URL", service.url)
        return service

    yield start
    for context in running:
        context.__exit__(None, None, None)


@pytest.fixture
def postmark(use_service):
    return use_service("postmark")


def row() -> Delivery:
    return Delivery.objects.get()


@pytest.mark.parametrize("name", SERVICES)
def test_email_carries_delivery_id_as_metadata(delivery, use_service, name):
    service = use_service(name)

    assert drain() == (1, False)

    assert row().state == State.SENT
    [post] = service.posts
    sent = post.body
    assert "runner@example.org" in sent
    assert "delivery" in sent
    assert str(delivery.pk) in sent
    assert "auto-generated" in sent
    assert (delivery.message_id in sent) is (name != "mailjet")


TRACKING_OFF = {
    "mailgun": 'name="o:tracking-clicks"\r\n\r\nno',
    "mailjet": '"TrackClicks": "disabled", "TrackOpens": "disabled"',
    "postmark": '"TrackLinks": "None", "TrackOpens": false',
    "sendgrid": '"click_tracking": {"enable": false}, "open_tracking": {"enable": false}',
    "sparkpost": '"click_tracking": false, "open_tracking": false',
}


@pytest.mark.parametrize("name", TRACKING_OFF)
def test_open_and_click_tracking_is_off(delivery, use_service, name):
    service = use_service(name)
    drain()

    assert TRACKING_OFF[name] in service.posts[0].body


PICTURE_IN = {
    "mailgun": 'name="inline"; filename="{cid}"\r\nContent-Type: image/png',
    "mailjet": '"ContentID": "{cid}"',
    "postmark": '"ContentID": "cid:{cid}"',
    "resend": '"content_id": "{cid}"',
    "sendgrid": '"content_id": "{cid}"',
    "sparkpost": '"name": "{cid}"',
}


@pytest.mark.parametrize("name", PICTURE_IN)
def test_pictures_go_with_the_page(delivery, use_service, name):
    service = use_service(name)
    [picture] = messages.build(delivery).template.pictures

    drain()

    [post] = service.posts
    assert PICTURE_IN[name].format(cid=picture.cid) in post.body
    assert re.search(rf'src=\\?"cid:{picture.cid}', post.body)


def test_brevo_gets_the_email_without_pictures(delivery, use_service):
    """It takes none that the page shows, and would refuse the email."""
    service = use_service("brevo")

    assert drain() == (1, False)

    sent = service.posts[0].json
    assert "attachment" not in sent
    assert "<img" not in sent["htmlContent"]
    assert "1 x 6 each side" in sent["htmlContent"]
    assert "</html>" in sent["htmlContent"]


def test_postmark_gets_whole_email_and_keeps_our_message_id(delivery, postmark):
    drain()

    [post] = postmark.posts
    assert post.path == "/email"
    assert post.headers["X-Postmark-Server-Token"] == "Ab1-Cd2"
    sent = post.json
    assert {header["Name"]: header["Value"] for header in sent["Headers"]} == {
        "Message-ID": delivery.message_id,
        "Auto-Submitted": "auto-generated",
        "X-Auto-Response-Suppress": "All",
        "X-PM-KeepID": "true",
    }
    assert sent["To"] == "runner@example.org"
    assert sent["Metadata"] == {"delivery": str(delivery.pk)}
    assert (sent["TrackOpens"], sent["TrackLinks"]) == (False, "None")
    assert "/guide/" in sent["TextBody"]
    assert "/guide/" in sent["HtmlBody"]


def test_emails_share_a_connection(ask, submit, postmark):
    for number in range(3):
        ask(submit(), f"r{number}@example.org")

    assert drain() == (3, False)
    assert postmark.connections == 1


def test_response_with_respelled_address_counts_as_accepted(delivery, postmark):
    postmark.answers = [(200, ACCEPTED | {"To": "RUNNER@xn--example.org"})]

    assert drain() == (1, False)


def postmark_error(code: int, message: str) -> tuple[int, dict[str, object]]:
    return 422, {"ErrorCode": code, "Message": message}


@pytest.mark.parametrize(
    ("answer", "state", "paused"),
    [
        ((401, {"ErrorCode": 10, "Message": "Bad or missing Server API token."}), "retry", True),
        ((403, "Forbidden"), "retry", True),
        (postmark_error(300, "Invalid 'From' address: 'a@b'."), "retry", True),
        (postmark_error(400, "The 'From' address is not a Sender Signature."), "retry", True),
        (postmark_error(405, "Not allowed to send: your account has no credits."), "retry", True),
        (
            postmark_error(
                412,
                "While your account is pending approval, all recipient addresses must share the "
                "same domain as the 'From' address.",
            ),
            "retry",
            True,
        ),
        (postmark_error(300, "Invalid 'To' address: 'runner@example.org'."), "failed", False),
        (postmark_error(300, "Error parsing 'To': it ends too soon."), "failed", False),
        (
            postmark_error(
                406,
                "You tried to send to a recipient that has been marked as inactive.\n"
                "Found inactive addresses: runner@example.org.\nInactive recipients are ones that "
                "have generated a hard bounce or a spam complaint.",
            ),
            "failed",
            False,
        ),
        (postmark_error(300, "Invalid metadata content."), "retry", False),
        ((429, {"ErrorCode": 429, "Message": "Rate limit exceeded."}), "retry", False),
        ((500, {"ErrorCode": 0, "Message": "Internal"}), "retry", False),
        ((503, "<h1>Away</h1>"), "retry", False),
        ((200, "not JSON"), "retry", False),
        ((302, ""), "retry", False),
    ],
)
def test_postmark_errors_are_classified(delivery, postmark, answer, state, paused):
    postmark.answers = [answer]

    assert drain() == (0, paused)

    assert row().state == state
    assert row().attempts == (0 if paused else 1)
    assert "@" not in row().reason
    assert row().reason


def mailjet_error(status: int, about: str, message: str) -> tuple[int, dict[str, object]]:
    fault = {"StatusCode": status, "ErrorMessage": message, "ErrorRelatedTo": [about]}
    return status, {"Messages": [{"Status": "error", "Errors": [fault]}]}


@pytest.mark.parametrize(
    ("name", "answer", "kind"),
    [
        ("mailjet", mailjet_error(400, "To[0].Email", "is an invalid email address"), "refused"),
        ("mailjet", mailjet_error(403, "From", "is not an authorized sender"), "configuration"),
        ("mailjet", mailjet_error(400, "From", "is not an active sender"), "configuration"),
        ("mailjet", mailjet_error(400, "Subject", "is too long"), "transient"),
        ("mailgun", (400, {"message": "'to' parameter is not a valid address."}), "refused"),
        ("mailgun", (404, {"message": "Domain not found: mg.example.org"}), "configuration"),
        ("mailgun", (401, "Forbidden"), "configuration"),
        ("sendgrid", (400, {"errors": [{"field": "personalizations.0.to.0.email"}]}), "refused"),
        ("sendgrid", (400, {"errors": [{"field": "from.email"}]}), "configuration"),
        ("sendgrid", (429, {"errors": [{"message": "too many requests"}]}), "transient"),
        ("brevo", (400, {"code": "invalid_parameter", "message": "email is not valid in to"}),
         "refused"),
        ("brevo", (402, {"code": "not_enough_credits"}), "configuration"),
        ("resend", (422, {"message": "Invalid `to` field.", "name": "validation_error"}),
         "refused"),
        ("resend", (403, {"message": "The domain is not verified."}), "configuration"),
        ("sparkpost", (422, {"errors": [{"message": "Invalid recipient address"}]}), "refused"),
        ("sparkpost", (400, {"errors": [{"message": "Unconfigured Sending Domain"}]}),
         "configuration"),
        ("sparkpost", (420, {"errors": [{"message": "Exceed Sending Limit"}]}), "transient"),
    ],
)  # fmt: skip
def test_errors_of_other_services_are_classified(delivery, use_service, name, answer, kind):
    use_service(name).answers = [answer]

    assert drain() == (0, kind == "configuration")
    assert row().state == (State.FAILED if kind == "refused" else State.RETRY)


def test_refused_email_does_not_affect_others(ask, submit, postmark):
    for number in range(2):
        ask(submit(), f"r{number}@example.org")
    postmark.answers = [postmark_error(300, "Invalid 'To' address."), (200, ACCEPTED)]

    drain()

    assert sorted(Delivery.objects.values_list("state", flat=True)) == [State.FAILED, State.SENT]


def test_address_in_error_is_not_taken_for_its_wording(ask, submission, postmark):
    ask(submission, "sender+account@example.org")
    message = "Invalid 'To' address: 'sender+account@example.org'."
    postmark.answers = [(400, {"ErrorCode": 300, "Message": message})]

    assert drain() == (0, False)
    assert row().state == State.FAILED


def test_retry_sends_same_message_id(delivery, postmark):
    postmark.answers = [(503, ""), (200, ACCEPTED)]
    drain()
    Delivery.objects.update(due_at=delivery.due_at)
    drain()

    first, second = (post.json["Headers"] for post in postmark.posts)
    assert first == second
    assert row().state == State.SENT


def test_unreachable_service_is_retried(delivery, postmark, settings):
    settings.ANYMAIL_POSTMARK_API_URL = "http://127.0.0.1:1/"

    assert drain() == (0, False)
    assert row().reason == "We couldn't reach the mail server."


def test_hanging_service_times_out(delivery, postmark, settings):
    settings.ANYMAIL_REQUESTS_TIMEOUT = 0.3
    postmark.hang = 20
    began = time.monotonic()

    assert drain() == (0, False)
    assert time.monotonic() - began < 5
    assert row().state == State.RETRY


@pytest.mark.parametrize("closes", [False, True])
def test_trickling_response_is_cut_at_deadline(delivery, postmark, monkeypatch, closes):
    monkeypatch.setattr("guides.delivery.dispatch.MAIL_DEADLINE", timedelta(seconds=0.5))
    postmark.trickle = 0.2
    postmark.closes = closes
    began = time.monotonic()

    assert drain() == (0, False)
    assert time.monotonic() - began < 5
    assert row().state == State.RETRY


def test_trickling_response_through_proxy_is_cut_at_deadline(
    delivery, postmark, settings, monkeypatch
):
    monkeypatch.setattr("guides.delivery.dispatch.MAIL_DEADLINE", timedelta(seconds=0.5))
    monkeypatch.setenv("http_proxy", postmark.url)
    settings.ANYMAIL_POSTMARK_API_URL = "http://postmark.example.org/"
    postmark.trickle = 0.2
    began = time.monotonic()

    assert drain() == (0, False)
    assert len(postmark.posts) == 1
    assert time.monotonic() - began < 5
    assert row().state == State.RETRY


def test_services_get_the_same_timeout(settings):
    assert settings.ANYMAIL_REQUESTS_TIMEOUT == settings.EMAIL_TIMEOUT == 10


@pytest.mark.parametrize(
    ("error", "kind"),
    [
        (AnymailConfigurationError("You must set"), "configuration"),
        (AnymailRecipientsRefused(), "refused"),
        (AnymailInvalidAddress("Invalid email address in `to`"), "refused"),
        (AnymailInvalidAddress("Invalid email address in `from_email`"), "configuration"),
        (AnymailRequestsAPIError("Error posting"), "transient"),
        (requests.ConnectionError("refused"), "transient"),
    ],
)
def test_errors_without_response_are_classified(error, kind):
    assert classify(error).kind == kind


def test_invalid_sender_pauses_mail(delivery, postmark, monkeypatch):
    monkeypatch.setattr("guides.mail.compose._mailbox", lambda name, address: "no address")

    assert drain() == (0, True)
    assert postmark.posts == []


def test_smtp_email_has_no_delivery_metadata(delivery, sink):
    drain()

    headers = sink.raw[0].lower().split(b"\r\n\r\n")[0]
    assert b"metadata" not in headers
    assert b"x-pm-keepid" not in headers


def test_refused_sample_email_shows_reason(db, postmark):
    SharedRulesFactory()
    guide = GuideFactory()
    PlanStepFactory(block__plan__profile__assessment=guide.assessment)
    postmark.answers = [(401, {"ErrorCode": 10, "Message": "Bad or missing Server API token."})]

    with pytest.raises(SampleNotSentError, match="Bad or missing Server API token"):
        guide_email_samples_send(guide=guide, to="pt@example.org")


def test_other_site_email_can_be_sent(postmark):
    connection = get_connection()

    assert EmailMessage("Hello", "World", to=["pt@example.org"], connection=connection).send() == 1
