"""The contact page: what it shows, to whom, and at which cost."""

from html import unescape

import pytest
from auditlog.models import LogEntry
from django.contrib.auth.models import Permission, User
from django.urls import reverse

from assessments.submissions.in_words import answers_in_words
from guides import selectors
from guides.consents.services import consent_confirm, contact_erase, contact_unsubscribe
from guides.models import Consent, Contact, Delivery, MailEvent
from guides.states import State

QUERIES = 13


def page_of(client, contact) -> str:
    at = reverse("admin:guides_contact_change", args=[contact.pk])
    return unescape(client.get(at).content.decode())


def save_note(client, contact, note, before=""):
    at = reverse("admin:guides_contact_note", args=[contact.pk])
    return client.post(at, {"note": note, "before": before}, follow=True)


def test_page_shows_who_results_emails_and_actions_in_order(client, pt, contact, delivery):
    [(question, answer), *_] = answers_in_words(delivery.submission)
    words = "Tell me first, please"
    consent_confirm(
        contact=contact, purpose=Consent.Purpose.SECRET, words=words, page="guides:secret"
    )
    MailEvent.objects.create(provider="x", identity="1", kind="bounced", delivery=delivery)
    client.force_login(pt)

    page = page_of(client, contact)

    parts = [
        "runner@example.org", "We can email this address.", "News about the secret", words,
        "Result type", question, answer, "The guide", "The mail service said",
        "bounced: this address doesn't take email", "Send again", "New link",
        "Change the address", "Stop all emails", "Erase…",
    ]  # fmt: skip
    assert [part for part in parts if part not in page] == []
    places = [
        page.index(f'id="{name}"') for name in ("who", "results", "note", "emails", "actions")
    ]
    assert places == sorted(places)


def test_stopped_contact_has_no_way_to_send(admin_client, contact):
    contact_unsubscribe(contact=contact)

    page = page_of(admin_client, contact)

    assert "(unsubscribed). So you can't send anything here." in page
    assert reverse("admin:guides_contact_send", args=[contact.pk]) not in page
    assert reverse("admin:guides_contact_stop", args=[contact.pk]) not in page


def test_answers_that_may_be_someone_elses_are_marked(admin_client, ask, submission):
    first = ask(submission, "first@example.org", state=State.SENT, network="203.0.113.9").contact
    ask(submission, "second@example.org", network="198.51.100.7")

    assert "They may be someone else's." in page_of(admin_client, first)


def test_each_part_is_for_who_may_see_it(client, contact):
    helper = User.objects.create_user("helper", is_staff=True)
    helper.user_permissions.add(Permission.objects.get(codename="view_contact"))
    client.force_login(helper)

    page = page_of(client, contact)

    hidden = ("Results and answers</h2>", "Emails</h2>", "Send again", "Save the note", "Erase…")
    assert [part for part in hidden if part in page] == []
    assert save_note(client, contact, "x").status_code == 403


def test_looks_at_the_contact_and_its_answers_are_logged(client, pt, contact, submission):
    client.force_login(pt)

    page_of(client, contact)

    looks = LogEntry.objects.filter(action=LogEntry.Action.ACCESS)
    assert {(look.content_type.model, look.object_id, look.actor) for look in looks} == {
        ("contact", contact.pk, pt), ("submission", submission.pk, pt),
    }  # fmt: skip


def test_query_count_does_not_grow_with_results(
    admin_client, ask, submit, submission, django_assert_num_queries
):
    contact = ask(submission).contact
    page_of(admin_client, contact)  # warm the caches
    with django_assert_num_queries(QUERIES):
        page_of(admin_client, contact)
    for _ in range(4):
        Delivery.objects.update(queued_at="2026-01-01T00:00Z", due_at="2026-01-01T00:00Z")
        mail = ask(submit(), state=State.SENT)
        MailEvent.objects.create(
            provider="x", identity=str(mail.pk), kind="delivered", delivery=mail
        )

    with django_assert_num_queries(QUERIES):
        page = page_of(admin_client, contact)

    assert page.count('<details class="result"') == 5


def test_note_is_kept_shown_and_exported(client, pt, contact):
    client.force_login(pt)

    shown = save_note(client, contact, "Left hip.\r\nRuns on trails.")

    assert "The note is saved." in shown.content.decode()
    assert Contact.objects.get().note == "Left hip.\nRuns on trails."
    assert "Left hip.\nRuns on trails." in page_of(client, contact)
    data = selectors.contact_export(Contact.objects.get())
    assert data["note_of_the_practice"] == "Left hip.\nRuns on trails."
    [entry] = LogEntry.objects.filter(action=LogEntry.Action.UPDATE)
    assert (entry.actor, entry.changes_dict) == (pt, {"note": ["", "changed"]})


def test_note_is_erased_with_the_contact(admin_client, contact):
    save_note(admin_client, contact, "Left hip.")

    contact_erase(contact=contact)

    assert not Contact.objects.exists()


def test_note_saved_by_someone_else_is_not_overwritten(admin_client, contact):
    Contact.objects.update(note="Theirs")

    page = save_note(admin_client, contact, "Mine", before="").content.decode()

    assert Contact.objects.get().note == "Theirs"
    assert "It now says: “Theirs”" in page
    assert ">\nMine</textarea>" in page
    save_note(admin_client, contact, "Mine", before="Theirs")
    assert Contact.objects.get().note == "Mine"


@pytest.mark.parametrize(
    ("note", "fault"), [("x" * 5001, "at most 5000"), ("a\0b", "Null characters")]
)
def test_note_that_cannot_be_kept_stays_in_the_form(admin_client, contact, note, fault):
    page = save_note(admin_client, contact, note).content.decode()

    assert fault in page
    assert Contact.objects.get().note == ""


@pytest.mark.parametrize(
    "typed", [" Runner@Example.org ", "Ana Ruiz <runner@example.org>", "runner@example.org"]
)
def test_whole_address_leads_straight_to_the_contact(admin_client, contact, typed):
    response = admin_client.get(reverse("admin:guides_contact_changelist"), {"q": typed})

    assert response["Location"] == reverse("admin:guides_contact_change", args=[contact.pk])


@pytest.mark.parametrize("typed", ["runner", "a\1@b", "@", "a@b@c", "x" * 65 + "@example.org"])
def test_anything_else_is_looked_up_in_the_list(admin_client, contact, typed):
    page = admin_client.get(reverse("admin:guides_contact_changelist"), {"q": typed})

    assert [str(message) for message in page.context["messages"]] == []


def test_unknown_address_says_so(admin_client, contact):
    contact_erase(contact=contact)

    def told(email):
        page = admin_client.get(reverse("admin:guides_contact_changelist"), {"q": email})
        return [str(message) for message in page.context["messages"]]

    assert told("nobody@example.org") == [
        "Nobody asked for a guide with nobody@example.org. Maybe it's misspelled here, or was there."
    ]
    assert told("runner@example.org") == [
        "runner@example.org isn't here anymore. We don't email it (asked to be erased)."
    ]


def test_first_page_finds_a_runner_if_she_may(client, pt):
    client.force_login(pt)
    assert "Find a runner by email" in client.get(reverse("admin:index")).content.decode()
    client.force_login(User.objects.create_user("helper", is_staff=True))
    assert "Find a runner by email" not in client.get(reverse("admin:index")).content.decode()
