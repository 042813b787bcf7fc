"""From a backup under writes to another, empty place."""

import tarfile
import threading
from datetime import timedelta

import pytest
from django.core.files.base import ContentFile
from django.core.management import CommandError, call_command
from django.db import connection, transaction
from django.db.migrations.recorder import MigrationRecorder
from django.utils import timezone
from pyrage.x25519 import Identity

from guides.backups.databases import database
from guides.backups.postgresql import PostgresSnapshot
from guides.backups.sqlite import SqliteSnapshot
from guides.consents.services import contact_erase, contact_unsubscribe
from guides.delivery.hold import mail_release
from guides.email_addresses import address_key
from guides.models import Backup, Consent, Contact, Delivery, ExercisePicture, MailServer
from guides.reasons import MAYBE_SENT
from guides.states import State
from runfit.lib.storage import files
from runfit.lib.storage.s3 import Bucket
from tests.support.processes import wait_for

SNAPSHOTS = {"sqlite": SqliteSnapshot, "postgresql": PostgresSnapshot}

pytestmark = pytest.mark.django_db(transaction=True)


class Writers:
    """Threads that write a contact with its consent, and one that replaces a picture."""

    def __init__(self) -> None:
        self.stopped = threading.Event()
        self.written = self.replaced = 0
        work = [self._contacts, self._contacts, self._pictures]
        self.threads = [threading.Thread(target=each) for each in work]

    def __enter__(self) -> "Writers":
        for thread in self.threads:
            thread.start()
        return self

    def __exit__(self, *args: object) -> None:
        self.stopped.set()
        for thread in self.threads:
            thread.join()

    def _contacts(self) -> None:
        while not self.stopped.is_set():
            email = f"r{threading.get_ident()}-{self.written}@example.org"
            with transaction.atomic():
                contact = Contact.objects.create(email=email, email_key=address_key(email))
                Consent.objects.create(contact=contact, purpose="guide", step="asked")
            self.written += 1
        connection.close()

    def _pictures(self) -> None:
        while not self.stopped.is_set():
            picture = ExercisePicture.objects.earliest("pk")
            picture.picture.save(f"new-{self.replaced}.png", ContentFile(b"png %d" % self.replaced))
            self.replaced += 1
        connection.close()


def test_a_backup_under_writes_is_whole_elsewhere(default_content, back_up, empty_place, check):
    with Writers() as writers:
        wait_for(lambda: writers.written > 20 and writers.replaced, "the writers")
        before = writers.written
        archive = back_up()
        during = writers.written - before

    assert "all as they were" in check(archive)
    restored = empty_place.run("restore", archive)

    assert during
    assert restored.returncode == 0, restored.stderr
    contacts = empty_place.value("SELECT count(*) FROM guides_contact")
    assert before <= contacts <= writers.written + 2
    assert contacts == empty_place.value("SELECT count(*) FROM guides_consent")
    assert "The archive lacks" not in restored.stderr
    shown = empty_place.value("SELECT picture FROM guides_exercisepicture ORDER BY id LIMIT 1")
    assert (empty_place.var / "media" / shown).read_bytes().startswith(b"png ")
    assert not [*empty_place.var.glob(".backup-*"), *empty_place.var.glob("restore.mark")]
    noted = Backup.objects.get()
    assert (noted.name, noted.size) == (archive.name, archive.stat().st_size)


def test_what_was_decided_since_is_decided_again(back_up, empty_place, ask, submission, submit):
    """And what was due may have gone out since."""
    gone = ask(submission, "gone@example.org").contact
    leaves = ask(submit(), "leaves@example.org").contact
    ask(submit(), "stays@example.org")
    later = ask(submit(), "later@example.org")
    Delivery.objects.filter(pk=later.pk).update(due_at=timezone.now() + timedelta(days=20))
    archive = back_up()
    contact_erase(contact=gone)
    contact_unsubscribe(contact=leaves)
    back_up()  # keeps the list beside the archives

    restored = empty_place.run("restore", archive)

    assert "Erased again: 1 addresses, 1 answers. Said no again: 1." in restored.stdout
    emails = "SELECT count(*) FROM guides_contact WHERE email LIKE '{}%'"
    assert empty_place.value(emails.format("gone")) == 0
    suppressed = "SELECT count(*) FROM guides_suppression WHERE reason = '{}'"
    assert empty_place.value(suppressed.format("erased")) == 1
    assert empty_place.value(suppressed.format("unsubscribed")) == 1
    doubtful = f"SELECT count(*) FROM guides_delivery WHERE reason = '{MAYBE_SENT}' AND state = '{State.RETRY}'"
    assert empty_place.value(doubtful) == 1
    assert empty_place.value("SELECT count(*) FROM guides_mailserver WHERE NOT restoring") == 1


