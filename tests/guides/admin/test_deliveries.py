import re
from datetime import timedelta
from pathlib import Path

import pytest
from anymail.signals import AnymailTrackingEvent
from auditlog.models import LogEntry
from django.contrib.auth.models import Group, Permission, User
from django.core.mail import EmailMessage
from django.urls import reverse
from django.utils import timezone

import guides
from assessments.models import Submission
from assessments.permissions import READS
from guides import selectors
from guides.admin.help_desk.contact_page import WHERE
from guides.consents.services import (
    consent_confirm,
    consent_withdraw,
    contact_unsubscribe,
    suppression_lift,
)
from guides.delivery.notices import notice_email
from guides.delivery.worker import drain
from guides.email_addresses import address_hmac
from guides.mail import file_backend
from guides.models import Consent, Contact, Delivery, DownloadLink, Suppression
from guides.states import STATE_WORDS, Kind, State
from guides.tracking.services import mail_events_add
from tests.support import mail_backends

MODELS = ("contact", "consent", "delivery", "downloadlink", "suppression")


def post_action(client, model: str, action: str, *pks: int, **data: str):
    url = reverse(f"admin:guides_{model}_changelist")
    return client.post(url, {"action": action, "_selected_action": pks, **data}, follow=True)


def logged() -> list[dict[str, list[str]]]:
    changes = LogEntry.objects.filter(action=LogEntry.Action.UPDATE)
    return [entry.changes_dict for entry in changes]


@pytest.mark.parametrize("model", MODELS)
def test_records_are_read_only(admin_client, contact, model):
    page = admin_client.get(reverse(f"admin:guides_{model}_changelist"), {"q": "runner"})
    assert page.status_code == 200
    assert admin_client.get(reverse(f"admin:guides_{model}_add")).status_code == 403

    for row in page.context["cl"].result_list:
        shown = admin_client.get(reverse(f"admin:guides_{model}_change", args=[row.pk]))
        assert shown.status_code == 200
        assert "_save" not in shown.content.decode()


@pytest.mark.parametrize("model", MODELS)
def test_record_changelist_query_count_is_constant(
    admin_client, ask, submit, django_assert_max_num_queries, model
):
    admin_client.get(reverse(f"admin:guides_{model}_changelist"))  # warm the caches
    counts = []
    for rows in (1, 6):
        for number in range(rows):
            ask(submit(), f"r{rows}{number}@example.org")
        with django_assert_max_num_queries(20) as captured:
            admin_client.get(reverse(f"admin:guides_{model}_changelist"))
        counts.append(len(captured))

    assert counts[0] == counts[1]


def test_erase_action_asks_for_confirmation(admin_client, contact):
    asked = post_action(admin_client, "contact", "erase", contact.pk)
    assert "runner@example.org" in asked.content.decode()
    assert Contact.objects.count() == 1

    post_action(admin_client, "contact", "erase", contact.pk, confirmed="yes")

    assert Contact.objects.count() == Submission.objects.count() == Delivery.objects.count() == 0


def test_unsubscribe_action_suppresses_the_address(admin_client, ask, submit):
    asked, other = (ask(submit(), f"{name}@example.org") for name in "ab")

    page = post_action(admin_client, "contact", "unsubscribe", asked.contact.pk)

    assert "1 won&#x27;t get any more emails." in page.content.decode()
    assert [
        selectors.address_suppressed(delivery.contact.email) for delivery in (asked, other)
    ] == [
        True,
        False,
    ]
    assert logged() == [{"emails": ["", "stopped"]}]


def stop(contact, reason: str = "bounced") -> Suppression:
    address = address_hmac(contact.email)
    return Suppression.objects.create(address_hmac=address, reason=reason)


def write_again_url(contact) -> str:
    return reverse("admin:guides_contact_write_again", args=[contact.pk])


def contact_page(client, contact) -> str:
    url = reverse("admin:guides_contact_change", args=[contact.pk])
    return client.get(url).content.decode()


