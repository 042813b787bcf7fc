"""The second factor: set up without a terminal, and asked for."""

import re

import pytest
from auditlog.models import LogEntry
from django.core import checks
from django.urls import reverse
from django_otp.plugins.otp_static.models import StaticToken
from django_otp.plugins.otp_totp.models import TOTPDevice

from runfit.accounts.checks import second_factor_is_required
from tests.runfit.accounts.conftest import App, sign_in

pytestmark = pytest.mark.django_db
DESK = "/admin/"
ACCOUNT = "/admin/account/"
PROVE = "/admin/account/second-factor/"
CODE = re.compile(r"<code>(\w{5}-\w{5})</code>")


def test_password_alone_opens_the_desk_where_no_second_factor_is_set_up(client, ana):
    assert sign_in(client)["Location"] == DESK
    assert client.get(DESK).status_code == 200


def test_public_site_asks_for_a_second_factor_before_anything_else(client, ana, required):
    sign_in(client)

    opened = client.get("/admin/guides/contact/")
    page = client.get(opened["Location"]).content.decode()

    assert opened["Location"] == f"{ACCOUNT}?next=%2Fadmin%2Fguides%2Fcontact%2F"
    assert "Set up one of these two, and the desk opens." in page
    assert "desk-menu" not in page
    assert client.post("/admin/guides/contact/", {})["Location"] == ACCOUNT


def test_an_app_is_set_up_in_the_browser_and_opens_the_desk(client, ana, required):
    sign_in(client)

    page = client.post(f"{ACCOUNT}app/").content.decode()
    app = App(TOTPDevice.objects.get())
    shown = re.search(r"<code>([A-Z2-7 ]+)</code>", page)[1].replace(" ", "")
    wrong = client.post(f"{ACCOUNT}app/", {"code": "12345"}).content.decode()
    client.post(f"{ACCOUNT}app/")  # begins anew, throttled before
    app = App(TOTPDevice.objects.get())
    done = client.post(f"{ACCOUNT}app/", {"code": app.code()})

    assert len(shown) == 32
    assert "<svg" in page
    assert "That code doesn" in wrong
    assert len(CODE.findall(done.content.decode())) == 10
    assert "no-store" in done["Cache-Control"]
    assert client.get(DESK).status_code == 200
    assert LogEntry.objects.filter(object_repr=f"user {ana.pk}").count() == 2


def test_password_leads_to_the_second_step_and_a_code_on_to_the_page(client, ana, app):
    client.get(DESK)
    sign_in(client)

    step = client.get("/admin/guides/contact/")
    wrong = client.post(PROVE, {"code": "000000"})
    app.device.throttle_reset()
    right = client.post(PROVE, {"code": app.code(), "next": "/admin/guides/contact/"})

    assert step["Location"].startswith(PROVE)
    assert "That code doesn" in wrong.content.decode()
    assert right["Location"] == "/admin/guides/contact/"
    assert client.get(DESK).status_code == 200


@pytest.mark.parametrize(
    "evil", ["https://evil.example/", "//evil.example/", "javascript:alert(1)"]
)
def test_second_step_leads_to_no_other_site(client, ana, app, evil):
    sign_in(client)

    assert client.post(PROVE, {"code": app.code(), "next": evil})["Location"] == DESK


def test_a_code_works_once(client, ana, app):
    code = app.code()
    sign_in(client)
    client.post(PROVE, {"code": code})
    client.logout()
    sign_in(client)

    assert client.post(PROVE, {"code": code}).status_code == 200


def test_a_recovery_code_works_once_and_only_its_hash_is_kept(client, ana, app):
    sign_in(client)
    client.post(PROVE, {"code": app.code()})
    codes = CODE.findall(client.post(f"{ACCOUNT}codes/").content.decode())
    kept = set(StaticToken.objects.values_list("token", flat=True))
    client.logout()
    sign_in(client)

    first = client.post(PROVE, {"code": f" {codes[0].upper()} "})
    client.logout()
    sign_in(client)
    again = client.post(PROVE, {"code": codes[0]})

    assert kept.isdisjoint({code.replace("-", "") for code in codes})
    assert first["Location"] == DESK
    assert again.status_code == 200
    assert StaticToken.objects.count() == 9


def test_without_the_second_step_no_factor_can_be_added_or_taken_away(client, ana, app):
    sign_in(client)

    for path in ("app/", "app/remove/", "codes/", "passkeys/register/begin/", "sessions/end/"):
        assert client.post(f"{ACCOUNT}{path}")["Location"] == PROVE

    assert TOTPDevice.objects.get().pk == app.device.pk


def test_turning_the_app_off_takes_its_codes_along(client, ana, app):
    sign_in(client)
    client.post(PROVE, {"code": app.code()})
    client.post(f"{ACCOUNT}codes/")

    client.post(f"{ACCOUNT}app/remove/")

    assert not StaticToken.objects.exists()
    assert client.get(DESK).status_code == 200


def test_secrets_are_in_no_list_of_the_desk(admin_client):
    page = admin_client.get(DESK).content.decode()

    assert not re.findall(r"/admin/otp_\w+/", page)


def test_check_warns_where_a_password_alone_opens_a_public_site(settings, ana):
    settings.HTTPS, settings.SECOND_FACTOR_REQUIRED = True, False
    (alone,) = second_factor_is_required(None)
    settings.SECOND_FACTOR_REQUIRED = True
    found = checks.run_checks(tags=["database"], databases=["default"])

    assert alone.id == "accounts.W001"
    assert "accounts.W002" in [each.id for each in found]
    TOTPDevice.objects.create(user=ana, name="app")
    found = checks.run_checks(tags=["database"], databases=["default"])
    assert "accounts.W002" not in [each.id for each in found]


def test_the_way_in_is_named_on_every_page(admin_client):
    assert f'href="{reverse("accounts:account")}"' in admin_client.get(DESK).content.decode()