def test_a_restore_that_was_broken_off_goes_on(back_up, backups, settings):
    archive, other = back_up(), back_up()
    MailServer.objects.create(held_since=timezone.now(), restoring=True)
    (settings.VAR_DIR / "restore.mark").write_text(str(archive))

    assert not mail_release(send_doubtful=True)
    with pytest.raises(CommandError, match="The database isn't empty"):
        call_command("restore", str(other))
    call_command("restore", str(archive))

    assert not (settings.VAR_DIR / "restore.mark").exists()
    assert mail_release(send_doubtful=True)


def test_a_folder_with_files_is_left_alone(back_up, settings, monkeypatch):
    archive = back_up()
    monkeypatch.setattr(database(), "is_empty", lambda: True)
    settings.MEDIA_ROOT.mkdir(parents=True)
    (settings.MEDIA_ROOT / "mine.png").write_bytes(b"mine")

    with pytest.raises(CommandError, match="The place of pictures and guides isn't empty"):
        call_command("restore", str(archive))


def test_an_encrypted_archive_needs_its_key(back_up, check, settings, tmp_path):
    own, other = Identity.generate(), Identity.generate()
    settings.BACKUP_KEY = str(own.to_public())
    (tmp_path / "key").write_text(f"# created by age\n{own}\n")
    (tmp_path / "another").write_text(f"{other}\n")
    archive = back_up()

    assert archive.name.endswith(".tar.gz.age")
    assert "all as they were" in check(archive, key=tmp_path / "key")
    for key, refusal in {
        None: "is encrypted. Name the file with its private key",
        tmp_path / "another": "can't be decrypted: No matching keys found",
        tmp_path / "none": "can't be read as a key of age",
        archive: "can't be read as a key of age",
    }.items():
        with pytest.raises(CommandError, match=refusal):
            check(archive, key=key)


@pytest.mark.parametrize("encrypted", [False, True])
def test_an_archive_that_was_cut_off_or_changed_is_refused(
    back_up, check, settings, tmp_path, encrypted
):
    own = Identity.generate()
    settings.BACKUP_KEY = str(own.to_public()) if encrypted else ""
    key = tmp_path / "key"
    key.write_text(str(own))
    archive = back_up()
    whole = archive.read_bytes()

    middle = len(whole) // 2
    for broken in (
        b"",
        whole[:100],
        whole[:middle],
        whole[:-1],
        whole[:middle] + bytes([whole[middle] ^ 1]) + whole[middle + 1 :],
    ):
        archive.write_bytes(broken)
        with pytest.raises(CommandError, match=r"damaged, (or )?was cut off"):
            check(archive, key=key)


def test_an_archive_of_another_secret_key_is_refused(back_up, check, settings):
    archive = back_up()
    settings.SECRET_KEY = "another"

    with pytest.raises(CommandError, match="was made with another SECRET_KEY"):
        check(archive)


def test_an_archive_of_a_newer_release_is_refused(back_up, check):
    MigrationRecorder(connection).record_applied("guides", "9999_newer")
    archive = back_up()
    MigrationRecorder(connection).record_unapplied("guides", "9999_newer")

    with pytest.raises(CommandError, match=r"which is newer \(it has guides.9999_newer\)"):
        check(archive)


def test_a_count_that_differs_is_named(back_up, check, monkeypatch):
    snapshot = SNAPSHOTS[connection.vendor]
    counts = snapshot.counts
    monkeypatch.setattr(snapshot, "counts", lambda self: {**counts(self), "guides_contact": 7})
    archive = back_up()

    with pytest.raises(CommandError, match="guides_contact has 0 rows, and should have 7"):
        check(archive)


def test_what_is_no_archive_is_named(check, tmp_path):
    for name, refusal in {"none.tar.gz": "No such file", "": "isn't an archive"}.items():
        with pytest.raises(CommandError, match=refusal):
            check(f"{tmp_path}/{name}")


def test_files_go_from_a_folder_into_a_bucket(back_up, bucket, empty_place):
    files().write("pictures/mine.svg", b"<svg/>")
    archive = back_up()

    restored = empty_place.run("restore", archive, FILES_URL=bucket)

    assert restored.returncode == 0, restored.stderr
    assert Bucket(url=bucket).contents("pictures/mine.svg") == b"<svg/>"


def test_files_of_a_bucket_are_backed_up(files_in_bucket, back_up, check, settings):
    files().write("pictures/mine.svg", b"<svg/>")
    files().write("health/probe", b"probe")

    archive = back_up()

    with tarfile.open(archive) as opened:
        names = [name for name in opened.getnames() if "/" in name]
    assert [name.partition("/")[2] for name in names] == ["pictures/mine.svg"]
    assert "1 file" in check(archive)
