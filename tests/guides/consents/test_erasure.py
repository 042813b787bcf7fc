"""Erasure deletes everything that belongs to one result and one person, and nothing else."""

import json
import re
from html import unescape
from pathlib import Path

import pytest
from django.apps import apps
from django.db import OperationalError, connection
from django.test import Client

from assessments.models import Submission
from guides import selectors, signed_links
from guides.consents.services import consent_confirm, contact_erase
from guides.delivery.worker import drain
from guides.models import Consent, Contact, Delivery, DownloadLink
from guides.states import State
from runfit.lib.client_ip import network_hash
from tests.assessments.analytics.test_bots import RUNNER

HOME, AWAY = "203.0.113.9", "198.51.100.7"
MISTYPED, CORRECT = "annika@gmial.example", "annika@gmail.example"


def stored() -> str:
    """Every row of every table as text."""
    tables = (model._meta.db_table for model in apps.get_models(include_auto_created=True))
    rows = []
    with connection.cursor() as cursor:
        for table in tables:
            cursor.execute(f'SELECT * FROM "{table}"')
            rows += [f"{table}: {row}" for row in cursor.fetchall()]
    return "\n".join(rows)


def stored_in_files(*folders: Path) -> bytes:
    files = (file for folder in folders for file in Path(folder).rglob("*") if file.is_file())
    return b"".join(file.read_bytes() for file in files)


@pytest.fixture
def corrected(ask, submission):
    """A mistyped address that got the guide, and the corrected one."""
    mistyped = ask(submission, MISTYPED).contact
    drain()
    correct = ask(submission, CORRECT).contact
    drain()
    return mistyped, correct


def erase(contact, network=HOME):
    return contact_erase(contact=contact, origin=network_hash(network))


@pytest.mark.parametrize("who", [0, 1])
def test_erasure_leaves_nothing_of_either_address(client, corrected, submission, settings, who):
    settings.EMAIL_BACKEND = "guides.mail.file_backend.EmlFileBackend"
    token, answers = submission.token, json.dumps(submission.answers)[1:-1]
    before = stored()
    assert all(word in before for word in (MISTYPED, CORRECT, token, submission.profile))

    erase(corrected[who])

    after = stored() + stored_in_files(settings.MAIL_DIR, settings.MEDIA_ROOT).decode(
        errors="ignore"
    )
    assert "annika" not in after.lower()
    assert token not in after
    assert answers not in after
    for model in (Contact, Consent, Delivery, DownloadLink, Submission):
        assert model.objects.count() == 0, model


def test_erasure_removes_local_mail_of_both_addresses(ask, submission, settings):
    settings.EMAIL_BACKEND = "guides.mail.file_backend.EmlFileBackend"
    for email in (MISTYPED, CORRECT):
        contact = ask(submission, email).contact
        drain()
    assert len(list(settings.MAIL_DIR.iterdir())) == 2

    erase(contact)

    assert list(settings.MAIL_DIR.iterdir()) == []


def test_only_requesting_address_is_suppressed(corrected):
    erase(corrected[1])

    assert selectors.address_suppressed(CORRECT)
    assert not selectors.address_suppressed(MISTYPED)


def test_mistaken_recipient_erases_only_own_data(corrected, submission):
    mistyped, correct = corrected

    own = erase(mistyped, AWAY)

    assert own.shared == {submission.pk}
    assert Submission.objects.count() == 1
    assert list(Contact.objects.all()) == [correct]
    assert correct.links.count() == 1


def test_viewer_of_a_result_erases_only_own_data(ask, submission):
    runner = ask(submission, CORRECT, state=State.SENT).contact
    friend = ask(submission, "friend@example.org", network=AWAY).contact

    erase(friend, AWAY)

    assert Submission.objects.count() == 1
    assert list(Contact.objects.all()) == [runner]
    assert runner.links.count() == runner.deliveries.count() == 1


FRIEND = "friend@example.org"


