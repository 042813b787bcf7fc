"""Wrong passwords lock a network out, slow a name down, and never lock its owner out."""

import pytest
from django.contrib.auth.hashers import BasePasswordHasher
from django.test import Client

from runfit.accounts import limits
from runfit.accounts.models import Attempt
from tests.runfit.accounts.conftest import PASSWORD, sign_in

pytestmark = pytest.mark.django_db
HOME = {"REMOTE_ADDR": "203.0.113.9"}


def wrong(times, name="pt", client=None, **where):
    client = client or Client()
    return [sign_in(client, name, "wrong", **where).status_code for _ in range(times)]


def test_ten_wrong_passwords_lock_a_name_for_this_network_alone(client, ana):
    assert wrong(11, **HOME) == [200] * 10 + [429]

    locked = sign_in(client, **HOME)
    assert "Wait 60 minutes" in locked.content.decode()
    assert "A passkey opens right away." in locked.content.decode()
    assert int(locked["Retry-After"]) > 3500
    assert sign_in(client, REMOTE_ADDR="203.0.113.10").status_code == 302


def test_a_whole_64_is_one_network(client, ana):
    for number in range(10):
        wrong(1, REMOTE_ADDR=f"2001:db8::{number}")

    assert sign_in(client, REMOTE_ADDR="2001:db8::ffff").status_code == 429
    assert sign_in(client, REMOTE_ADDR="2001:db8:0:1::1").status_code == 302


def test_a_network_that_tries_many_names_is_locked_for_all(client, ana):
    for number in range(limits.NETWORK):
        wrong(1, name=f"name{number}", **HOME)

    assert sign_in(client, **HOME).status_code == 429


def test_a_name_is_slowed_from_everywhere_but_for_a_browser_that_knows_it(client, ana, clock):
    known = Client()
    assert sign_in(known).status_code == 302
    known.post("/admin/logout/")
    for number in range(limits.FREE):
        wrong(1, REMOTE_ADDR=f"198.51.100.{number}")

    slowed = sign_in(client)
    assert slowed.status_code == 429
    assert int(slowed["Retry-After"]) <= 31
    assert sign_in(known).status_code == 302
    clock.shift(31)
    assert sign_in(client).status_code == 302


def test_names_that_exist_and_those_that_do_not_are_limited_alike(client, ana):
    assert wrong(11, name="nobody", **HOME) == wrong(11, name="pt", REMOTE_ADDR="203.0.113.8")


def test_no_password_is_hashed_beyond_the_limit(client, ana, monkeypatch):
    wrong(10, **HOME)
    hashed = []
    monkeypatch.setattr(
        BasePasswordHasher, "verify", lambda *args: hashed.append(args), raising=True
    )
    monkeypatch.setattr(
        "django.contrib.auth.hashers.MD5PasswordHasher.verify", lambda *args: hashed.append(args)
    )

    assert sign_in(client, **HOME).status_code == 429
    assert hashed == []


def test_the_right_password_forgets_wrong_ones_of_the_same_person(client, ana):
    wrong(9, **HOME)

    sign_in(client, **HOME)

    assert not Attempt.objects.exists()
    assert PASSWORD not in str(Attempt.objects.values())


def test_attempts_hold_neither_name_nor_address(ana):
    wrong(1, **HOME)

    (row,) = Attempt.objects.values()
    assert "pt" not in {row["name"], row["network"]}
    assert "203.0.113.9" not in str(row)


def test_codes_are_limited_too(client, ana, app):
    sign_in(client)

    answers = [
        client.post("/admin/account/second-factor/", {"code": "000000"}).status_code
        for _ in range(11)
    ]

    assert answers == [200] * 10 + [429]


def test_beginning_with_passkeys_cannot_fill_the_table_of_sessions(client):
    begin = "/admin/account/passkeys/begin/"

    answers = [
        Client().post(begin, "{}", "application/json", **HOME).status_code for _ in range(51)
    ]

    assert answers == [200] * 50 + [429]
    assert (
        client.post(begin, "{}", "application/json", REMOTE_ADDR="203.0.113.10").status_code == 200
    )


def test_passkeys_open_a_name_that_is_locked_here(client, ana):
    wrong(11, **HOME)

    options = client.post("/admin/account/passkeys/begin/", "{}", "application/json", **HOME)

    assert options.status_code == 200
    assert options.json()["userVerification"] == "required"


def test_an_open_session_cannot_guess_the_password_either(client, ana):
    sign_in(client)
    guess = {"old_password": "wrong", "new_password1": "Lantern-31", "new_password2": "Lantern-31"}

    answers = [client.post("/admin/password_change/", guess).status_code for _ in range(11)]

    assert answers == [200] * 10 + [429]
