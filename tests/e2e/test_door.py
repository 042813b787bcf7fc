"""Signing in to the desk in a real browser, with a passkey of a virtual authenticator."""

import pytest
from django.contrib.auth.models import User
from django.contrib.sessions.backends.db import SessionStore
from django_otp_webauthn.models import WebAuthnCredential

from runfit.lib.sign_in.recent import CONFIRMED_AT
from tests.e2e.axe import found_by_axe

pytestmark = pytest.mark.browser
PASSWORD = "Kite-harbor-72"


@pytest.fixture
def authenticator(page):
    """A phone's own authenticator, which recognizes its owner."""
    session = page.context.new_cdp_session(page)
    session.send("WebAuthn.enable")
    options = {
        "protocol": "ctap2",
        "transport": "internal",
        "hasResidentKey": True,
        "hasUserVerification": True,
        "isUserVerified": True,
        "automaticPresenceSimulation": True,
    }
    return session.send("WebAuthn.addVirtualAuthenticator", {"options": options})


@pytest.fixture
def public(settings, live_server):
    settings.SECOND_FACTOR_REQUIRED = settings.PASSKEYS = True
    settings.OTP_WEBAUTHN_RP_ID = "localhost"
    settings.OTP_WEBAUTHN_ALLOWED_ORIGINS = [live_server.url]


@pytest.mark.usefixtures("authenticator", "public", "transactional_db")
def test_a_passkey_is_added_and_opens_the_desk_without_a_password(page, faults):
    User.objects.create_superuser("ana", password=PASSWORD)

    page.goto("/admin/")
    page.get_by_label("Username").fill("ana")
    page.get_by_label("Password").fill(PASSWORD)
    page.get_by_role("button", name="Log in").click()
    page.get_by_text("and the desk opens").wait_for()
    assert found_by_axe(page) == []
    page.get_by_role("button", name="Add a passkey").click()
    page.get_by_role("button", name="Make recovery codes").click()
    page.get_by_role("link", name="I've kept them").click()
    page.get_by_role("heading", name="Where you're signed in").wait_for()
    assert found_by_axe(page) == []
    page.get_by_role("button", name="Log out").click()

    page.goto("/admin/guides/contact/")
    page.get_by_role("button", name="Sign in with a passkey").click()
    page.get_by_role("heading", name="Contacts").wait_for()
    assert WebAuthnCredential.objects.get().last_used_at

    sign_in_long_ago(page)
    page.goto("/admin/guides/contact/export/")
    page.get_by_role("heading", name="Is it still you?").wait_for()
    assert found_by_axe(page) == []
    page.get_by_role("button", name="Use a passkey").click()
    page.get_by_role("heading", name="Download contacts").wait_for()
    assert faults == []


def sign_in_long_ago(page):
    key = next(each["value"] for each in page.context.cookies() if each["name"] == "sessionid")
    session = SessionStore(key)
    session[CONFIRMED_AT] = 0.0
    session.save()
