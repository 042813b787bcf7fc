"""Erased means erased: what belongs to one result and one person goes, and nobody else's."""

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
SLIP, RIGHT = "annika@gmial.example", "annika@gmail.example"


def stored() -> str:
    """Every row of every table, in words."""
    tables = (model._meta.db_table for model in apps.get_models(include_auto_created=True))
    found = []
    with connection.cursor() as cursor:
        for table in tables:
            cursor.execute(f'SELECT * FROM "{table}"')
            found += [f"{table}: {row}" for row in cursor.fetchall()]
    return "\n".join(found)


def kept_in_files(*folders: Path) -> bytes:
    files = (each for folder in folders for each in Path(folder).rglob("*") if each.is_file())
    return b"".join(each.read_bytes() for each in files)


@pytest.fixture
def corrected(ask, submission):
    """A slip that was mailed, and the address that took its place."""
    slip = ask(submission, SLIP).contact
    drain()
    right = ask(submission, RIGHT).contact
    drain()
    return slip, right


def erase(contact, network=HOME):
    return contact_erase(contact=contact, origin=network_hash(network))


@pytest.mark.parametrize("who", [0, 1])
def test_nothing_of_either_address_is_left(client, corrected, submission, settings, who):
    settings.EMAIL_BACKEND = "guides.mail.file_backend.EmlFileBackend"
    token, answers = submission.token, json.dumps(submission.answers)[1:-1]
    before = stored()
    assert all(word in before for word in (SLIP, RIGHT, token, submission.profile))

    erase(corrected[who])

    after = stored() + kept_in_files(settings.MAIL_DIR, settings.MEDIA_ROOT).decode(errors="ignore")
    assert "annika" not in after.lower()
    assert token not in after
    assert answers not in after
    for model in (Contact, Consent, Delivery, DownloadLink, Submission):
        assert model.objects.count() == 0, model


def test_mail_that_is_kept_here_goes_for_both(ask, submission, settings):
    settings.EMAIL_BACKEND = "guides.mail.file_backend.EmlFileBackend"
    for email in (SLIP, RIGHT):
        contact = ask(submission, email).contact
        drain()
    assert len(list(settings.MAIL_DIR.iterdir())) == 2

    erase(contact)

    assert list(settings.MAIL_DIR.iterdir()) == []


def test_only_who_asked_is_never_written_to_again(corrected):
    erase(corrected[1])

    assert selectors.address_suppressed(RIGHT)
    assert not selectors.address_suppressed(SLIP)


def test_who_got_the_mail_by_mistake_erases_only_their_own(corrected, submission):
    slip, right = corrected

    own = erase(slip, AWAY)

    assert own.shared == {submission.pk}
    assert Submission.objects.count() == 1
    assert list(Contact.objects.all()) == [right]
    assert right.links.count() == 1


def test_who_was_shown_a_result_erases_only_their_own(ask, submission):
    runner = ask(submission, RIGHT, state=State.SENT).contact
    friend = ask(submission, "friend@example.org", network=AWAY).contact

    erase(friend, AWAY)

    assert Submission.objects.count() == 1
    assert list(Contact.objects.all()) == [runner]
    assert runner.links.count() == runner.deliveries.count() == 1


FRIEND = "friend@example.org"


def was_there(contact, how):
    """Somebody reads what this address was sent."""
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
def test_a_friend_in_the_same_network_does_not_erase_the_runner(
    client, ask, submission, how, friend_is
):
    contacts = {}
    for email in (RIGHT, FRIEND) if friend_is == "last" else (FRIEND, RIGHT):
        contacts[email] = ask(submission, email).contact
        drain()
    runner, friend = contacts[RIGHT], contacts[FRIEND]
    was_there(runner, how)
    page = page_of(client, friend, "erase/")
    assert "One result, with its answers. Another address asked for a guide" in page
    assert "We also erase" not in page

    page_of(client, friend, "erase/", "post")

    assert list(Contact.objects.all()) == [runner]
    assert list(Submission.objects.all()) == [submission]
    guide = f"/guide/{signed_links.guide_token(runner.links.get())}/"
    assert client.get(guide).status_code == 200
    assert client.get(f"/result/{submission.token}/").status_code == 200


def test_a_runner_erases_nobody_who_opened_the_guide_too(corrected, submission):
    slip, right = corrected
    was_there(slip, "opened")

    own = erase(right)

    assert own.shared == {submission.pk}
    assert list(Contact.objects.all()) == [slip]
    erase(slip)
    assert Submission.objects.count() == Contact.objects.count() == 0


def test_a_program_that_checks_mail_is_no_person(client, corrected):
    slip, right = corrected
    guide = f"/guide/{signed_links.guide_token(slip.links.get())}/"
    client.get(guide)
    Client(headers=RUNNER).head(guide)

    erase(right)

    assert Submission.objects.count() == Contact.objects.count() == 0