def react(contact, how):
    """The recipient opens, downloads, confirms or unsubscribes."""
    link = contact.links.get()
    guide = f"/guide/{signed_links.guide_token(link)}/"
    runner = Client(headers=RUNNER)
    if how == "opened":
        assert runner.get(guide).status_code == 200
    elif how == "downloaded":
        assert runner.get(f"{guide}download/").status_code == 200
    elif how == "said yes":
        runner.post(f"{guide}secret/", {"words": ""})
    else:
        runner.post(f"/unsubscribe/{signed_links.unsubscribe_token(contact)}/")


@pytest.mark.parametrize("friend_is", ["last", "first"])
@pytest.mark.parametrize("how", ["opened", "downloaded", "said yes", "stopped our emails"])
def test_friend_in_same_network_does_not_erase_runner(client, ask, submission, how, friend_is):
    contacts = {}
    for email in (CORRECT, FRIEND) if friend_is == "last" else (FRIEND, CORRECT):
        contacts[email] = ask(submission, email).contact
        drain()
    runner, friend = contacts[CORRECT], contacts[FRIEND]
    react(runner, how)
    page = page_of(client, friend, "erase/")
    assert "One result, with its answers. Another address asked for a guide" in page
    assert "which was entered with the same answers" not in page

    page_of(client, friend, "erase/", "post")

    assert list(Contact.objects.all()) == [runner]
    assert list(Submission.objects.all()) == [submission]
    guide = f"/guide/{signed_links.guide_token(runner.links.get())}/"
    assert client.get(guide).status_code == 200
    assert client.get(f"/result/{submission.token}/").status_code == 200


def test_runner_does_not_erase_others_who_opened_guide(corrected, submission):
    mistyped, correct = corrected
    react(mistyped, "opened")

    own = erase(correct)

    assert own.shared == {submission.pk}
    assert list(Contact.objects.all()) == [mistyped]
    erase(mistyped)
    assert Submission.objects.count() == Contact.objects.count() == 0


def test_link_checker_does_not_count_as_opening(client, corrected):
    mistyped, correct = corrected
    guide = f"/guide/{signed_links.guide_token(mistyped.links.get())}/"
    client.get(guide)
    Client(headers=RUNNER).head(guide)

    erase(correct)

    assert Submission.objects.count() == Contact.objects.count() == 0


def test_guide_opens_when_database_is_locked(ask, submission, monkeypatch):
    link = ask(submission).link

    def locked(*_args, **_values):
        raise OperationalError("database is locked")

    monkeypatch.setattr("django.db.models.query.QuerySet.update", locked)
    guide = f"/guide/{signed_links.guide_token(link)}/"
    assert Client(headers=RUNNER).get(guide).status_code == 200


def test_other_erased_address_is_not_promised_suppression(client, corrected):
    """Only the address that requested the erasure is suppressed."""
    mistyped, correct = corrected
    assert "We won't email you again" in page_of(client, correct, "erase/", "post")

    for tail in ("", "erase/"):
        page = page_of(client, mistyped, tail)
        assert "Everything about you is erased" in page
        assert "You're all set." in page
        assert "We won't email you again" not in page


def test_unmailed_typo_is_erased_from_any_network(ask, submission):
    ask(submission, MISTYPED, network=AWAY)
    correct = ask(submission, CORRECT).contact

    erase(correct, "")

    assert Contact.objects.count() == Submission.objects.count() == 0


@pytest.mark.parametrize("earlier", ["another result", "answers erased", "their own word"])
def test_address_with_other_data_is_not_erased(ask, submit, submission, earlier):
    """Anyone can enter a stranger's address, and correct it to their own."""
    strangers = ask(submit(), "stranger@example.org", state=State.SENT).contact
    if earlier == "answers erased":
        Submission.objects.exclude(pk=submission.pk).delete()
    if earlier == "their own word":
        Delivery.objects.all().delete()
        DownloadLink.objects.all().delete()
        consent_confirm(
            contact=strangers, purpose=Consent.Purpose.SECRET, words="Yes", page="guides:secret"
        )
    links_before = strangers.links.count()
    ask(submission, "stranger@example.org")
    own = erase(ask(submission, CORRECT).contact)

    assert own.kept == (strangers,)
    assert not Submission.objects.filter(pk=submission.pk).exists()
    assert strangers.links.count() >= links_before
    assert not selectors.address_suppressed("stranger@example.org")