def test_pt_can_lift_a_bounce_suppression(admin_client, contact, ask, submit):
    assert "We can email this address." in contact_page(admin_client, contact)
    stop(contact)
    shown = contact_page(admin_client, contact)
    assert "doesn&#x27;t take email: one bounced for good)." in shown
    assert f'href="{write_again_url(contact)}"' in shown

    asked = admin_client.get(write_again_url(contact)).content.decode()
    assert "Yes, email runner@example.org again" in asked
    assert selectors.address_suppressed(contact.email)

    done = admin_client.post(write_again_url(contact), follow=True)
    assert "We can email this address again." in done.content.decode()
    assert not selectors.address_suppressed(contact.email)
    Delivery.objects.update(queued_at=timezone.now() - timedelta(days=2))
    assert ask(submit()).state == State.QUEUED


def test_lifting_a_suppression_is_logged_without_the_address(admin_client, contact):
    stop(contact)

    admin_client.post(write_again_url(contact))

    assert audit_log() == [("update", f"contact {contact.pk}")]
    [entry] = LogEntry.objects.filter(content_type__model="contact")
    assert entry.actor.username == "admin"
    assert entry.changes_dict == {"emails": ["stopped, since one bounced", "allowed again"]}


@pytest.mark.parametrize("reason", sorted({*Suppression.Reason.values} - {"bounced"}))
def test_only_bounces_can_be_lifted(admin_client, contact, reason):
    row = stop(contact, reason)

    assert write_again_url(contact) not in contact_page(admin_client, contact)
    assert admin_client.get(write_again_url(contact)).status_code == 404
    assert admin_client.post(write_again_url(contact)).status_code == 404
    page = post_action(admin_client, "suppression", "write_again", row.pk, confirmed="yes")
    assert [str(message) for message in page.context["messages"]] == [
        "1 address left alone: we can only do that where an email bounced."
    ]
    assert not suppression_lift(suppression=row)
    assert selectors.address_suppressed(contact.email)


def test_lift_action_asks_for_confirmation(admin_client, ask, submit):
    contacts = [ask(submit(), f"{name}@example.org").contact for name in "abc"]
    reasons = ("bounced", "bounced", "complained")
    rows = [stop(contact, reason) for contact, reason in zip(contacts, reasons, strict=True)]
    pks = [row.pk for row in rows]

    asked = post_action(admin_client, "suppression", "write_again", *pks).content.decode()
    assert "Yes, email 2 addresses again" in asked
    assert Suppression.objects.count() == 3

    page = post_action(admin_client, "suppression", "write_again", *pks, confirmed="yes")
    assert [str(message) for message in page.context["messages"]] == [
        "We can email 2 addresses again.",
        "1 address left alone: we can only do that where an email bounced.",
    ]
    assert list(Suppression.objects.all()) == [rows[2]]
    assert sorted(audit_log()) == [
        ("update", f"address never to email {pk}") for pk in sorted(pks[:2])
    ]


def test_lifting_a_suppression_requires_permission(client, contact):
    row = stop(contact)
    helper = User.objects.create_user("helper", is_staff=True)
    looks = Permission.objects.filter(codename__in=["view_contact", "view_suppression"])
    helper.user_permissions.set(looks)
    client.force_login(helper)

    assert "bounced for good" in (shown := contact_page(client, contact))
    assert write_again_url(contact) not in shown
    assert client.get(write_again_url(contact)).status_code == 403
    assert client.post(write_again_url(contact)).status_code == 403
    post_action(client, "suppression", "write_again", row.pk, confirmed="yes")
    assert selectors.address_suppressed(contact.email)

    change = Permission.objects.get(codename="change_suppression")
    helper.user_permissions.set([change])
    client.force_login(User.objects.get(pk=helper.pk))
    assert client.get(write_again_url(contact)).status_code == 403


def test_send_again_requeues_failed_emails_only(admin_client, ask, submit, faults):
    failed = ask(submit(), "a@example.org", state=State.FAILED, reason="It was refused (550).")
    sent = ask(submit(), "b@example.org", state=State.SENT)
    unwanted = ask(submit(), "c@example.org", state=State.FAILED)
    contact_unsubscribe(contact=unwanted.contact)

    page = post_action(admin_client, "delivery", "send_again", failed.pk, sent.pk, unwanted.pk)

    assert [str(message) for message in page.context["messages"]] == [
        "1 email will be sent again.",
        "1 email left alone: that address doesn't get email anymore.",
        "1 email left alone: you can only resend those that failed.",
    ]
    assert logged() == [{"email": ["failed", "queued again"]}]
    assert drain().sent == 1
    assert [mail.to for mail in mail_backends.taken] == [["a@example.org"]]


