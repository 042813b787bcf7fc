"""Self-checks in more than one language: links between them, and a first page in each."""

import re

import pytest
from django.conf import settings

from assessments.models import Assessment, Practice
from runfit.lib import caching
from tests.assessments.small import ANSWERS, caring, edition_of, small, token_of

pytestmark = pytest.mark.django_db
CHECK, SPANISH = "/check/small/", "/check/small-es/"


def translated(language, slug):
    """A live translation of the small self-check."""
    edition = edition_of(caring(language=language, slug=slug, headline=f"In {language}?"))
    edition.assessment.translation_of = Assessment.objects.get(slug="small")
    edition.assessment.save()
    return edition


@pytest.fixture
def english():
    return edition_of(caring())


@pytest.fixture
def spanish(english):
    return translated("es", "small-es")


def languages(client, path):
    """The links of the language switch: path, language, direction, name, and whether it's here."""
    nav = re.search(r'(?s)<nav class="languages".*?</nav>', client.get(path).content.decode())
    pattern = r'<a href="([^"]+)" lang="([^"]+)" dir="(\w+)" hreflang="\2"( aria-current="page")?>(.*?)</a>'
    return [
        (path, code, direction, name, bool(here))
        for path, code, direction, here, name in re.findall(pattern, nav[0] if nav else "")
    ]


def alternates(client, path):
    head = client.get(path).content.decode().partition("</head>")[0]
    return re.findall(r'<link rel="alternate" hreflang="([^"]+)" href="([^"]+)">', head)


def test_no_switch_with_one_language(client, english):
    for path in ("/", CHECK, f"{CHECK}results/stiff/"):
        assert languages(client, path) == []
        assert alternates(client, path) == []


@pytest.mark.parametrize(
    ("page", "translation"),
    [
        ("/", "/es/"),
        (CHECK, SPANISH),
        (f"{CHECK}results/stiff/", f"{SPANISH}results/stiff/"),
    ],
)
def test_pages_switch_to_the_same_page(client, spanish, page, translation):
    for path in (page, translation):
        assert languages(client, path) == [
            (page, "en", "ltr", "English", path == page),
            (translation, "es", "ltr", "Español", path == translation),
        ]
        assert alternates(client, path) == [
            ("en", f"{settings.SITE_URL}{page}"),
            ("es", f"{settings.SITE_URL}{translation}"),
        ]


def test_first_page_speaks_each_language(client, spanish):
    body = client.get("/es/?utm_source=club").content.decode()

    assert '<html lang="es" dir="ltr">' in body
    assert "<h1>In es?</h1>" in body
    assert f'href="{SPANISH}?utm_source=club">Empezar la autoevaluación</a>' in body
    assert f'<link rel="canonical" href="{settings.SITE_URL}/es/">' in body
    assert '<a class="brand" href="/es/">' in body
    assert "<h1>Why am I stiff?</h1>" in client.get("/").content.decode()


def test_result_leads_back_to_the_first_page_in_its_language(client, spanish):
    fields = ANSWERS | {"tried": "nothing", "form_token": token_of(spanish)}
    result = client.post(SPANISH, fields)["Location"]

    for path in (result, SPANISH):
        assert '<a class="brand" href="/es/">' in client.get(path).content.decode()


@pytest.mark.parametrize("path", ["/de/", "/xx/", "/es-mx/", "/ES/"])
def test_language_without_a_live_translation_is_not_found(client, spanish, path):
    assert client.get(path).status_code == 404


def test_draft_translation_is_not_linked(client, english):
    Assessment.objects.create(title="Entwurf", language="de", translation_of=english.assessment)

    assert languages(client, "/") == []
    assert client.get("/de/").status_code == 404


def test_page_that_a_translation_lacks_is_not_linked(client, english):
    profiles = [profile for profile in caring()["profiles"] if profile["key"] == "ready"]
    edition = edition_of(small(language="es", slug="small-es", profiles=profiles))
    Assessment.objects.filter(pk=edition.assessment_id).update(translation_of=english.assessment)

    assert languages(client, f"{CHECK}results/stiff/") == []
    assert len(languages(client, f"{CHECK}results/ready/")) == 2


def test_language_is_named_in_itself_and_runs_its_way(client, spanish):
    translated("ar", "small-ar")
    translated("es-MX", "small-mx")
    translated("tlh-x-long", "small-tlh")
    caching.clear()

    assert [link[1:4] for link in languages(client, "/")] == [
        ("en", "ltr", "English"),
        ("es", "ltr", "Español"),
        ("ar", "rtl", "العربيّة"),
        ("es-mx", "ltr", "Español de Mexico"),
        ("tlh-x-long", "ltr", "tlh-x-long"),
    ]
    body = client.get("/ar/").content.decode()
    assert '<main id="main" lang="ar" dir="rtl">' in body


def test_long_language_has_no_path_of_its_own(client, english):
    translated("espera", "small-eo")

    assert client.get("/check/small-eo/").status_code == 200
    assert client.get("/").status_code == 200
    assert client.get("/admin/").status_code == 302


def test_warm_pages_with_a_switch_run_no_query(client, spanish, django_assert_num_queries):
    Practice.objects.create()
    paths = ["/", "/es/", CHECK, SPANISH, f"{SPANISH}results/stiff/"]
    for path in paths:
        client.get(path)

    with django_assert_num_queries(0):
        assert {client.get(path).status_code for path in paths} == {200}


def test_first_page_in_a_language_is_only_read(client, spanish):
    assert client.post("/es/").status_code == 405
    assert client.head("/es/").status_code == 200
