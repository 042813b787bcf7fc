"""Sends mail with django-post_office or django-mailer, in one warm process.

Commands are lines on standard input: `fill APP NUMBER`, `send APP`, and `cpu`. FOLDER holds the
same text, page, and picture as RunFit's email.
"""

import logging
import os
import resource
import sys
from collections.abc import Callable
from pathlib import Path

import django
from django.conf import settings
from django.core.files.base import ContentFile
from django.core.mail import EmailMultiAlternatives
from django.core.management import call_command

PROCESSES, THREADS = 2, 8
BATCH = 1000
LINK = "THE-LINK"
FOLDER = Path(os.environ["PEERS_FOLDER"])

settings.configure(
    SECRET_KEY=os.environ["SECRET_KEY"],
    INSTALLED_APPS=["django.contrib.contenttypes", "django.contrib.auth", "post_office", "mailer"],
    DATABASES={
        "default": {
            "ENGINE": "django.db.backends.postgresql",
            "CONN_MAX_AGE": 60,
            **{
                name: os.environ[f"PEERS_{name}"]
                for name in ("HOST", "PORT", "USER", "PASSWORD", "NAME")
            },
        }
    },
    DEFAULT_AUTO_FIELD="django.db.models.BigAutoField",
    USE_TZ=True,
    MEDIA_ROOT=str(FOLDER / "media"),
    EMAIL_HOST="127.0.0.1",
    EMAIL_PORT=int(os.environ["PEERS_SMTP_PORT"]),
    EMAIL_TIMEOUT=60,
    POST_OFFICE={
        "BATCH_SIZE": BATCH,
        "THREADS_PER_PROCESS": THREADS,
        "LOCK_FILE_NAME": str(FOLDER / "post_office"),
        "LOG_LEVEL": 1,
    },
    MAILER_LOCK_PATH=str(FOLDER / "mailer"),
)
django.setup()
logging.disable(logging.WARNING)

from mailer import engine  # noqa: E402 - models need the settings
from mailer.models import Message, MessageLog  # noqa: E402
from post_office import mail as post_office  # noqa: E402
from post_office.models import STATUS, Attachment, Email  # noqa: E402

TEXT, PAGE = ((FOLDER / name).read_text() for name in ("mail.txt", "mail.html"))
PICTURE = (FOLDER / "mail.png").read_bytes()


def fill_post_office(number: int) -> None:
    """Emails in its table, which share one stored picture."""
    Email.objects.all().delete()
    for attachment in Attachment.objects.all():
        attachment.file.delete()
        attachment.delete()
    attachment = Attachment(name="picture.png", mimetype="image/png")
    attachment.file.save("picture.png", ContentFile(PICTURE))
    emails = Email.objects.bulk_create(
        Email(
            from_email="runfit@localhost",
            to=[f"r{each}@example.org"],
            subject="Your guide",
            message=TEXT.replace(LINK, str(each)),
            html_message=PAGE.replace(LINK, str(each)),
            priority=2,
            status=STATUS.queued,
        )
        for each in range(number)
    )
    pairs = Attachment.emails.through
    pairs.objects.bulk_create(
        pairs(email_id=email.pk, attachment_id=attachment.pk) for email in emails
    )


def send_post_office() -> None:
    post_office.send_queued_mail_until_done(processes=PROCESSES)
    assert set(Email.objects.values_list("status", flat=True)) == {STATUS.sent}


def fill_mailer(number: int) -> None:
    """Emails in its table, each with its own picture."""
    Message.objects.all().delete()
    MessageLog.objects.all().delete()
    Message.objects.bulk_create(map(queued, range(number)))


def queued(number: int) -> Message:
    email = EmailMultiAlternatives(
        "Your guide",
        TEXT.replace(LINK, str(number)),
        "runfit@localhost",
        [f"r{number}@example.org"],
    )
    email.attach_alternative(PAGE.replace(LINK, str(number)), "text/html")
    email.attach("picture.png", PICTURE, "image/png")
    message = Message()
    message.email = email
    return message


def send_mailer() -> None:
    engine.send_all()
    assert not Message.objects.exists()


APPS: dict[str, tuple[Callable[[int], None], Callable[[], None]]] = {
    "django-post-office": (fill_post_office, send_post_office),
    "django-mailer": (fill_mailer, send_mailer),
}


def cpu() -> float:
    """CPU seconds, with those of the processes that it started."""
    own, children = map(resource.getrusage, (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN))
    return sum(usage.ru_utime + usage.ru_stime for usage in (own, children))


def main() -> None:
    call_command("migrate", verbosity=0)
    print("ready", flush=True)
    for line in sys.stdin:
        match line.split():
            case ["fill", app, number]:
                APPS[app][0](int(number))
                print("filled", flush=True)
            case ["send", app]:
                APPS[app][1]()
                print("sent", flush=True)
            case _:
                print(cpu(), flush=True)


main()
