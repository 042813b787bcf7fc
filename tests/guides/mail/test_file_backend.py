import os

import pytest
from django.core.mail import EmailMessage

from guides.mail import file_backend
from guides.mail.file_backend import EmlFileBackend


def send(*recipients: str) -> None:
    for recipient in recipients:
        message = EmailMessage("Hello", "Text → ünïcode", "runfit@example.org", [recipient])
        EmlFileBackend().send_messages([message])


def test_every_message_is_one_file_newest_first():
    send("a@example.org", "b@example.org")

    names, messages = zip(*file_backend.newest(10), strict=True)

    assert [message["To"] for message in messages] == ["b@example.org", "a@example.org"]
    assert messages[0].get_content().strip() == "Text → ünïcode"
    assert {path.name for path in file_backend.folder().iterdir()} == set(names)


def test_only_the_newest_are_read():
    send("a@example.org", "b@example.org", "c@example.org")

    assert len(file_backend.newest(2)) == 2


def test_an_empty_mailbox_has_no_messages():
    assert file_backend.newest(10) == []


def test_erase_removes_one_address_only():
    send("Ann@example.org", "maryann@example.org", "ann@example.org.uk")

    file_backend.erase("ann@example.org")

    assert [message["To"] for _, message in file_backend.newest(10)] == [
        "ann@example.org.uk",
        "maryann@example.org",
    ]


def test_erase_passes_over_a_file_that_is_gone_meanwhile(settings):
    send("ann@example.org")
    (settings.MAIL_DIR / "0-gone.eml").symlink_to("nowhere")
    (settings.MAIL_DIR / "gone.part").symlink_to("nowhere")

    file_backend.erase("ann@example.org")

    assert file_backend.newest(10) == []


def test_erase_removes_partial_files_left_by_crash(settings):
    settings.MAIL_DIR.mkdir(parents=True)
    old, new = settings.MAIL_DIR / "old.part", settings.MAIL_DIR / "new.part"
    old.touch()
    new.touch()
    os.utime(old, (0, 0))

    file_backend.erase("anyone@example.org")

    assert (old.exists(), new.exists()) == (False, True)


@pytest.mark.parametrize(
    "name",
    ["../settings.py", "nothing.eml", "../../etc/passwd", "..", ".", "", "a\0.eml", "x" * 300],
)
def test_file_names_cannot_leave_the_folder(name):
    file_backend.folder().mkdir(parents=True)

    assert file_backend.read(name) is None


def test_full_disk_leaves_no_partial_file(monkeypatch):
    def fail(descriptor: int) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr("runfit.lib.files.os.fsync", fail)
    with pytest.raises(OSError, match="No space"):
        send("a@example.org")

    assert list(file_backend.folder().iterdir()) == []
