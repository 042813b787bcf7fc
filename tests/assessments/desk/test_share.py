"""The desk's page to share a self-check."""

from html import unescape
from io import BytesIO

import pytest
from django.contrib.auth.models import Permission
from django.urls import reverse
from PIL import Image

from assessments.analytics.figures import last_days
from assessments.models import Practice
from runfit.lib import caching
from tests.assessments.browser import Page, address
from tests.assessments.factories import AssessmentFactory, DayCountFactory
from tests.assessments.small import edition_of, small

pytestmark = pytest.mark.django_db

ADDRESS = "http://testserver/check/small/"


@pytest.fixture
def published():
    return edition_of(small()).assessment


def share(client, draft, **query):
    response = client.get(address("assessment", "share", draft.pk), query)
    assert response.status_code == 200
    return response


def code(client, draft, kind, **query):
    return client.get(
        reverse("admin:assessments_assessment_share-code", args=[draft.pk, kind]), query
    )


def test_unpublished_self_check_says_what_to_do(admin_client):
    draft = AssessmentFactory()

    page = share(admin_client, draft).content.decode()

    assert "isn't published yet" in page
    assert (
        f'<a href="{address("assessment", "publish", draft.pk)}">Check and publish it</a>' in page
    )
    assert "<img" not in page
    assert code(admin_client, draft, "png").status_code == 404


def test_address_and_code_to_paste(admin_client, published):
    response = share(admin_client, published)
    page = unescape(unescape(response.content.decode()))

    assert f'value="{ADDRESS}"' in page
    assert f'<a href="{ADDRESS}">Small check</a></textarea>' in page
    assert "background: #" in response.context["link"].button_html
    assert Page(response.content.decode()).blocked == []


@pytest.mark.parametrize(
    ("name", "source"),
    [
        ("Newsletter", "newsletter"),
        ("  Clinic wall, Línea 2 ", "clinic-wall-linea-2"),
        ("news_2026.03", "news_2026.03"),
    ],
)
def test_name_becomes_the_source_that_is_counted(admin_client, published, name, source):
    response = share(admin_client, published, name=name)

    assert response.context["link"].address == f"{ADDRESS}?utm_source={source}"
    assert (
        f'filename="small-{source}.png"'
        in code(admin_client, published, "png", name=name)["Content-Disposition"]
    )


@pytest.mark.parametrize(
    ("name", "error"),
    [
        ("!!!", "Use letters from A to Z or numbers, such as Clinic wall."),
        ("ana@example.org", "Name the place, not a person or an address."),
        ("Measure again", "We count something else by this name. Pick another one."),
        ("x" * 65, "Ensure this value has at most 64 characters (it has 65)."),
        ("a\0b", "Null characters are not allowed."),
    ],
)
def test_unusable_name_says_why_and_stays(admin_client, published, name, error):
    response = share(admin_client, published, name=name)

    assert response.context["form"].errors == {"name": [error]}
    assert response.context["link"].address == ADDRESS
    assert code(admin_client, published, "svg", name=name).status_code == 404


def test_codes_are_drawings_of_our_own(admin_client, published):
    svg = code(admin_client, published, "svg", name="Clinic wall")
    png = code(admin_client, published, "png", name="Clinic wall")

    assert svg["Content-Type"] == "image/svg+xml"
    assert svg.content.startswith(b"<svg xmlns=")
    assert b"style" not in svg.content
    picture = Image.open(BytesIO(png.content))
    assert picture.format == "PNG"
    assert picture.width == picture.height > 700
    assert svg.content != code(admin_client, published, "svg").content
    assert code(admin_client, published, "gif").status_code == 404


def test_links_that_runners_came_by(admin_client, published):
    day = last_days(1)[0]
    sources = {"clinic-wall": 12, "newsletter": 9, "shared-result": 30, "": 40}
    for source, number in sources.items():
        DayCountFactory(step="visit", number=number, day=day, by="source", value=source)

    page = share(admin_client, published).content.decode()

    assert '<a href="?name=clinic-wall">clinic-wall</a>: 12 visits.' in page
    assert "days=90&amp;only=source:clinic-wall" in page
    assert "shared-result" not in page
    assert "only=source:clinic-wall&amp;beside=source:newsletter" in page


def test_helper_without_the_right_to_see_it(client, django_user_model, published):
    client.force_login(django_user_model.objects.create_user("helper", is_staff=True))

    assert client.get(address("assessment", "share", published.pk)).status_code == 403
    assert code(client, published, "png").status_code == 403


def test_counts_need_the_right_to_see_the_numbers(client, django_user_model, published):
    helper = django_user_model.objects.create_user("helper", is_staff=True)
    helper.user_permissions.add(Permission.objects.get(codename="view_assessment"))
    client.force_login(helper)
    DayCountFactory(step="visit", number=12, day=last_days(1)[0], by="source", value="wall")

    page = share(client, published, name="wall").content.decode()

    assert "?utm_source=wall" in page
    assert "12 visits" not in page
    assert reverse("admin:assessments_submission_numbers") not in page


def test_code_for_an_article(admin_client, published):
    page = share(admin_client, published, results="tab")
    embed = page.context["embed"]

    assert embed.script_html == (
        f'<a href="{ADDRESS}" data-runfit="small" data-results="tab">Small check</a>'
        '<script async src="http://testserver/embed.js"></script>'
    )
    assert 'src="http://testserver/embed/tab/check/small/"' in embed.frame_html
    assert "frame-src 'self'" in page["Content-Security-Policy"]
    assert admin_client.get(embed.preview_path).status_code == 200
    assert "list the site with your article" in page.content.decode()
    assert "allow scripts and frames from http://testserver." in page.content.decode()


def test_code_for_just_the_first_question(admin_client, published):
    embed = share(admin_client, published, show="first", results="tab").context["embed"]

    assert ' data-runfit="small" data-show="first" data-results="tab">' in embed.script_html
    assert embed.preview_path == "/embed/first/tab/check/small/"
    assert 'class="framed asks-first"' in admin_client.get(embed.preview_path).content.decode()


def test_listed_sites_are_named_where_the_code_is(admin_client, published):
    practice = Practice.get_solo()
    practice.embed_sites = "yourblog.example\nxn--luferin-5wa.example"
    practice.save()
    caching.clear()

    page = share(admin_client, published).content.decode()

    assert "It shows on yourblog.example, läuferin.example." in page
    assert "data-results" not in page


def test_articles_that_runners_came_by_are_apart_from_links(admin_client, published):
    for value in ("xn--luferin-5wa.example/tight-hips", "wall"):
        DayCountFactory(step="visit", number=12, day=last_days(1)[0], by="source", value=value)

    page = share(admin_client, published)

    assert [each["source"] for each in page.context["articles"]] == [
        "xn--luferin-5wa.example/tight-hips"
    ]
    assert [each["source"] for each in page.context["named"]] == ["wall"]
    html = page.content.decode()
    assert "<li>läuferin.example/tight-hips: " in html
    assert "only=source:xn--luferin-5wa.example/tight-hips" in html