def test_other_results_of_other_address_stay(ask, submit, submission):
    ask(submit(), MISTYPED, state=State.SENT)
    ask(submission, MISTYPED)
    erase(ask(submission, CORRECT).contact)

    assert list(Contact.objects.values_list("email", flat=True)) == [MISTYPED]
    assert Submission.objects.count() == 1


def page_of(client, contact, tail="", method="get", network=HOME):
    url = f"/preferences/{signed_links.preferences_token(contact)}/{tail}"
    response = getattr(client, method)(url, REMOTE_ADDR=network)
    return " ".join(re.sub(r"<[^>]+>", " ", unescape(response.content.decode())).split())


def test_pages_list_erased_and_remaining_data(client, corrected):
    correct = corrected[1]
    also = "a•••@gmial.example, which was entered with the same answers"

    assert also in page_of(client, correct)
    asked = page_of(client, correct, "erase/")
    assert "We'll also erase a•••@gmial.example" in asked
    assert "A code made from your address" in asked
    assert "One result" not in asked

    done = page_of(client, correct, "erase/", "post")
    assert "Everything about you is erased" in done
    assert f"{also}, is erased too" in done


def test_pages_explain_why_answers_stay(client, corrected):
    mistyped = corrected[0]
    assert "they're not in the file below" in page_of(client, mistyped, network=AWAY)
    for method in ("get", "post"):
        page = page_of(client, mistyped, "erase/", method, AWAY)
        assert "One result, with its answers. Another address asked for a guide" in page
    assert "Everything that's only yours is erased" in page
    assert "Everything about you is erased" not in page


def file_of(client, contact, network=HOME):
    url = f"/preferences/{signed_links.preferences_token(contact)}/data/"
    return client.post(url, REMOTE_ADDR=network)


@pytest.mark.parametrize(
    ("who", "network", "also_typed"),
    [(0, AWAY, []), (0, HOME, ["a•••@gmail.example"]), (1, HOME, ["a•••@gmial.example"])],
)
def test_download_omits_answers_mailed_to_another_address(
    client, corrected, who, network, also_typed
):
    """In a gym, anyone who sees a result can enter their own address last."""
    file = file_of(client, corrected[who], network)

    assert (file.json()["answers"], file.json()["also_typed"]) == ([], also_typed)
    assert corrected[1 - who].email not in file.content.decode()
    page = page_of(client, corrected[who], network=network)
    assert "they're not in the file below" in page
    assert "they're in the file below and not on this page" not in page
    assert "It's about your health, too" not in page


def test_download_includes_answers_with_unmailed_typo(client, ask, submission):
    ask(submission, MISTYPED)
    correct = ask(submission, CORRECT).contact

    file = file_of(client, correct).json()

    assert [entry["answers"] for entry in file["answers"]] == [submission.answers]
    assert file["also_typed"] == ["a•••@gmial.example"]
    page = page_of(client, correct)
    assert "they're in the file below and not on this page" in page
    assert "they're not in the file below" not in page


def test_admin_erasures_of_both_addresses_remove_everything(admin_client, ask, submission):
    contacts = [
        ask(submission, email, state=State.SENT, network=network).contact
        for email, network in ((MISTYPED, HOME), (CORRECT, AWAY))
    ]
    action = {"action": "erase", "confirmed": "yes"}

    def erase_in_admin(*rows):
        data = {**action, "_selected_action": [row.pk for row in rows]}
        return admin_client.post("/admin/guides/contact/", data, follow=True).content.decode()

    assert "Some answers stay" in erase_in_admin(contacts[0])
    assert "Some answers stay" not in erase_in_admin(contacts[1])
    assert Submission.objects.count() == Contact.objects.count() == 0
