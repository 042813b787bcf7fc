"""Emergency numbers in texts, on the pages that runners read."""

import pytest

from assessments.models import Assessment, Practice, Profile, SafetyItem, SafetyLevel
from assessments.publishing.services import assessment_publish
from assessments.templatetags.emergency import emergency, emergency_numbers, emergency_words
from assessments.templatetags.markdown import prose
from runfit.lib import caching
from tests.assessments.small import ANSWERS, token_of

pytestmark = pytest.mark.django_db
LINK = '<a href="tel:111">111</a>'


@pytest.fixture(autouse=True)
def practice():
    return Practice.objects.create(country="NZ")


def test_filters_fill_in_the_number_of_the_practices_country():
    assert emergency("Call <b> {emergency}.") == f"Call &lt;b&gt; {LINK}."
    assert emergency_words("Call {emergency}.") == "Call 111."
    assert emergency_numbers() == LINK


def test_markdown_fills_it_in_outside_of_attributes():
    assert prose("**Call {emergency}.**") == f"<p><strong>Call {LINK}.</strong></p>\n"
    assert LINK not in prose('[Ring](https://example.org "{emergency}")')
    assert "tel:" not in prose("No number.")


@pytest.fixture
def edition(draft, monkeypatch):
    """A self-check with the variable in every text that may have it."""
    monkeypatch.setattr("assessments.runner.form_token.MINIMUM_AGE", 0.0)
    text = "Call {emergency} now."
    Assessment.objects.update(
        disclaimer_top=text, disclaimer_emergency=text, disclaimer_evidence=text,
        disclaimer_privacy=text, disclaimer_before_exercise=text, safety_intro=text,
    )  # fmt: skip
    Profile.objects.update(summary=text, first_step=text, honest_note=text, see_someone_if=text)
    SafetyLevel.objects.update(title=text, body=text, tell_them=text, note=text)
    SafetyItem.objects.update(text=f"Chest pain: {text}")
    return assessment_publish(assessment=draft, user=None)


@pytest.mark.parametrize("item", ["none", "fall", "young"])
def test_no_page_shows_the_variable(client, edition, item):
    fields = ANSWERS | {"form_token": token_of(edition), "safety": item}
    pages = [client.get("/"), client.get("/check/small/")]
    pages.append(client.get(client.post("/check/small/", fields)["Location"]))

    for page in pages:
        html = page.content.decode()
        assert f"Call {LINK} now." in html
        assert "{emergency}" not in html


def test_a_new_country_shows_on_cached_pages(client, edition, practice):
    result = client.post("/check/small/", ANSWERS | {"form_token": token_of(edition)})["Location"]
    pages = ["/", "/check/small/", result]
    assert all("tel:111" in client.get(page).content.decode() for page in pages)
    practice.country = "AU"
    practice.save()
    caching.expire()

    for page in pages:
        html = client.get(page).content.decode()
        assert "tel:000" in html
        assert "111" not in html.replace(result.split("/")[2], "")
