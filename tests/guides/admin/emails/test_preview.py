"""The preview page of a draft's emails, and sending test emails."""

import re
import smtplib
import socket

import pytest
from django.contrib.admin.models import LogEntry
from django.contrib.auth.models import User
from django.core import mail
from django.core.files.base import ContentFile
from django.urls import reverse

from guides.models import PlanStep
from tests.assessments.browser import address, frames, said
from tests.guides.factories import (
    EmailTextFactory,
    ExercisePictureFactory,
)

pytestmark = pytest.mark.django_db

FULL = smtplib.SMTPDataError(452, b"4.3.1 The disk is full")
DRAWING = b'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 640 300"><circle cx="9" cy="9" r="9"/></svg>'
PASSWORD = smtplib.SMTPAuthenticationError(535, b"5.7.8 Wrong password")


@pytest.fixture
def preview(guide):
    return reverse("admin:guides_guide_preview", args=[guide.pk])


def send_test(client, preview, to):
    response = client.post(preview, {"to": to}, follow=True)
    assert response.status_code == 200
    return response


def test_test_email_is_sent_and_logged(admin_client, preview, settings):
    settings.EMAIL_KEPT_LOCALLY = False

    response = send_test(admin_client, preview, "pt@example.org")

    assert [(message.to, message.subject) for message in mail.outbox] == [
        (["pt@example.org"], "Your guide from RunFit")
    ]
    assert said(response)[0].startswith("The test email was sent to pt@example.org.")
    assert LogEntry.objects.get().change_message == "Sent a test email."


def test_form_defaults_to_the_users_address(admin_client, preview):
    assert 'value="admin@example.com"' in admin_client.get(preview).content.decode()


def test_user_without_address_must_enter_one(admin_client, admin_user, preview):
    admin_user.email = ""
    admin_user.save()
    opened = admin_client.get(preview)

    response = send_test(admin_client, preview, opened.context["form"]["to"].value())

    assert opened.context["mails"][0][1].subject == "Your guide from RunFit"
    assert response.context["form"].errors == {"to": ["This field is required."]}
    assert "This field is required." in response.content.decode()
    assert mail.outbox == []


def test_invalid_address_is_refused_beside_the_preview(admin_client, preview):
    response = send_test(admin_client, preview, "pt@example")

    assert "Enter a valid email address." in response.content.decode()
    assert response.context["mails"][0][1].subject == "Your guide from RunFit"
    assert mail.outbox == []


def test_invalid_email_text_is_reported_and_not_sent(admin_client, guide, preview):
    guide.emails.update(subject="Hello {name}")

    response = send_test(admin_client, preview, "pt@example.org")

    assert said(response) == ["Not sent. The draft isn't finished."]
    assert "The draft isn't finished, so this has to wait." in response.content.decode()
    assert "“{name}” is not one of {practice}, {guide}, {days}." in response.content.decode()
    assert mail.outbox == []
    assert LogEntry.objects.count() == 0


def test_unreachable_mail_server_is_reported(admin_client, preview, settings):
    settings.EMAIL_BACKEND = "django.core.mail.backends.smtp.EmailBackend"
    settings.EMAIL_HOST = "127.0.0.1"
    with socket.socket() as nobody_listens:
        nobody_listens.bind(("127.0.0.1", 0))
        settings.EMAIL_PORT = nobody_listens.getsockname()[1]

        response = send_test(admin_client, preview, "pt@example.org")

    [message] = said(response)
    assert message.startswith("Not sent. ")
    assert message.endswith("Connection refused")
    assert LogEntry.objects.count() == 0


@pytest.mark.parametrize(("fault", "words"), [(FULL, "disk is full"), (PASSWORD, "password")])
def test_mail_server_refusal_is_reported(admin_client, preview, faults, fault, words):
    faults.append(fault)

    [message] = said(send_test(admin_client, preview, "pt@example.org"))

    assert message.startswith("Not sent. ")
    assert words in message


def test_preview_line_is_unescaped(admin_client, guide, preview):
    guide.emails.update(preview="Here's your <b>guide</b> & more.")

    response = admin_client.get(preview)

    assert response.context["mails"][0][1].preview == "Here's your <b>guide</b> & more."


def test_follow_up_is_previewed_and_sent_with_guide_email(admin_client, guide, preview):
    EmailTextFactory(
        guide=guide, kind="follow_up", subject="Four weeks on", body="{days} days ago."
    )

    page = admin_client.get(preview).content.decode()
    send_test(admin_client, preview, "pt@example.org")

    assert "28 days ago." in page
    assert page.count("<iframe") == 6
    assert [message.subject for message in mail.outbox] == [
        "Your guide from RunFit",
        "Four weeks on",
    ]


@pytest.fixture
def drawn(guide):
    """The plan's first exercise has a drawing."""
    row = ExercisePictureFactory(exercise=PlanStep.objects.get().exercise, alt="A circle")
    row.picture.save("own.svg", ContentFile(DRAWING))


def picture_addresses(client, preview):
    response = client.get(preview)
    [mail] = [mail for _, mail in response.context["mails"]]
    return [re.findall(r'src="([^"]+)"', look.html) for look in mail.previews]


def test_previews_take_pictures_from_the_desk(admin_client, preview, drawn):
    addresses = picture_addresses(admin_client, preview)

    assert addresses == [addresses[0]] * 3
    [address] = addresses[0]
    response = admin_client.get(address)
    assert (response.status_code, response["Content-Type"]) == (200, "image/png")
    assert response.content.startswith(b"\x89PNG")


def test_a_picture_that_is_not_in_the_email_is_not_found(admin_client, guide, drawn):
    address = reverse("admin:guides_guide_mail-picture", args=[guide.pk, "x@example.org"])

    assert admin_client.get(address).status_code == 404

    guide.emails.update(subject="Hello {name}")
    assert admin_client.get(address).status_code == 404


def test_pictures_of_a_draft_are_for_those_who_see_it(admin_client, client, preview, drawn):
    [address] = picture_addresses(admin_client, preview)[0]
    client.logout()
    assert client.get(address).status_code == 302

    client.force_login(User.objects.create_user("helper", is_staff=True))

    assert client.get(address).status_code == 403


def test_practice_page_previews_the_email_with_its_pictures(admin_client, drawn):
    page = admin_client.get(address("practice", "change"))

    mail = frames(page.content.decode())["The email, from RunFit <runfit@testserver>"]
    [picture] = re.findall(r'src="([^"]+)"', mail)
    assert admin_client.get(picture).status_code == 200