def test_a_guide_opens_where_it_cannot_be_noted(ask, submission, monkeypatch):
    link = ask(submission).link

    def locked(*_args, **_values):
        raise OperationalError("database is locked")

    monkeypatch.setattr("django.db.models.query.QuerySet.update", locked)
    guide = f"/guide/{signed_links.guide_token(link)}/"
    assert Client(headers=RUNNER).get(guide).status_code == 200


def test_who_was_erased_along_is_promised_nothing(client, corrected):
    """Only the address that asked is never written to again."""
    slip, right = corrected
    assert "We will not write to you again" in page_of(client, right, "erase/", "post")

    for tail in ("", "erase/"):
        page = page_of(client, slip, tail)
        assert "Everything about you is erased" in page
        assert "You do not have to do anything else." in page
        assert "We will not write to you again" not in page


def test_a_slip_that_was_never_mailed_goes_wherever_it_was_typed(ask, submission):
    ask(submission, SLIP, network=AWAY)
    right = ask(submission, RIGHT).contact

    erase(right, "")

    assert Contact.objects.count() == Submission.objects.count() == 0


@pytest.mark.parametrize("earlier", ["another result", "answers erased", "their own word"])
def test_an_address_with_more_of_its_own_stays_usable(ask, submit, submission, earlier):
    """Anyone can type a stranger's address, and correct it to their own."""
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
    own = erase(ask(submission, RIGHT).contact)

    assert own.kept == (strangers,)
    assert not Submission.objects.filter(pk=submission.pk).exists()
    assert strangers.links.count() >= links_before
    assert not selectors.address_suppressed("stranger@example.org")


def test_other_results_of_the_person_beside_stay(ask, submit, submission):
    ask(submit(), SLIP, state=State.SENT)
    ask(submission, SLIP)
    erase(ask(submission, RIGHT).contact)

    assert list(Contact.objects.values_list("email", flat=True)) == [SLIP]
    assert Submission.objects.count() == 1


def page_of(client, contact, tail="", method="get", network=HOME):
    url = f"/preferences/{signed_links.preferences_token(contact)}/{tail}"
    response = getattr(client, method)(url, REMOTE_ADDR=network)
    return " ".join(re.sub(r"<[^>]+>", " ", unescape(response.content.decode())).split())


def test_the_pages_say_what_goes_and_what_stays(client, corrected):
    right = corrected[1]
    also = "a•••@gmial.example, which was entered with the same answers"

    assert also in page_of(client, right)
    asked = page_of(client, right, "erase/")
    assert "We also erase a•••@gmial.example" in asked
    assert "A code made from your address" in asked
    assert "One result" not in asked

    done = page_of(client, right, "erase/", "post")
    assert "Everything about you is erased" in done
    assert f"{also}, is erased too" in done


def test_the_pages_say_why_answers_stay(client, corrected):
    slip = corrected[0]
    assert "they are not in the file below" in page_of(client, slip, network=AWAY)
    for method in ("get", "post"):
        page = page_of(client, slip, "erase/", method, AWAY)
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
def test_the_file_holds_no_answers_that_another_address_was_mailed_with(
    client, corrected, who, network, also_typed
):
    """In a gym, anyone who was shown a result can type their own address last."""
    file = file_of(client, corrected[who], network)

    assert (file.json()["answers"], file.json()["also_typed"]) == ([], also_typed)
    assert corrected[1 - who].email not in file.content.decode()
    page = page_of(client, corrected[who], network=network)
    assert "they are not in the file below" in page
    assert "the file below does" not in page
    assert "It holds your answers too" not in page


def test_the_file_holds_answers_whose_slip_was_never_mailed(client, ask, submission):
    ask(submission, SLIP)
    right = ask(submission, RIGHT).contact

    file = file_of(client, right).json()

    assert [each["answers"] for each in file["answers"]] == [submission.answers]
    assert file["also_typed"] == ["a•••@gmial.example"]
    page = page_of(client, right)
    assert "the file below does" in page
    assert "they are not in the file below" not in page


def test_two_erasures_at_the_desk_take_all(admin_client, ask, submission):
    contacts = [
        ask(submission, email, state=State.SENT, network=network).contact
        for email, network in ((SLIP, HOME), (RIGHT, AWAY))
    ]
    action = {"action": "erase", "confirmed": "yes"}

    def erase_at_the_desk(*rows):
        data = {**action, "_selected_action": [row.pk for row in rows]}
        return admin_client.post("/admin/guides/contact/", data, follow=True).content.decode()

    assert "Some answers stay" in erase_at_the_desk(contacts[0])
    assert "Some answers stay" not in erase_at_the_desk(contacts[1])
    assert Submission.objects.count() == Contact.objects.count() == 0
