"""Mail service events, as the services post them."""

import base64
import hashlib
import hmac
import json
from types import ModuleType

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

import runfit.urls
from guides import selectors, signed_links
from guides.consents.services import consent_confirm, contact_erase, contact_resubscribe
from guides.models import Consent, Delivery, MailEvent, Suppression
from guides.states import State
from guides.tracking.webhooks import webhooks
from runfit import env

pytestmark = pytest.mark.filterwarnings(
    "ignore::anymail.exceptions.AnymailNotSupportedWarning"  # SendGrid
)

SECRET = "runfit:aiGoo7Ro"
URLS = {
    "brevo": "brevo://Ab1",
    "mailgun": "mailgun://key-Ab1:signing-Cd2@mg.example.org",
    "mailjet": "mailjet://Ab1:Cd2",
    "postmark": "postmark://Ab1",
    "resend": "resend://re_Ab1",
    "sendgrid": "sendgrid://SG.Ab1",
    "sparkpost": "sparkpost://Ab1",
}
Kind = MailEvent.Kind


@pytest.fixture
def post_event(settings, db):
    """Posts to a service's webhook as that service does, with the secret from its URL."""
    settings.ANYMAIL_WEBHOOK_SECRET = SECRET
    settings.MAIL_SERVICE = ""

    def post(service, body, *, secret=SECRET, **headers):
        if service != settings.MAIL_SERVICE:
            for key, value in env.mail_options(URLS[service]).items():
                setattr(settings, key, value)
            urls = ModuleType("urls")
            vars(urls).update(
                vars(runfit.urls), urlpatterns=[*webhooks(), *runfit.urls.urlpatterns]
            )
            settings.ROOT_URLCONF = urls
        if secret:
            credentials = base64.b64encode(secret.encode()).decode()
            headers["Authorization"] = f"Basic {credentials}"
        return Client(enforce_csrf_checks=True).post(
            f"/webhooks/{service}/tracking/",
            body if isinstance(body, str) else json.dumps(body),
            content_type="application/json",
            headers=headers,
        )

    return post


def postmark(kind: str, delivery: Delivery | None = None, **values: object) -> dict[str, object]:
    return {
        "RecordType": kind,
        "MessageID": "00000000-0000-0000-0000-000000000000",
        "Metadata": {"delivery": str(delivery.pk)} if delivery else {},
        **values,
    }


def delivered(delivery: Delivery | None = None, **values: object) -> dict[str, object]:
    about = {"Recipient": "runner@example.org", "DeliveredAt": "2026-05-05T16:33:54.9070259Z"}
    return postmark("Delivery", delivery, **(about | values))


def bounced(delivery: Delivery | None = None, kind: str = "HardBounce", **values: object):
    about = {
        "ID": 42,
        "Type": kind,
        "Email": "runner@example.org",
        "BouncedAt": "2026-05-05T16:33:54Z",
        "Details": "550 no such user runner@example.org",
    }
    return postmark("Bounce", delivery, **(about | values))


def complained(delivery: Delivery | None = None) -> dict[str, object]:
    about = {"ID": 43, "Type": "SpamComplaint", "Email": "runner@example.org"}
    return postmark("SpamComplaint", delivery, **about)


def mailgun(event: str, delivery: Delivery, token: str = "t1", **values: object):
    signature = hmac.new(b"signing-Cd2", f"1521233195{token}".encode(), hashlib.sha256)
    data = {
        "event": event,
        "id": "Ase7i2zsRYeDXztHGENqRA",
        "timestamp": 1521233195.375624,
        "recipient": "runner@example.org",
        "user-variables": {"delivery": str(delivery.pk)},
        "message": {"headers": {"message-id": delivery.message_id.strip("<>")}},
        **values,
    }
    signed = {"token": token, "timestamp": "1521233195", "signature": signature.hexdigest()}
    return {"signature": signed, "event-data": data}


def sendgrid(event: str, number: int, delivery: Delivery, **values: object) -> dict[str, object]:
    return {
        "email": delivery.contact.email,
        "timestamp": 1461095246,
        "event": event,
        "sg_event_id": f"event-{number}",
        "anymail_id": "5c1f",
        "delivery": str(delivery.pk),
        **values,
    }


