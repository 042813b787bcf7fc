"""Why an email waits or failed: stored in English, shown in the reader's language."""

import pytest
from django.urls import reverse
from django.utils.translation import override

from guides.reasons import AND_GAVE_UP, REASONS, SERVER_BUSY, reason_line
from guides.states import State
from runfit.lib.messages import message


def test_every_reason_is_said_in_spanish():
    with override("es"):
        assert [reason for reason in REASONS if reason_line(reason) == reason] == []


def test_reason_within_a_reason_is_said_in_spanish_too():
    stored = str(message(AND_GAVE_UP, reason=message(SERVER_BUSY, code=451)))

    with override("es"):
        said = reason_line(stored)

    assert said == "El servidor de correo nos pidió esperar (451). Lo intentamos durante 48 horas."
    assert stored == "The mail server asked us to wait (451). We tried for 48 hours."


def test_other_words_stay_as_they_are():
    with override("es"):
        assert reason_line("It rained.") == "It rained."


@pytest.mark.django_db
def test_desk_says_it_in_its_language(admin_client, ask, submit):
    ask(submit(), "a@example.org", state=State.FAILED, reason=message(SERVER_BUSY, code=451))
    admin_client.cookies["django_language"] = "es"

    page = admin_client.get(reverse("admin:guides_delivery_changelist")).content.decode()

    assert "El servidor de correo nos pidió esperar (451)." in page
