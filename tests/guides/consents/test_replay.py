"""After a restore, who was erased since the copy was made is erased again."""

from datetime import timedelta
from itertools import chain

import pytest
from django.core import serializers
from django.core.management import CommandError, call_command
from django.utils import timezone

from assessments.models import Submission
from assessments.submissions.erasures import erasures_read
from assessments.submissions.services import submissions_erase
from guides.consents.services import contact_erase
from guides.delivery.worker import drain
from guides.models import Consent, Contact, Delivery, DownloadLink, Suppression
from tests.support.traces import places_with

PEOPLE = (Submission, Contact, Consent, DownloadLink, Delivery)
GONE, MISTYPED, STAYS = "gone@example.org", "gnoe@example.org", "stays@example.org"


@pytest.fixture(autouse=True)
def _list(settings, tmp_path):
    settings.ERASURE_LIST = tmp_path / "backups" / "erasures.txt"
    settings.ERASURE_LIST.parent.mkdir()
    settings.EMAIL_BACKEND = "guides.mail.file_backend.EmlFileBackend"


def copied():
    """A copy of all that's stored about runners."""
    return serializers.serialize("json", chain.from_iterable(m.objects.all() for m in PEOPLE))


def restored(copy):
    """The database is again as it was."""
    Suppression.objects.all().delete()
    for model in reversed(PEOPLE):
        model.objects.all().delete()
    for row in serializers.deserialize("json", copy):
        row.save()


def test_erased_people_are_erased_again_and_others_stay(ask, submission, submit, settings, capsys):
    ask(submission, MISTYPED)
    gone = ask(submission, GONE).contact
    ask(submit(), STAYS)
    anonymous = submit()
    copy = copied()
    contact_erase(contact=gone)
    submissions_erase(pks=[anonymous.pk])
    after, suppressed = copied(), list(Suppression.objects.values("address_hmac", "reason"))
    restored(copy)
    drain()
    traces = (GONE, MISTYPED, submission.token, anonymous.token)
    assert places_with(*traces) >= {"assessments.Submission", "guides.Contact", "mail"}

    call_command("replay_erasures")

    assert "Erased again: 2 addresses, 2 answers" in capsys.readouterr().out
    assert places_with(*traces) == set()
    assert Contact.objects.get().email == STAYS
    assert Submission.objects.count() == after.count('"assessments.submission"') == 1
    assert list(Suppression.objects.values("address_hmac", "reason")) == suppressed
    call_command("replay_erasures")
    assert "Erased again: 0 addresses, 0 answers" in capsys.readouterr().out


def test_the_list_says_nothing_about_anyone(ask, submission, settings):
    contact_erase(contact=ask(submission, GONE).contact)

    lines = settings.ERASURE_LIST.read_text()

    assert settings.ERASURE_LIST.stat().st_mode & 0o777 == 0o600
    assert [line.split()[1] for line in lines.splitlines() if line] == ["answers", "address"]
    assert not {trace for trace in (GONE, "example", submission.token) if trace in lines}


def test_who_came_back_after_it_stays(ask, submission, submit):
    """The address beside the erased one may ask again."""
    ask(submission, MISTYPED)
    contact_erase(contact=ask(submission, GONE).contact)
    ask(submit(), MISTYPED)
    Contact.objects.update(created_at=timezone.now() + timedelta(seconds=1))

    call_command("replay_erasures")

    assert Contact.objects.get().email == MISTYPED


def test_a_line_that_was_cut_off_is_left_out(ask, submission, submit, settings):
    contact_erase(contact=ask(submission, GONE).contact)
    lines = settings.ERASURE_LIST.read_text()
    settings.ERASURE_LIST.write_text(f"{lines}2026-11-30T08:")
    submissions_erase(pks=[submit().pk])

    assert len([*erasures_read(settings.ERASURE_LIST)]) == 3


def test_a_missing_list_is_named(settings):
    with pytest.raises(CommandError, match=r"erasures.txt cannot be read: No such file"):
        call_command("replay_erasures")


def test_a_list_that_cannot_be_written_keeps_nobody(ask, submission, settings, tmp_path, caplog):
    settings.ERASURE_LIST = tmp_path / "none" / "erasures.txt"

    contact_erase(contact=ask(submission, GONE).contact)

    assert not Contact.objects.exists()
    assert "ERASURE_LIST" in caplog.text
    assert GONE not in caplog.text