def test_delivery_changelist_shows_state_and_reason(admin_client, ask, submit):
    for state in STATE_WORDS:
        lease = timezone.now() if state == State.SENDING else None
        values = {"state": state, "reason": f"Because {state}.", "lease_until": lease}
        ask(submit(), f"{state}@example.org", **values)

    page = admin_client.get(reverse("admin:guides_delivery_changelist"))

    listed = page.content.decode()
    for state, words in STATE_WORDS.items():
        assert f'<td class="field-state">{words}</td>' in listed
        assert f'<td class="field-why">Because {state}.</td>' in listed
    assert listed.count('<td class="field-kind">guide</td>') == len(STATE_WORDS)


@pytest.mark.parametrize(
    ("asked", "found"),
    [
        ({"state__exact": "failed"}, ["f•••@example.org", "o•••@example.org"]),
        ({"kind__exact": "2"}, ["w•••@example.org"]),
        ({"needs": "failed"}, ["f•••@example.org"]),
        ({"needs": "due"}, ["n•••@example.org", "w•••@example.org"]),
        ({"needs": "late"}, ["w•••@example.org"]),
    ],
)
def test_delivery_changelist_filters(admin_client, ask, submit, asked, found):
    now = timezone.now()
    ask(submit(), "failed@example.org", state=State.FAILED)
    ask(submit(), "old@example.org", state=State.FAILED, queued_at=now - timedelta(days=15))
    ask(submit(), "new@example.org")
    due = now - timedelta(minutes=6)
    ask(submit(), "waiting@example.org", due_at=due, kind=Kind.FOLLOW_UP)

    page = admin_client.get(reverse("admin:guides_delivery_changelist"), asked)

    assert sorted(row.masked_email for row in page.context["cl"].result_list) == found


def test_contact_page_shows_consents_in_plain_words(admin_client, contact, ask, submit):
    for purpose in (Consent.Purpose.FOLLOW_UP, Consent.Purpose.SECRET):
        consent_confirm(contact=contact, purpose=purpose, words="", page="guides:guide")
    consent_withdraw(contact=contact, purpose=Consent.Purpose.FOLLOW_UP, page="guides:preferences")
    event = AnymailTrackingEvent(event_type="complained", event_id=1, recipient=contact.email)
    mail_events_add(provider="Postmark", events=[event])

    page = contact_page(admin_client, contact)

    for happened, where in [
        ("asked for it", "the box that asks for the guide"),
        ("confirmed it", "the guide&#x27;s page"),
        ("turned it off", "their own page"),
        ("it ended", "an email was marked as spam"),
    ]:
        assert f"{happened} ({where})" in page
    emails = reverse("admin:guides_delivery_change", args=[contact.deliveries.first().pk])
    assert f'<a href="{emails}">' in page
    assert "guides:" not in page


def test_every_consent_page_has_a_label():
    pages = {
        page
        for file in Path(guides.__file__).parent.rglob("*.py")
        for page in re.findall(r'\bpage="([^"]+)"', file.read_text(encoding="utf-8"))
    }

    assert pages == {page for page in WHERE if page not in Suppression.Reason.values}


def test_changelist_title_is_the_verbose_name(admin_client, db):
    page = admin_client.get(reverse("admin:guides_suppression_changelist"))

    assert page.context["title"] == "Addresses never to email"


def test_delivery_changelist_shows_oldest_wait(admin_client, ask, submission):
    ask(submission, due_at=timezone.now() - timedelta(minutes=7, seconds=5))

    page = admin_client.get(reverse("admin:guides_delivery_changelist"))

    assert "has waited 7\xa0minutes." in page.content.decode()


