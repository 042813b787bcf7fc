"""An account with a password, and its authenticator app."""

import time
from datetime import UTC, datetime

import pytest
from django_otp.oath import TOTP
from django_otp.plugins.otp_totp.models import TOTPDevice

PASSWORD = "Kite-harbor-72"


class App:
    """An authenticator app: the codes of a secret, by the clock."""

    def __init__(self, device: TOTPDevice) -> None:
        self.device = device

    def code(self) -> str:
        totp = TOTP(self.device.bin_key)
        totp.time = time.time()
        return f"{totp.token():06}"


@pytest.fixture
def ana(pt):
    pt.set_password(PASSWORD)
    pt.email = "ana@example.org"
    pt.save()
    return pt


@pytest.fixture
def app(ana):
    return App(TOTPDevice.objects.create(user=ana, name="app"))


@pytest.fixture
def clock(time_machine):
    """Time goes on from now, and can be shifted."""
    time_machine.move_to(datetime.now(UTC))
    return time_machine


@pytest.fixture
def required(settings):
    settings.SECOND_FACTOR_REQUIRED = True


def sign_in(client, name="pt", password=PASSWORD, **more):
    return client.post("/admin/login/", {"username": name, "password": password}, **more)
