"""Someone who has lost every second factor gets in again."""

import pytest
from django.core.management import CommandError, call_command
from django.test import Client
from django_otp import user_has_device

from tests.runfit.accounts.conftest import sign_in

pytestmark = pytest.mark.django_db


def test_who_may_do_everything_resets_it_at_the_desk(admin_client, client, ana, app):
    sign_in(client)
    at = f"/admin/account/{ana.pk}/reset/"
    link = admin_client.get(f"/admin/auth/user/{ana.pk}/change/").content.decode()

    admin_client.get(at)
    assert user_has_device(ana)
    admin_client.post(at)

    assert f'href="{at}"' in link
    assert not user_has_device(ana)
    assert client.get("/admin/")["Location"].startswith("/admin/login/")
    sign_in(client)
    assert client.get("/admin/").status_code == 200


def test_nobody_else_may(client, ana, app, pt):
    other = Client()
    other.force_login(type(ana).objects.create_user("helper", is_staff=True))

    assert other.post(f"/admin/account/{ana.pk}/reset/").status_code == 403
    assert user_has_device(ana)


def test_a_command_is_the_last_way(ana, app):
    call_command("account_recover", "pt", verbosity=0)

    assert not user_has_device(ana)
    with pytest.raises(CommandError, match="no account named"):
        call_command("account_recover", "nobody")
