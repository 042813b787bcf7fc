"""The desk's page to share a self-check."""

from html import unescape
from io import BytesIO

import pytest
from django.contrib.auth.models import Permission
from django.urls import reverse
from PIL import Image

from assessments.analytics.figures import last_days
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
    for source, number in (("clinic-wall", 12), ("shared-result", 30), ("", 40)):
        DayCountFactory(step="visit", number=number, day=day, by="source", value=source)

    page = share(admin_client, published).content.decode()

    assert '<a href="?name=clinic-wall">clinic-wall</a>: 12 visits.' in page
    assert "days=90&amp;only=source:clinic-wall" in page
    assert "shared-result" not in page


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
