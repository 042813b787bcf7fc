"""Mail that's held after a restore, and the age of the newest backup, at the desk."""

from datetime import timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone
from django.utils.html import escape

from guides.models import Backup, Delivery, MailServer
from guides.reasons import MAYBE_SENT
from guides.states import State

FIRST_PAGE, PAGE = reverse("admin:index"), reverse("admin:guides_mail_release")
LIST = reverse("admin:guides_delivery_changelist")


@pytest.fixture
def held(ask, submission):
    delivery = ask(submission, "anna@example.org")
    Delivery.objects.update(state=State.RETRY, reason=MAYBE_SENT)
    MailServer.objects.create(held_since=timezone.now())
    return delivery


def text_of(response):
    return response.content.decode().replace("\xa0", " ")


def test_first_page_leads_to_the_page_that_releases_mail(client, pt, held):
    client.force_login(pt)

    assert "Mail is held since the restore of" in text_of(client.get(FIRST_PAGE))
    page = text_of(client.get(PAGE))
    assert "1 of them was due before the restore" in page
    assert escape("a•••@example.org") in text_of(client.get(f"{LIST}?needs=doubtful"))


@pytest.mark.parametrize(("choice", "state"), [("send", State.RETRY), ("cancel", State.CANCELLED)])
def test_whoever_releases_decides(client, pt, held, choice, state):
    client.force_login(pt)

    response = client.post(PAGE, {"doubtful": choice}, follow=True)

    assert "Mail goes out again." in text_of(response)
    assert MailServer.objects.get().held_since is None
    assert Delivery.objects.get().state == state
    assert "Mail isn't held" in text_of(client.get(PAGE)).replace("&#x27;", "'")


@pytest.mark.parametrize("posted", [{}, {"doubtful": "perhaps"}])
def test_no_decision_releases_nothing(client, pt, held, posted):
    client.force_login(pt)

    assert client.post(PAGE, posted).status_code == 200

    assert MailServer.objects.get().held_since


def test_an_incomplete_restore_offers_no_button(client, pt, held):
    client.force_login(pt)
    MailServer.objects.update(restoring=True)

    assert "The restore isn't complete" in text_of(client.get(PAGE)).replace("&#x27;", "'")
    assert "wasn't held" in text_of(client.post(PAGE, {"doubtful": "send"}, follow=True)).replace(
        "&#x27;", "'"
    )


def test_who_may_only_look_may_not_release(client, django_user_model, held):
    client.force_login(django_user_model.objects.create_user("looks", is_staff=True))

    assert client.post(PAGE, {"doubtful": "send"}).status_code == 403
    assert MailServer.objects.get().held_since


def make_backup(number=0, **age):
    return Backup.objects.create(
        name=f"runfit-{number}.tar.gz",
        place="/srv/backups",
        made_at=timezone.now() - timedelta(**age),
        size=3_100_000,
        seconds=2,
    )


def test_an_old_backup_is_told_to_superusers(admin_client, client, pt):
    assert "newest backup" not in text_of(admin_client.get(FIRST_PAGE))
    make_backup(hours=30)

    client.force_login(pt)
    assert "newest backup" not in text_of(client.get(FIRST_PAGE))
    assert "The newest backup is 1 day, 6 hours old" in text_of(admin_client.get(FIRST_PAGE))
    make_backup(1, hours=24.5)
    assert "newest backup" not in text_of(admin_client.get(FIRST_PAGE))


def test_how_old_it_may_be_is_a_setting(admin_client, settings):
    make_backup(days=6)
    settings.BACKUP_EVERY_HOURS = 7 * 24

    assert "newest backup" not in text_of(admin_client.get(FIRST_PAGE))


def test_the_list_costs_the_same_for_one_and_many(admin_client):
    page = reverse("admin:guides_backup_changelist")

    def queries():
        with CaptureQueriesContext(
            connection,
        ) as captured:
            assert "3.0 MB" in text_of(admin_client.get(page))
        return len(captured)

    make_backup(hours=1)
    queries()
    one = queries()
    for number in range(30):
        make_backup(number + 1, hours=number)

    assert queries() == one
