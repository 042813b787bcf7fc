"""More than one self-check: the first page lists them, and a result offers the next one."""

import re

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from assessments.definition import DefinitionError, parse
from assessments.models import Assessment, Edition
from assessments.publishing.drafts import assessment_data
from assessments.publishing.services import (
    assessment_check,
    assessment_copy,
    assessment_load,
    assessment_move,
    assessment_publish,
    edition_restore,
)
from assessments.publishing.translations import translation_add
from runfit.lib import caching
from tests.assessments.small import ANSWERS, small, token_of

pytestmark = pytest.mark.django_db
OFFER = 'id="next"'


def load(slug: str, **changes) -> Assessment:
    title = slug.capitalize()
    return assessment_load(data=small(slug=slug, title=title, **changes)).assessment


def listed(client, path: str = "/") -> list[str]:
    body = client.get(path).content.decode()
    main = re.findall(r'class="btn btn-big" href="/check/([a-z-]+)/', body)[:1]
    others = body.partition('<ul class="others"')[2].partition("</ul>")[0]
    return [*main, *re.findall(r'href="/check/([a-z-]+)/', others)]


def result(client, slug: str, **answers: str) -> str:
    edition = Edition.objects.filter(assessment__slug=slug).latest("number")
    data = {**ANSWERS, "form_token": token_of(edition), **answers}
    return client.post(f"/check/{slug}/", data, follow=True).content.decode()


@pytest.mark.parametrize("number", [1, 2, 5])
def test_first_page_lists_all_in_their_order(client, number):
    slugs = [f"check-{letter}" for letter in "abcde"[:number]]
    for slug in slugs:
        load(slug)

    assert listed(client) == slugs


def test_order_holds_on_the_first_page_and_in_each_language(client):
    drafts = [load(f"check-{letter}") for letter in "abc"]
    for draft in drafts:
        translation = translation_add(original=draft, language="es")
        assessment_publish(assessment=translation, user=None)
    assert assessment_move(assessment=drafts[2], step=-1) == 2
    assert assessment_move(assessment=drafts[2], step=-1) == 1
    caching.clear()

    assert listed(client) == ["check-c", "check-a", "check-b"]
    assert listed(client, "/es/") == ["check-c-es", "check-a-es", "check-b-es"]


def test_new_one_is_last_and_restoring_keeps_the_place(client):
    load("check-a")
    second = load("check-b")
    assessment_move(assessment=second, step=-1)
    load("check-c")
    edition_restore(edition=second.editions.get())
    caching.clear()

    assert listed(client) == ["check-b", "check-a", "check-c"]


def test_result_offers_the_next_one_once_it_is_published(client):
    first = load("check-a", next_check="check-b")
    assert OFFER not in result(client, "check-a")
    [finding] = [each for each in assessment_check(assessment=first) if "next" in each.code]
    assert finding.severity == "warning"

    load("check-b", benefit="Find out about your calves.")
    caching.clear()

    html = result(client, "check-a")
    offer = html.partition(OFFER)[2].partition("</section>")[0]
    assert 'href="/check/check-b/"' in offer
    assert "Find out about your calves." in offer
    assert not [each for each in assessment_check(assessment=first) if "next" in each.code]


def test_offer_is_in_the_runners_language_or_left_out(client):
    first, second = load("check-a", next_check="check-b"), load("check-b")
    spanish = translation_add(original=first, language="es")
    assessment_publish(assessment=spanish, user=None)
    assert assessment_data(assessment=spanish)["next_check"] == "check-b"
    assert OFFER not in result(client, spanish.slug)

    assessment_publish(assessment=translation_add(original=second, language="es"), user=None)
    caching.clear()

    assert 'href="/check/check-b-es/"' in result(client, spanish.slug)


def test_no_offer_at_a_safety_stop_or_before_clearance(client):
    load("check-a", next_check="check-b")
    load("check-b")

    items = small()["safety"]["items"]
    for item in items:
        html = result(client, "check-a", safety=item["key"])
        assert OFFER not in html
    assert OFFER in result(client, "check-a")


def test_offer_goes_through_files_and_copies_and_not_to_itself():
    first = load("check-a", next_check="check-b")
    copy = assessment_copy(assessment=first, slug="copy", title="Copy", language="en")

    assert assessment_data(assessment=copy)["next_check"] == "check-b"
    with pytest.raises(DefinitionError, match="must be another self-check"):
        parse(small(slug="check-a", next_check="check-a"))


def test_offer_costs_no_query_once_it_is_warm(client):
    load("check-a", next_check="check-b")
    load("check-b")

    def queries(slug: str) -> int:
        edition = Edition.objects.get(assessment__slug=slug)
        data = {**ANSWERS, "form_token": token_of(edition)}
        path = client.post(f"/check/{slug}/", data)["Location"]
        client.get(path)
        with CaptureQueriesContext(connection) as captured:
            client.get(path)
        return len(captured)

    assert queries("check-a") == queries("check-b")
