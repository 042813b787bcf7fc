"""The first page and a shared result type are rendered once, and each visitor gets today's."""

from datetime import timedelta

import pytest
from django.core.cache import caches
from django.utils import timezone

from assessments.models import Assessment, Edition, Practice
from assessments.publishing.services import assessment_load, assessment_publish
from assessments.publishing.translations import translation_add
from runfit.lib import caching
from tests.assessments.small import small

pytestmark = pytest.mark.django_db
PAGES = ("/", "/check/small/results/stiff/")


def load(slug="small", **changes):
    return assessment_load(data=small(slug=slug, **changes)).assessment


def sign(**columns):
    Edition.objects.update(reviewed_by="Dr. Hill", reviewed_on=timezone.localdate(), **columns)


def look(**columns):
    Practice.objects.update(**columns)


def translate():
    spanish = translation_add(original=Assessment.objects.get(), language="es")
    assessment_publish(assessment=spanish, user=None)


CHANGES = {
    "practice": lambda: look(name="Hill Street"),
    "country": lambda: look(country="AU"),
    "color": lambda: look(accent_colour="#123456"),
    "signature": sign,
    "due again": lambda: sign(look_again_on=timezone.localdate() - timedelta(days=1)),
    "another self-check": lambda: load("another", title="Another"),
    "its translation": translate,
    "next version": lambda: load(title="Better"),
}


def read(client, path, query=""):
    caching.expire()  # what's kept for three seconds
    response = client.get(path + query)
    assert response.status_code == 200
    return response.content.decode()


def read_alone(client, path, query=""):
    caches["shared"].clear()
    return read(client, path, query)


@pytest.mark.parametrize("path", PAGES)
@pytest.mark.parametrize("change", CHANGES.values(), ids=CHANGES)
def test_whoever_comes_after_a_change_sees_it(client, path, change):
    load()
    Practice.objects.get_or_create()
    read(client, path)

    change()

    assert read(client, path) == read_alone(client, path)


@pytest.mark.parametrize("path", PAGES)
def test_the_source_goes_along_whoever_came_first(client, path):
    load()
    queries = ("", "?utm_source=letter", "?utm_source=news", "?utm_source=%22%3E%3Cb%3E")
    alone = [read_alone(client, path, query) for query in queries]

    for order in (queries, queries[::-1]):
        caches["shared"].clear()
        pages = {query: read(client, path, query) for query in order}

        assert [pages[query] for query in queries] == alone
    assert "/check/small/?utm_source=letter" in alone[1]
    assert "<b>" not in alone[3]
