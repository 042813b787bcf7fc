"""CSV exports of contacts."""

import csv
import gc
import io
import tracemalloc
from datetime import UTC, datetime, timedelta

import pytest
from auditlog.models import LogEntry
from django.contrib.auth.models import Permission, User
from django.core.management import CommandError, call_command
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from guides.consents.export import contacts_export
from guides.consents.services import contact_unsubscribe
from guides.email_addresses import address_hmac
from guides.models import Consent, Contact, Delivery, Suppression
from guides.states import Kind

FOLLOW_UP, SECRET = Consent.Purpose.FOLLOW_UP, Consent.Purpose.SECRET
WHEN = datetime(2026, 3, 1, 12, tzinfo=UTC)


def make_contact(email: str) -> Contact:
    return Contact.objects.create(email=email, email_key=email.lower())


def add_consent(
    contact: Contact, purpose: str, step: str, words: str = "Yes, please", at=WHEN
) -> None:
    Consent.objects.create(
        contact=contact, purpose=purpose, step=step, text_version=words, page="x", at=at
    )


def table(which="secret") -> list[list[str]]:
    return list(csv.reader(io.StringIO("".join(contacts_export(which=which)))))


@pytest.fixture
def confirmed(db):
    contact = make_contact("runner@example.org")
    add_consent(contact, SECRET, "confirmed")
    return contact


def test_each_purpose_has_a_list_of_its_own(confirmed):
    both = make_contact("both@example.org")
    add_consent(both, SECRET, "confirmed", "Tell me")
    add_consent(both, FOLLOW_UP, "confirmed", "One, please")
    add_consent(both, FOLLOW_UP, "asked")

    header = ["Email Address", "Tags", "Agreed On", "Agreed To"]
    on = "2026-03-01 12:00:00"
    assert table("secret") == [
        header,
        ["runner@example.org", "one email about the secret", on, "Yes, please"],
        ["both@example.org", "one email about the secret", on, "Tell me"],
    ]
    assert table("follow_up") == [
        header,
        ["both@example.org", "one email after four weeks", on, "One, please"],
    ]


@pytest.mark.parametrize(
    ("kind", "days", "rows"), [("FOLLOW_UP", 28, 0), ("FOLLOW_UP", -1, 1), ("GUIDE", 28, 1)]
)
def test_a_yes_to_one_email_is_used_up_once_it_went_out(confirmed, kind, days, rows):
    add_consent(confirmed, FOLLOW_UP, "confirmed")
    Delivery.objects.create(
        contact=confirmed, kind=Kind[kind], state="sent", sent_at=WHEN + timedelta(days=days)
    )

    assert len(table("follow_up")) == 1 + rows


@pytest.mark.parametrize(
    ("steps", "rows"),
    [
        (["asked"], 0),
        (["confirmed", "withdrawn"], 0),
        (["confirmed", "withdrawn", "asked"], 0),
        (["confirmed", "withdrawn", "confirmed"], 1),
    ],
)
def test_withdrawn_and_unconfirmed_consents_are_left_out(db, steps, rows):
    contact = make_contact("runner@example.org")
    for step in steps:
        add_consent(contact, SECRET, step)

    assert len(table()) == 1 + rows


def test_suppressed_contacts_are_left_out(confirmed):
    contact_unsubscribe(contact=confirmed)
    add_consent(confirmed, SECRET, "confirmed")
    assert Suppression.objects.count() == 1

    assert len(table()) == 1


@pytest.mark.parametrize("start", ["=", "+", "-", "@", "\t", "\r", "\n", "\uff1d"])
def test_cells_are_escaped_against_formulas(db, start):
    contact = make_contact("=cmd|x!a1@example.org")
    add_consent(contact, SECRET, "confirmed", f'{start}HYPERLINK("http://x")')

    [_, row] = table()

    assert row[0] == "'=cmd|x!a1@example.org"
    assert row[3] == f'\'{start}HYPERLINK("http://x")'


def test_any_text_survives_export(confirmed):
    words = 'She said "yes", or\nsí 🏃; no?'
    add_consent(confirmed, FOLLOW_UP, "confirmed", words)

    assert table("follow_up")[1][3] == words


