"""What mail services tell, as they post it."""

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
def told(settings, db):
    """Post to the webhook of a service as that service does; the secret stands in its URL."""
    settings.ANYMAIL_WEBHOOK_SECRET = SECRET
    settings.MAIL_SERVICE = ""

    def post(service, said, *, secret=SECRET, **headers):
        if service != settings.MAIL_SERVICE:
            for key, value in env.mail_options(URLS[service]).items():
                setattr(settings, key, value)
            urls = ModuleType("urls")
            vars(urls).update(
                vars(runfit.urls), urlpatterns=[*webhooks(), *runfit.urls.urlpatterns]
            )
            settings.ROOT_URLCONF = urls
        if secret:
            word = base64.b64encode(secret.encode()).decode()
            headers["Authorization"] = f"Basic {word}"
        return Client(enforce_csrf_checks=True).post(
            f"/webhooks/{service}/tracking/",
            said if isinstance(said, str) else json.dumps(said),
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


def kept() -> list[tuple[str, str, int | None]]:
    return list(MailEvent.objects.values_list("kind", "reason", "delivery_id"))


def reasons() -> list[str]:
    return list(Suppression.objects.values_list("reason", flat=True))


def test_a_delivered_mail_is_known_by_its_number(told, delivery):
    assert told("postmark", delivered(delivery)).status_code == 200

    event = MailEvent.objects.get()
    assert (event.provider, event.kind, event.delivery) == ("Postmark", Kind.DELIVERED, delivery)
    assert event.at.isoformat() == "2026-05-05T16:33:54.907025+00:00"
    assert reasons() == []


def test_what_is_told_three_times_is_kept_once(told, delivery):
    for said in (bounced(delivery), delivered(delivery)):
        for _ in range(3):
            assert told("postmark", said).status_code == 200

    assert sorted(kept()) == [
        (Kind.BOUNCED, "bounced", delivery.pk),
        (Kind.DELIVERED, "", delivery.pk),
    ]


def test_mailgun_signs_each_try_anew_and_is_kept_once(told, delivery):
    for token in ("t1", "t2", "t3"):
        said = mailgun("failed", delivery, token, severity="permanent", reason="bounce")
        assert told("mailgun", said).status_code == 200

    assert kept() == [(Kind.BOUNCED, "bounced", delivery.pk)]


@pytest.mark.parametrize(
    ("said", "reason"),
    [(bounced, Suppression.Reason.BOUNCED), (complained, Suppression.Reason.COMPLAINED)],
)
def test_a_hard_bounce_or_a_complaint_ends_all_mail_to_the_address(told, ask, submit, said, reason):
    delivery = ask(submit(), state=State.SENT)
    neighbour = ask(submit(), "other@example.org")
    waiting = ask(submit(), state=State.RETRY)

    told("postmark", said(delivery))

    assert reasons() == [reason]
    assert selectors.address_suppressed("Runner@Example.org")
    states = dict(Delivery.objects.values_list("pk", "state"))
    assert states == {
        delivery.pk: State.SENT,
        waiting.pk: State.CANCELLED,
        neighbour.pk: State.QUEUED,
    }
    waiting.refresh_from_db()
    assert waiting.reason == "The mail service told us that this address takes no more mail."


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
def test_a_bounce_for_now_ends_nothing(told, delivery, kind, expected):
    told("postmark", bounced(delivery, kind))

    assert [row[0] for row in kept()] == [expected]
    assert reasons() == []


@pytest.mark.parametrize(
    ("service", "said", "hard"),
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
def test_each_service_has_its_own_word_for_a_hard_bounce(told, service, said, hard):
    assert told(service, said).status_code == 200

    assert [row[0] for row in kept()] == [Kind.BOUNCED if hard else Kind.RETURNED]
    assert reasons() == ([Suppression.Reason.BOUNCED] if hard else [])


def test_a_mail_is_found_by_its_message_id(told, delivery):
    said = mailgun("delivered", delivery, **{"user-variables": {}})

    told("mailgun", said)

    assert kept() == [(Kind.DELIVERED, "", delivery.pk)]


def test_the_number_of_another_sites_mail_is_not_ours(told, delivery):
    told("postmark", delivered(delivery, Recipient="stranger@example.org"))

    assert kept() == [(Kind.DELIVERED, "", None)]


def test_no_address_is_kept_in_clear(told, delivery):
    told("postmark", bounced(delivery))

    rows = [*MailEvent.objects.values(), *Suppression.objects.values()]
    assert "runner" in json.dumps(bounced(delivery))
    assert "runner" not in json.dumps(rows, default=str)
    assert "example" not in json.dumps(rows, default=str)


@pytest.mark.parametrize("kind", ["Open", "Click"])
def test_who_reads_what_is_not_kept(told, delivery, kind):
    assert told("postmark", postmark(kind, delivery)).status_code == 200
    assert kept() == []


STRANGE = [
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


@pytest.mark.parametrize("said", STRANGE, ids=range(len(STRANGE)))
def test_what_nobody_knows_is_kept_once_and_breaks_nothing(told, delivery, said):
    assert [told("postmark", said).status_code for _ in range(2)] == [200, 200]

    assert len(kept()) == 1
    assert reasons() == []


@pytest.mark.parametrize("secret", ["", "runfit:wrong", "runfit:", ":", "None", "wrong"])
@pytest.mark.parametrize("service", sorted(URLS))
def test_a_wrong_secret_is_refused(told, service, secret, caplog):
    assert told(service, delivered(), secret=secret).status_code == 400
    assert kept() == []


def test_mailgun_must_sign_too(told, delivery):
    said = mailgun("delivered", delivery)
    said["signature"]["signature"] = "0" * 64

    assert told("mailgun", said).status_code == 400
    assert kept() == []


def test_only_the_service_that_sends_our_mail_is_heard(told):
    told("postmark", delivered())

    word = base64.b64encode(SECRET.encode()).decode()
    for at in ("sendgrid/tracking", "postmark/inbound", "amazon_ses/tracking", "mandrill"):
        heard = Client().post(f"/webhooks/{at}/", headers={"Authorization": f"Basic {word}"})
        assert heard.status_code == 404, at


def test_a_look_at_the_address_tells_nothing(told, client):
    told("postmark", delivered())

    assert client.get("/webhooks/postmark/tracking/").status_code == 405


def test_three_hundred_kilobytes_of_events_are_taken(told, delivery):
    many = [sendgrid("delivered", n, delivery, response="x" * 400) for n in range(1000)]

    assert told("sendgrid", many).status_code == 200
    assert MailEvent.objects.count() == 1000


@pytest.mark.parametrize("event", ["delivered", "bounce"])
def test_many_events_cost_as_many_queries_as_one(told, ask, submit, settings, event):
    settings.NEWSLETTER_URL = "http://127.0.0.1:1/"

    def queries_for(first: int, count: int) -> int:
        mails = [ask(submit(), f"r{n}@example.org") for n in range(first, first + count)]
        for mail in mails:
            consent_confirm(
                contact=mail.contact, purpose=Consent.Purpose.SECRET, words="Yes", page="secret"
            )
        said = [sendgrid(event, mail.pk, mail, type="bounce") for mail in mails]
        with CaptureQueriesContext(connection) as captured:
            assert told("sendgrid", said).status_code == 200
        return len(captured)

    assert queries_for(0, 1) == queries_for(1, 12)
    assert MailEvent.objects.exclude(delivery=None).count() == 13
    assert selectors.consents_confirmed().count() == (13 if event == "delivered" else 0)


def test_erase_takes_the_events_along_and_later_ones_name_nobody(told, delivery, contact):
    told("postmark", delivered(delivery))
    contact_erase(contact=contact)
    assert kept() == []

    told("postmark", bounced(delivery))

    assert kept() == [(Kind.BOUNCED, "bounced", None)]
    assert reasons() == [Suppression.Reason.ERASED]


def test_who_bounced_cannot_undo_it_by_resubscribing(told, delivery, contact):
    told("postmark", bounced(delivery))

    contact_resubscribe(contact=contact)

    assert reasons() == [Suppression.Reason.BOUNCED]


@pytest.mark.parametrize("order", [(0, 1), (1, 0)])
@pytest.mark.parametrize("together", [True, False])
def test_a_complaint_outweighs_a_bounce(told, delivery, order, together):
    said = [
        sendgrid("bounce", 1, delivery, type="bounce"),
        sendgrid("spamreport", 2, delivery),
    ]
    for each in [[said[n] for n in order]] if together else [[said[n]] for n in order]:
        told("sendgrid", each)

    assert reasons() == [Suppression.Reason.COMPLAINED]


@pytest.mark.parametrize(
    ("said", "why"),
    [
        (bounced, "Does your mailbox work again? Answer one of our emails and tell us."),
        (complained, "An email of ours was marked as spam."),
    ],
)
def test_a_runner_is_not_offered_to_undo_what_the_service_told(told, delivery, client, said, why):
    token = signed_links.preferences_token(delivery.contact)
    stop = f"/unsubscribe/{signed_links.unsubscribe_token(delivery.contact)}/"
    client.post(stop)
    assert "Let us write to you again" in client.get(f"/preferences/{token}/").content.decode()
    assert "Put me back" in client.get(stop).content.decode()
    client.post(stop, {"action": "undo"})

    told("postmark", said(delivery))

    page = client.get(f"/preferences/{token}/").content.decode()
    assert why in page
    assert "Let us write to you again" not in page
    assert "Put me back" not in client.get(stop).content.decode()


def test_the_pt_reads_in_words_what_became_of_a_mail(told, delivery, admin_client):
    for said in (delivered(delivery), bounced(delivery), complained(delivery)):
        told("postmark", said)

    email = admin_client.get(f"/admin/guides/delivery/{delivery.pk}/change/").content.decode()
    listed = admin_client.get("/admin/guides/suppression/").content.decode()

    for words in ("delivered", "this address takes no mail", "marked as spam by its reader"):
        assert words in email
    assert "takes no mail: one came back for good" in listed


@pytest.mark.parametrize("field", ["Email", "MessageID", "Description", "ID", "Type"])
def test_half_a_character_is_taken_as_what_nobody_can_read(told, delivery, field):
    said = postmark("Bounce", delivery, Type="HardBounce", ID=7, Email="runner@example.org")

    answers = [told("postmark", {**said, field: "a\ud800\0b"}) for _ in range(2)]

    assert [answer.status_code for answer in answers] == [200, 200]
    assert MailEvent.objects.count() == 1
