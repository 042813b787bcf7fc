"""The login is locked after repeated wrong passwords."""

import pytest
from django.contrib.auth import get_user_model
from django.test import Client
from django.urls import reverse

URL = "/admin/login/"


def sign_in(client: Client, password: str, address: str = "203.0.113.9"):
    data = {"username": "pt", "password": password}
    return client.post(URL, data, REMOTE_ADDR=address)


@pytest.fixture
def tried_ten_times(db, client):
    get_user_model().objects.create_superuser("pt", password="right")
    for _ in range(10):
        last = sign_in(client, "wrong")
    return last


def test_ten_wrong_passwords_show_the_lockout_page(tried_ten_times):
    assert tried_ten_times.status_code == 429
    assert "<h1" in tried_ten_times.content.decode()


def test_right_password_is_refused_during_lockout(tried_ten_times, client):
    assert sign_in(client, "right").status_code == 429


def test_lockout_is_per_ip_address(tried_ten_times):
    response = sign_in(Client(), "right", address="203.0.113.10")

    assert (response.status_code, response["Location"]) == (302, reverse("admin:index"))