def test_command_output_matches_export(confirmed):
    out, err = io.StringIO(), io.StringIO()
    call_command("contacts_export", "--purpose", "secret", stdout=out, stderr=err)

    assert out.getvalue() == "".join(contacts_export(which="secret"))
    assert err.getvalue() == "1 row.\n"


def test_command_writes_all_contacts_to_file(confirmed, tmp_path):
    file = tmp_path / "contacts.csv"
    call_command("contacts_export", "--all", out=file, stdout=io.StringIO(), stderr=io.StringIO())

    assert file.read_bytes() == "".join(contacts_export(which="all")).encode()
    entry = LogEntry.objects.filter(object_pk="export").earliest("pk")
    assert (entry.actor, entry.object_repr) == (
        None, "all contacts, with what they agreed to: 1 row",
    )  # fmt: skip
    assert not LogEntry.objects.filter(object_id=confirmed.pk)


def queries(which, **more):
    with CaptureQueriesContext(connection) as captured:
        "".join(contacts_export(which=which, **more))
    return len(captured)


@pytest.mark.parametrize(("which", "per_batch"), [("secret", 2), ("all", 3)])
def test_query_count_does_not_grow_with_contacts(confirmed, which, per_batch, monkeypatch):
    """Two for the log entry; per batch: rows, suppressions and, for all contacts, consents."""
    queries(which)
    few = queries(which)
    for number in range(6):
        add_consent(make_contact(f"{number}@example.org"), SECRET, "confirmed")
    many = queries(which)
    monkeypatch.setattr("runfit.lib.csv_export.BATCH", 4)

    assert (few, many, queries(which)) == (2 + per_batch, 2 + per_batch, 2 + 2 * per_batch)


def test_memory_does_not_grow_with_the_contacts(db):
    def peak():
        gc.collect()  # what earlier work left would be measured too
        tracemalloc.start()
        for _piece in contacts_export(which="all"):
            pass
        _now, most = tracemalloc.get_traced_memory()
        tracemalloc.stop()
        return most

    def more(number):
        start = Contact.objects.count()
        contacts = [
            Contact(email=f"{index}@example.org", email_key=f"{index}@example.org")
            for index in range(start, start + number)
        ]
        Contact.objects.bulk_create(contacts, batch_size=1000)

    more(1000)
    peak()
    few = peak()
    more(3000)

    assert few / 2 < peak() < 2 * few  # of four times the rows


def test_all_contacts_export_shows_consents_and_suppressions(db):
    later = WHEN + timedelta(days=1)
    quiet, eager, gone = map(make_contact, ["quiet@example.org", "=1@example.org", "x@straße.de"])
    Contact.objects.update(created_at=WHEN)
    add_consent(eager, "guide", "asked")
    add_consent(eager, FOLLOW_UP, "confirmed")
    add_consent(eager, FOLLOW_UP, "asked", at=later)  # doesn't undo the confirmation
    add_consent(eager, SECRET, "confirmed")
    add_consent(eager, SECRET, "withdrawn", at=later)
    add_consent(gone, SECRET, "withdrawn")
    add_consent(gone, SECRET, "asked", at=later)
    Suppression.objects.create(
        address_hmac=address_hmac(gone.email), reason=Suppression.Reason.BOUNCED, at=later
    )

    first, second = "2026-03-01 12:00:00", "2026-03-02 12:00:00"
    assert (
        "".join(contacts_export(which="all")).encode()
        == (
            "\ufeffAddress,First seen (UTC),The guide that was asked for,"
            "The guide that was asked for: when (UTC),A follow-up,A follow-up: when (UTC),"
            "News about the secret,News about the secret: when (UTC),"
            "The series,The series: when (UTC),"
            "Weekly check-in emails,Weekly check-in emails: when (UTC),"
            "Never write to,Never write to: when (UTC)\r\n"
            f"quiet@example.org,{first},,,,,,,,,,,,\r\n"
            f"'=1@example.org,{first},asked for it,{first},confirmed it,{first},"
            f"turned it off,{second},,,,,,\r\n"
            f"x@straße.de,{first},,,,,asked for it,{second},,,,,"
            f'"doesn\'t take email: one bounced for good",{second}\r\n'
        )
        .replace('"', "")
        .encode()
    )
    assert quiet.pk < eager.pk < gone.pk