def stored_events() -> list[tuple[str, str, int | None]]:
    return list(MailEvent.objects.values_list("kind", "reason", "delivery_id"))


def reasons() -> list[str]:
    return list(Suppression.objects.values_list("reason", flat=True))


def test_event_is_matched_by_delivery_id(post_event, delivery):
    assert post_event("postmark", delivered(delivery)).status_code == 200

    event = MailEvent.objects.get()
    assert (event.provider, event.kind, event.delivery) == ("Postmark", Kind.DELIVERED, delivery)
    assert event.at.isoformat() == "2026-05-05T16:33:54.907025+00:00"
    assert reasons() == []


def test_repeated_event_is_stored_once(post_event, delivery):
    for body in (bounced(delivery), delivered(delivery)):
        for _ in range(3):
            assert post_event("postmark", body).status_code == 200

    assert sorted(stored_events()) == [
        (Kind.BOUNCED, "bounced", delivery.pk),
        (Kind.DELIVERED, "", delivery.pk),
    ]


def test_repeated_mailgun_event_with_new_signature_is_stored_once(post_event, delivery):
    for token in ("t1", "t2", "t3"):
        body = mailgun("failed", delivery, token, severity="permanent", reason="bounce")
        assert post_event("mailgun", body).status_code == 200

    assert stored_events() == [(Kind.BOUNCED, "bounced", delivery.pk)]


@pytest.mark.parametrize(
    ("body", "reason"),
    [(bounced, Suppression.Reason.BOUNCED), (complained, Suppression.Reason.COMPLAINED)],
)
def test_hard_bounce_or_complaint_suppresses_address(post_event, ask, submit, body, reason):
    delivery = ask(submit(), state=State.SENT)
    other = ask(submit(), "other@example.org")
    waiting = ask(submit(), state=State.RETRY)

    post_event("postmark", body(delivery))

    assert reasons() == [reason]
    assert selectors.address_suppressed("Runner@Example.org")
    states = dict(Delivery.objects.values_list("pk", "state"))
    assert states == {
        delivery.pk: State.SENT,
        waiting.pk: State.CANCELLED,
        other.pk: State.QUEUED,
    }
    waiting.refresh_from_db()
    assert waiting.reason == "The mail service told us this address doesn't take email anymore."


@pytest.mark.parametrize(
    ("kind", "expected"),
    [
        ("SoftBounce", Kind.RETURNED),
        ("Transient", Kind.DELAYED),
        ("Blocked", Kind.REJECTED),
        ("AutoResponder", Kind.OTHER),
        ("NeverHeardOf", Kind.RETURNED),
    ],
)
def test_soft_bounce_suppresses_nothing(post_event, delivery, kind, expected):
    post_event("postmark", bounced(delivery, kind))

    assert [row[0] for row in stored_events()] == [expected]
    assert reasons() == []


@pytest.mark.parametrize(
    ("service", "body", "hard"),
    [
        ("brevo", {"event": "hard_bounce", "email": "runner@example.org"}, True),
        ("brevo", {"event": "soft_bounce", "email": "runner@example.org"}, False),
        ("mailjet", [{"event": "bounce", "email": "runner@example.org", "hard_bounce": True,
                      "error": "user unknown"}], True),
        ("mailjet", [{"event": "bounce", "email": "runner@example.org", "hard_bounce": False,
                      "error": "quota exceeded"}], False),
        ("resend", {"type": "email.bounced", "data": {
            "to": ["runner@example.org"], "bounce": {"type": "Permanent", "message": "m"}}}, True),
        ("resend", {"type": "email.bounced", "data": {
            "to": ["runner@example.org"], "bounce": {"type": "Transient", "message": "m"}}}, False),
        ("sendgrid", [{"event": "bounce", "type": "bounce", "email": "runner@example.org"}], True),
        ("sendgrid", [{"event": "bounce", "type": "blocked", "email": "runner@example.org"}], False),
        ("sparkpost", [{"msys": {"message_event": {
            "type": "bounce", "bounce_class": "10", "raw_rcpt_to": "runner@example.org"}}}], True),
        ("sparkpost", [{"msys": {"message_event": {
            "type": "bounce", "bounce_class": "22", "raw_rcpt_to": "runner@example.org"}}}], False),
    ],
)  # fmt: skip
def test_hard_bounce_is_recognized_for_every_service(post_event, service, body, hard):
    assert post_event(service, body).status_code == 200

    assert [row[0] for row in stored_events()] == [Kind.BOUNCED if hard else Kind.RETURNED]
    assert reasons() == ([Suppression.Reason.BOUNCED] if hard else [])