def test_delivery_changelist_without_due_email_shows_no_wait(admin_client):
    page = admin_client.get(reverse("admin:guides_delivery_changelist"))

    assert "has waited" not in page.content.decode()


def test_download_link_can_be_revoked(admin_client, delivery):
    post_action(admin_client, "downloadlink", "revoke", delivery.link.pk)

    assert DownloadLink.objects.get().revoked_at is not None
    assert logged() == [{"link": ["works", "turned off"]}]


def test_inbox_shows_local_email_to_staff_only(admin_client, client, delivery, settings):
    settings.EMAIL_BACKEND = "guides.mail.file_backend.EmlFileBackend"
    drain()
    url = reverse("admin:guides_inbox")

    page = admin_client.get(url)
    (mail,) = page.context["mails"]

    assert mail["to"] == "runner@example.org"
    assert "/guide/" in page.content.decode()
    assert (
        admin_client.get(reverse("admin:guides_inbox_file", args=[mail["name"]])).status_code == 200
    )
    client.logout()
    assert client.get(url).status_code == 302


def test_inbox_requires_permission(admin_client, client, settings):
    settings.EMAIL_BACKEND = "guides.mail.file_backend.EmlFileBackend"
    EmailMessage("Hello", "Your guide", to=["runner@example.org"]).send()
    [(name, _)] = file_backend.newest(2)
    addresses = [reverse("admin:guides_inbox"), reverse("admin:guides_inbox_file", args=[name])]
    assert [admin_client.get(at).status_code for at in addresses] == [200, 200]

    helper = User.objects.create_user("helper", is_staff=True)
    client.force_login(helper)

    assert [client.get(at).status_code for at in addresses] == [404, 404]
    helper.groups.add(Group.objects.get(name=READS))  # the links in them erase
    assert [client.get(at).status_code for at in addresses] == [404, 404]
    assert "kept here" not in client.get("/admin/guides/delivery/").content.decode()


def test_inbox_keeps_emails_about_accounts_from_everyone_but_superusers(
    admin_client, client, pt, settings
):
    """Its link would open the account of someone else."""
    settings.EMAIL_BACKEND = "guides.mail.file_backend.EmlFileBackend"
    notice_email(subject="A new password", text="/admin/account/reset/", to="b@example.org").send()
    EmailMessage("Hello", "Your guide", to=["runner@example.org"]).send()
    [(_, _), (name, _)] = file_backend.newest(2, notices=True)
    address = reverse("admin:guides_inbox_file", args=[name])
    client.force_login(pt)

    page = client.get(reverse("admin:guides_inbox"))

    assert [mail["to"] for mail in page.context["mails"]] == ["runner@example.org"]
    assert client.get(address).status_code == 404
    assert admin_client.get(address).status_code == 200
    assert len(admin_client.get(reverse("admin:guides_inbox")).context["mails"]) == 2


def test_delivery_changelist_links_to_local_inbox(admin_client):
    page = admin_client.get(reverse("admin:guides_delivery_changelist")).content.decode()

    assert "This site doesn't send email yet, so it stays here." in page
    assert f'<a href="{reverse("admin:guides_inbox")}">' in page


def test_no_inbox_with_a_mail_server(admin_client, settings):
    settings.EMAIL_KEPT_LOCALLY = False

    assert admin_client.get(reverse("admin:guides_inbox")).status_code == 404


def audit_log():
    """The audit log entries about runners' records."""
    entries = LogEntry.objects.filter(content_type__model__in=MODELS)
    return [(entry.get_action_display(), entry.object_repr) for entry in entries]


@pytest.mark.parametrize("model", [Contact, Delivery, DownloadLink, Consent])
def test_viewing_a_record_is_logged_without_the_address(admin_client, contact, model):
    row = model.objects.first()
    admin_client.get(reverse(f"admin:guides_{model._meta.model_name}_change", args=[row.pk]))

    assert audit_log() == [("access", f"{model._meta.verbose_name} {row.pk}")]


def test_erasure_is_logged_without_the_address(admin_client, contact):
    post_action(admin_client, "contact", "erase", contact.pk, confirmed="yes")

    assert audit_log() == [("delete", f"contact {contact.pk}")]