def logged_access():
    entries = LogEntry.objects.filter(action=LogEntry.Action.ACCESS).exclude(object_pk="export")
    return sorted((entry.object_repr, entry.actor.username) for entry in entries)


def test_command_asks_which_purpose(db):
    with pytest.raises(CommandError, match="one of the arguments --purpose --all is required"):
        call_command("contacts_export")


def test_download_by_purpose_logs_access_to_its_contacts(client, confirmed, pt):
    add_consent(make_contact("other@example.org"), FOLLOW_UP, "confirmed")
    make_contact("silent@example.org")
    client.force_login(pt)
    url = reverse("admin:guides_contact_export")
    assert url in client.get(reverse("admin:guides_contact_changelist")).content.decode()

    response = client.post(url, {"which": "secret", "download": ""})

    assert response.streaming
    assert b"".join(response).decode() == "".join(contacts_export(which="secret"))
    assert response["Content-Type"] == "text/csv; charset=utf-8"
    assert 'filename="said-yes-to-the-secret-20' in response["Content-Disposition"]
    assert logged_access() == [(f"contact {confirmed.pk}", "pt")]


def test_export_page_asks_for_purpose_and_says_what_it_allows(client, confirmed, pt):
    add_consent(make_contact("other@example.org"), SECRET, "confirmed", "Hear first?")
    client.force_login(pt)
    url = reverse("admin:guides_contact_export")
    asked = client.get(url)
    assert (asked.context["about"], "allows" in asked.content.decode()) == (None, False)

    shown = client.post(url, {"which": "secret", "look": ""})

    assert shown.context["about"].rows == 2
    assert shown.context["about"].wordings == (("Hear first?", 1), ("Yes, please", 1))
    page = shown.content.decode()
    assert "This yes allows one email about the secret" in page
    assert "Hear first?" in page


def test_pt_can_download_all_contacts(client, confirmed, pt):
    make_contact("silent@example.org")
    client.force_login(pt)
    url = reverse("admin:guides_contact_export")
    assert "About 2 rows." in client.post(url, {"which": "all", "look": ""}).content.decode()
    assert logged_access() == []

    response = client.post(url, {"which": "all", "download": ""})

    assert b"".join(response).decode() == "".join(contacts_export(which="all"))
    [_command, line] = client.get(url).context["downloads"]
    assert (line.who, line.what) == (
        "pt", "Downloaded: all contacts, with what they agreed to: 2 rows",
    )  # fmt: skip


def test_access_is_logged_before_contact_is_exported(confirmed, pt, monkeypatch):
    monkeypatch.setattr("runfit.lib.csv_export.BATCH", 1)
    silent = make_contact("silent@example.org")
    make_contact("third@example.org")

    pieces = contacts_export(which="all", actor=pt)
    sent = next(pieces) + next(pieces) + next(pieces)
    pieces.close()

    assert ("silent@example.org" in sent, "third@example.org" in sent) == (True, False)
    expected = [(f"contact {contact.pk}", "pt") for contact in (confirmed, silent)]
    assert logged_access() == expected
    entry = LogEntry.objects.get(object_pk="export")
    assert entry.object_repr == (
        "all contacts, with what they agreed to: stopped after 2 rows"
    )  # fmt: skip


def test_invalid_choice_shows_error(client, pt):
    client.force_login(pt)

    response = client.post(reverse("admin:guides_contact_export"), {"which": "", "download": ""})

    assert response.context["form"].errors == {"which": ["This field is required."]}


def test_view_permission_does_not_allow_export(client, confirmed):
    helper = User.objects.create_user("helper", is_staff=True)
    helper.user_permissions.add(Permission.objects.get(codename="view_contact"))
    client.force_login(helper)
    url = reverse("admin:guides_contact_export")

    assert client.get(url).status_code == 403
    assert client.post(url, {"which": "all", "download": ""}).status_code == 403
    assert url not in client.get(reverse("admin:guides_contact_changelist")).content.decode()
    assert LogEntry.objects.count() == 0