def test_event_is_matched_by_message_id(post_event, delivery):
    body = mailgun("delivered", delivery, **{"user-variables": {}})

    post_event("mailgun", body)

    assert stored_events() == [(Kind.DELIVERED, "", delivery.pk)]


def test_delivery_id_of_another_site_is_not_matched(post_event, delivery):
    post_event("postmark", delivered(delivery, Recipient="stranger@example.org"))

    assert stored_events() == [(Kind.DELIVERED, "", None)]


def test_no_plain_address_is_stored(post_event, delivery):
    post_event("postmark", bounced(delivery))

    rows = [*MailEvent.objects.values(), *Suppression.objects.values()]
    assert "runner" in json.dumps(bounced(delivery))
    assert "runner" not in json.dumps(rows, default=str)
    assert "example" not in json.dumps(rows, default=str)


@pytest.mark.parametrize("kind", ["Open", "Click"])
def test_opens_and_clicks_are_not_stored(post_event, delivery, kind):
    assert post_event("postmark", postmark(kind, delivery)).status_code == 200
    assert stored_events() == []


UNKNOWN = [
    {"RecordType": "Invented", "Recipient": "runner@example.org"},
    {"RecordType": "Invented", "Metadata": {"delivery": "9" * 5000}},
    {"RecordType": "Invented", "Metadata": ["delivery"], "MessageID": {"a": ["\0"]}},
    {"RecordType": "Bounce", "Type": {"a": 1}, "Email": ["\0", 7]},
    {"RecordType": "Delivery", "DeliveredAt": "yesterday"},
    {"RecordType": "Delivery", "DeliveredAt": 7},
    {},
    [],
    [[]],
    "not JSON",
    "",
]


@pytest.mark.parametrize("body", UNKNOWN, ids=range(len(UNKNOWN)))
def test_unknown_event_is_stored_once(post_event, delivery, body):
    assert [post_event("postmark", body).status_code for _ in range(2)] == [200, 200]

    assert len(stored_events()) == 1
    assert reasons() == []


@pytest.mark.parametrize("secret", ["", "runfit:wrong", "runfit:", ":", "None", "wrong"])
@pytest.mark.parametrize("service", sorted(URLS))
def test_wrong_secret_is_refused(post_event, service, secret, caplog):
    assert post_event(service, delivered(), secret=secret).status_code == 400
    assert stored_events() == []


def test_mailgun_signature_is_required(post_event, delivery):
    body = mailgun("delivered", delivery)
    body["signature"]["signature"] = "0" * 64

    assert post_event("mailgun", body).status_code == 400
    assert stored_events() == []


def test_only_configured_service_has_webhook(post_event):
    post_event("postmark", delivered())

    credentials = base64.b64encode(SECRET.encode()).decode()
    for at in ("sendgrid/tracking", "postmark/inbound", "amazon_ses/tracking", "mandrill"):
        headers = {"Authorization": f"Basic {credentials}"}
        assert Client().post(f"/webhooks/{at}/", headers=headers).status_code == 404, at


def test_get_request_reveals_nothing(post_event, client):
    post_event("postmark", delivered())

    assert client.get("/webhooks/postmark/tracking/").status_code == 405


def test_webhook_accepts_300_kilobytes(post_event, delivery):
    many = [sendgrid("delivered", n, delivery, response="x" * 400) for n in range(1000)]

    assert post_event("sendgrid", many).status_code == 200
    assert MailEvent.objects.count() == 1000


