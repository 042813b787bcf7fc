"""Who confirmed what, as a table."""

import csv
import io
from datetime import UTC, datetime

import pytest
from auditlog.models import LogEntry
from django.contrib.auth.models import Group, Permission, User
from django.core.management import call_command
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from assessments.rights import GROUP
from guides import services
from guides.models import Consent, Contact, Suppression
from guides.services import contacts_export

FOLLOW_UP, SECRET = Consent.Purpose.FOLLOW_UP, Consent.Purpose.SECRET
WHEN = datetime(2026, 3, 1, 12, tzinfo=UTC)


def contact_of(email: str) -> Contact:
    return Contact.objects.create(email=email, email_key=email.lower())


def say(contact: Contact, purpose: str, step: str, words: str = "Yes, please") -> None:
    Consent.objects.create(
        contact=contact, purpose=purpose, step=step, text_version=words, page="x", at=WHEN
    )


def table() -> list[list[str]]:
    return list(csv.reader(io.StringIO("".join(contacts_export()))))


@pytest.fixture
def confirmed(db):
    contact = contact_of("runner@example.org")
    say(contact, SECRET, "confirmed")
    return contact


def test_each_yes_that_holds_is_a_row(confirmed):
    say(confirmed, FOLLOW_UP, "confirmed", "One, please")
    say(confirmed, FOLLOW_UP, "asked")

    assert table() == [
        ["address", "purpose", "confirmed_at", "words"],
        ["runner@example.org", "secret", "2026-03-01T12:00:00+00:00", "Yes, please"],
        ["runner@example.org", "follow_up", "2026-03-01T12:00:00+00:00", "One, please"],
    ]


@pytest.mark.parametrize(
    ("purpose", "steps", "rows"),
    [
        (SECRET, ["asked"], 0),
        (SECRET, ["confirmed", "withdrawn"], 0),
        (SECRET, ["confirmed", "withdrawn", "asked"], 0),
        (SECRET, ["confirmed", "withdrawn", "confirmed"], 1),
        ("guide", ["confirmed"], 0),
    ],
)
def test_what_was_taken_back_or_never_confirmed_is_not_in_it(db, purpose, steps, rows):
    contact = contact_of("runner@example.org")
    for step in steps:
        say(contact, purpose, step)

    assert len(table()) == 1 + rows


def test_who_wants_no_mail_is_not_in_it(confirmed):
    services.contact_unsubscribe(contact=confirmed)
    say(confirmed, SECRET, "confirmed")
    assert Suppression.objects.count() == 1

    assert len(table()) == 1


@pytest.mark.parametrize("start", ["=", "+", "-", "@", "\t", "\r", "\n", "\uff1d"])
def test_no_cell_is_a_formula(db, start):
    contact = contact_of("=cmd|x!a1@example.org")
    say(contact, SECRET, "confirmed", f'{start}HYPERLINK("http://x")')

    [_, row] = table()

    assert row[0] == "'=cmd|x!a1@example.org"
    assert row[3] == f'\'{start}HYPERLINK("http://x")'


def test_any_words_come_back_whole(confirmed):
    words = 'She said "yes", or\nsí 🏃; no?'
    say(confirmed, FOLLOW_UP, "confirmed", words)

    assert table()[2][3] == words


def test_the_command_says_the_same(confirmed):
    out = io.StringIO()
    call_command("contacts_export", stdout=out)

    assert out.getvalue() == "".join(contacts_export())


def test_it_costs_the_same_for_one_and_for_many(confirmed):
    counts = []
    for rows in (1, 6):
        for number in range(rows):
            say(contact_of(f"{rows}{number}@example.org"), SECRET, "confirmed")
        with CaptureQueriesContext(connection) as captured:
            table()
        counts.append(len(captured))

    assert counts == [2, 2]


def test_the_pt_downloads_it_and_every_contact_in_it_was_looked_at(client, confirmed):
    say(confirmed, FOLLOW_UP, "confirmed")
    contact_of("silent@example.org")
    pt = User.objects.create_user("pt", is_staff=True)
    pt.groups.add(Group.objects.get(name=GROUP))
    client.force_login(pt)
    url = reverse("admin:guides_contact_export")
    assert url in client.get(reverse("admin:guides_contact_changelist")).content.decode()

    response = client.get(url)

    assert response.streaming
    assert b"".join(response).decode() == "".join(contacts_export())
    assert response["Content-Type"] == "text/csv; charset=utf-8"
    assert response["Content-Disposition"] == 'attachment; filename="contacts.csv"'
    kept = LogEntry.objects.filter(action=LogEntry.Action.ACCESS)
    assert [(each.object_repr, each.actor) for each in kept] == [(f"contact {confirmed.pk}", pt)]


def test_who_may_only_look_gets_no_list(client, confirmed):
    helper = User.objects.create_user("helper", is_staff=True)
    helper.user_permissions.add(Permission.objects.get(codename="view_contact"))
    client.force_login(helper)
    url = reverse("admin:guides_contact_export")

    assert client.get(url).status_code == 403
    assert url not in client.get(reverse("admin:guides_contact_changelist")).content.decode()
    assert LogEntry.objects.count() == 0
