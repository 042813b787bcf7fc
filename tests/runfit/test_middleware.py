"""Compression of pages, and sessions that cost nothing unless used."""

import gzip

import pytest
from django.contrib.auth.models import User
from django.http import HttpRequest, HttpResponse
from django.test import Client

from runfit.middleware import PageGZipMiddleware

WARM = ["/", "/check/tight-hips/", "/privacy/"]
PAGES = [*WARM, "/health/live/", "/nowhere/"]
NO_SESSION = ["", "short", "a" * 32, "\0" * 32]


def answered(content_type):
    request = HttpRequest()
    request.META["HTTP_ACCEPT_ENCODING"] = "gzip"
    middleware = PageGZipMiddleware(lambda _: HttpResponse(b"word " * 100, content_type))
    return middleware(request)


@pytest.mark.parametrize("content_type", ["text/html; charset=utf-8", "image/svg+xml"])
def test_pages_and_drawings_are_compressed(content_type):
    response = answered(content_type)

    assert response["Content-Encoding"] == "gzip"
    assert gzip.decompress(response.content) == b"word " * 100


@pytest.mark.parametrize("content_type", ["application/pdf", "image/png"])
def test_other_content_types_are_not_compressed(content_type):
    response = answered(content_type)

    assert "Content-Encoding" not in response
    assert response.content == b"word " * 100


# Sessions and request.user


@pytest.fixture
def signed_in(db):
    client = Client()
    client.force_login(User.objects.create_superuser("pt"))
    return client


@pytest.fixture
def another_app(settings):
    settings.MIDDLEWARE = [*settings.MIDDLEWARE, f"{__name__}.{says_who_is_signed_in.__name__}"]


def says_who_is_signed_in(get_response):
    """Another app's middleware."""

    def middleware(request):
        response = get_response(request)
        response["X-User"] = request.user.get_username() or "nobody"
        return response

    return middleware


def with_cookie(session):
    client = Client()
    client.cookies["sessionid"] = session
    return client


def sets_no_cookie_and_varies_by_none(response):
    return not response.cookies and "Cookie" not in response.get("Vary", "")


@pytest.mark.parametrize("address", WARM)
def test_page_that_does_not_use_the_user_needs_no_queries(
    default_content, no_expiry, signed_in, django_assert_num_queries, address
):
    Client().get(address)

    with django_assert_num_queries(0):
        response = signed_in.get(address)
    assert sets_no_cookie_and_varies_by_none(response)


@pytest.mark.parametrize("session", NO_SESSION)
@pytest.mark.parametrize("address", PAGES)
def test_cookie_without_a_session_is_left_alone(default_content, address, session):
    assert sets_no_cookie_and_varies_by_none(with_cookie(session).get(address))


@pytest.mark.parametrize("address", PAGES)
def test_other_apps_can_use_the_user_on_every_page(
    default_content, another_app, signed_in, address
):
    response = signed_in.get(address)

    assert response["X-User"] == "pt"
    assert "Cookie" in response["Vary"]


@pytest.mark.parametrize("client", [Client(), *map(with_cookie, NO_SESSION)])
def test_user_is_anonymous_without_a_session(default_content, another_app, client):
    response = client.get("/check/tight-hips/")

    assert response["X-User"] == "nobody"
    assert not any(cookie.value for cookie in response.cookies.values())