@pytest.mark.parametrize("event", ["delivered", "bounce"])
def test_query_count_does_not_grow_with_events(post_event, ask, submit, settings, event):
    settings.NEWSLETTER_URL = "http://127.0.0.1:1/"

    def queries_for(first: int, count: int) -> int:
        mails = [ask(submit(), f"r{n}@example.org") for n in range(first, first + count)]
        for mail in mails:
            consent_confirm(
                contact=mail.contact, purpose=Consent.Purpose.SECRET, words="Yes", page="secret"
            )
        body = [sendgrid(event, mail.pk, mail, type="bounce") for mail in mails]
        with CaptureQueriesContext(connection) as captured:
            assert post_event("sendgrid", body).status_code == 200
        return len(captured)

    assert queries_for(0, 1) == queries_for(1, 12)
    assert MailEvent.objects.exclude(delivery=None).count() == 13
    assert selectors.consents_confirmed().count() == (13 if event == "delivered" else 0)


def test_erase_deletes_events_and_later_ones_match_nobody(post_event, delivery, contact):
    post_event("postmark", delivered(delivery))
    contact_erase(contact=contact)
    assert stored_events() == []

    post_event("postmark", bounced(delivery))

    assert stored_events() == [(Kind.BOUNCED, "bounced", None)]
    assert reasons() == [Suppression.Reason.ERASED]


def test_resubscribing_does_not_undo_bounce(post_event, delivery, contact):
    post_event("postmark", bounced(delivery))

    contact_resubscribe(contact=contact)

    assert reasons() == [Suppression.Reason.BOUNCED]


@pytest.mark.parametrize("order", [(0, 1), (1, 0)])
@pytest.mark.parametrize("together", [True, False])
def test_complaint_replaces_bounce(post_event, delivery, order, together):
    body = [
        sendgrid("bounce", 1, delivery, type="bounce"),
        sendgrid("spamreport", 2, delivery),
    ]
    for events in [[body[n] for n in order]] if together else [[body[n]] for n in order]:
        post_event("sendgrid", events)

    assert reasons() == [Suppression.Reason.COMPLAINED]


@pytest.mark.parametrize(
    ("body", "why"),
    [
        (bounced, "One of our emails bounced."),
        (complained, "One of our emails was marked as spam."),
    ],
)
def test_runner_cannot_undo_suppression_by_mail_service(post_event, delivery, client, body, why):
    token = signed_links.preferences_token(delivery.contact)
    stop = f"/unsubscribe/{signed_links.unsubscribe_token(delivery.contact)}/"
    client.post(stop)
    assert "Get emails again" in client.get(f"/preferences/{token}/").content.decode()
    assert "Put me back on the list" in client.get(stop).content.decode()
    client.post(stop, {"action": "undo"})

    post_event("postmark", body(delivery))

    page = client.get(f"/preferences/{token}/").content.decode()
    assert why in page
    assert "Get emails again" not in page
    assert "Put me back on the list" not in client.get(stop).content.decode()


def test_admin_shows_mail_events_in_words(post_event, delivery, admin_client):
    for body in (delivered(delivery), bounced(delivery), complained(delivery)):
        post_event("postmark", body)

    email = admin_client.get(f"/admin/guides/delivery/{delivery.pk}/change/").content.decode()
    listed = admin_client.get("/admin/guides/suppression/").content.decode()

    for words in (
        "delivered",
        "this address doesn&#x27;t take email",
        "marked as spam by its reader",
    ):
        assert words in email
    assert "email: one bounced for good" in listed


@pytest.mark.parametrize("field", ["Email", "MessageID", "Description", "ID", "Type"])
def test_lone_surrogate_is_stored_as_unknown_event(post_event, delivery, field):
    body = postmark("Bounce", delivery, Type="HardBounce", ID=7, Email="runner@example.org")

    responses = [post_event("postmark", {**body, field: "a\ud800\0b"}) for _ in range(2)]

    assert [response.status_code for response in responses] == [200, 200]
    assert MailEvent.objects.count() == 1
