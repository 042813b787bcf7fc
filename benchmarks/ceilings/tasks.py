"""A minimal mail sender: one task per mail, over a persistent connection.

The text is constant; nothing is queried, claimed or stored. Only the link differs between mails.
"""

import os
from email.mime.image import MIMEImage
from functools import cache
from pathlib import Path

import django
from celery import Celery
from django.conf import settings
from django.core.mail import EmailMultiAlternatives, get_connection
from django.core.mail.backends.base import BaseEmailBackend

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "runfit.settings")
django.setup()

QUEUE = "bare"
TEXT, PAGE, PICTURE = "mail.txt", "mail.html", "mail.png"
LINK = "THE-LINK"

app = Celery("ceilings", broker=settings.CELERY_BROKER_URL)
app.conf.update(task_ignore_result=True, task_default_queue=QUEUE, worker_hijack_root_logger=False)


@app.task(name="ceilings.mail")
def mail(to: str, link: str) -> None:
    send(to, link, line())


@app.task(name="ceilings.mail_alone")
def mail_alone(to: str, link: str) -> None:
    """As `send_mail` does it, over a connection of its own."""
    send(to, link)


def send(to: str, link: str, connection: BaseEmailBackend | None = None) -> None:
    text, page = words()
    message = EmailMultiAlternatives(
        "Your guide", text.replace(LINK, link), "runfit@localhost", [to], connection=connection
    )
    message.attach_alternative(page.replace(LINK, link), "text/html")
    message.attach(picture())
    message.send()


@cache
def words() -> tuple[str, str]:
    """Texts stored by the benchmark beforehand."""
    folder = Path(os.environ["BENCH_CONSTANTS"])
    return (folder / TEXT).read_text(), (folder / PAGE).read_text()


@cache
def picture() -> MIMEImage:
    part = MIMEImage((Path(os.environ["BENCH_CONSTANTS"]) / PICTURE).read_bytes(), "png")
    part["Content-Disposition"] = "inline"
    return part


@cache
def line() -> BaseEmailBackend:
    backend = get_connection()
    backend.open()
    return backend
