"""Sessions are listed for their owner, end by themselves, and can be ended."""

import pytest
from auditlog.models import LogEntry
from django.test import Client
from django.utils import timezone

from runfit.accounts.models import SignIn
from tests.runfit.accounts.conftest import PASSWORD, sign_in

pytestmark = pytest.mark.django_db
ACCOUNT = "/admin/account/"
PHONE = "Mozilla/5.0 (iPhone; CPU iPhone OS 18_0 like Mac OS X) AppleWebKit/605 Version/18.0 Mobile/15E148 Safari/604.1"
LAPTOP = "Mozilla/5.0 (Windows NT 10.0; Win64; x64; rv:140.0) Gecko/20100101 Firefox/140.0"
HOURS = 3600


def device(agent):
    client = Client(HTTP_USER_AGENT=agent)
    sign_in(client)
    return client


def test_owner_sees_each_session_and_ends_one_or_all_others(ana):
    phone, laptop, third = device(PHONE), device(LAPTOP), device(LAPTOP)
    page = laptop.get(ACCOUNT).content.decode()
    ended = SignIn.objects.get(device="Safari, iPhone")

    laptop.post(f"{ACCOUNT}sessions/{ended.pk}/end/")

    assert "Safari, iPhone" in page
    assert page.count("Firefox, Windows</strong>") == 2
    assert page.count("this browser") == 1
    assert phone.get("/admin/").status_code == 302
    assert third.get("/admin/").status_code == 200
    laptop.post(f"{ACCOUNT}sessions/end/")
    assert third.get("/admin/").status_code == 302
    assert laptop.get("/admin/").status_code == 200
    assert LogEntry.objects.filter(changes__has_key="sessions").count() == 2


def test_nobody_ends_the_session_of_someone_else(ana, admin_client):
    device(PHONE)
    theirs = SignIn.objects.get(device="Safari, iPhone")

    admin_client.post(f"{ACCOUNT}sessions/{theirs.pk}/end/")

    assert SignIn.objects.filter(pk=theirs.pk).exists()


def test_a_session_lasts_twelve_hours_from_its_last_page(client, ana, clock):
    sign_in(client)
    clock.shift(11 * HOURS)
    assert client.get("/admin/").status_code == 200
    clock.shift(11 * HOURS)
    assert client.get("/admin/").status_code == 200
    row = SignIn.objects.get()
    assert abs((row.seen_at - timezone.now()).total_seconds()) < 60

    clock.shift(12 * HOURS + 60)
    assert client.get("/admin/").status_code == 302


def test_a_new_password_keeps_this_session_in_the_list(client, ana):
    sign_in(client)
    new = {"old_password": PASSWORD} | dict.fromkeys(
        ("new_password1", "new_password2"), "Lantern-ferry-31"
    )

    client.post("/admin/password_change/", new)

    assert "this browser" in client.get(ACCOUNT).content.decode()


def test_expired_sessions_leave_the_table_at_the_next_sign_in(client, ana, clock):
    sign_in(client)
    clock.shift(13 * HOURS)

    sign_in(client)

    assert SignIn.objects.count() == 1
