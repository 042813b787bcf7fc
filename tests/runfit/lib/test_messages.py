import pytest
from django.utils.translation import override

from runfit.lib.messages import message
from runfit.lib.translation import translated


def test_a_message_is_its_english_text():
    assert message("“{name}” is used twice.", name="hip") == "“hip” is used twice."
    assert message("Only {practice} is known.") == "Only {practice} is known."


@pytest.mark.parametrize("said", [str, translated], ids=["by itself", "by the catalog"])
def test_english_stays_english(said):
    assert said(message("is missing.")) == "is missing."


def test_a_message_is_translated_with_the_messages_within_it():
    cause = message("the advice {name} is missing", name="is missing.")
    text = message("It comes out differently: {failures}.", failures=(cause, cause))

    with override("es"):
        assert translated(text) == (
            "Sale distinto: falta el consejo is missing.; falta el consejo is missing.."
        )
        assert translated("is missing.") == "is missing."
