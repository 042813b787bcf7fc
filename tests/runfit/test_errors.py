"""Error pages: every bad request gets a page with the right status, never a 500."""

import pytest
from django.test import Client


def is_a_page(response) -> bool:
    body = response.content.decode()
    return "<h1" in body and "default-src 'none'" in response["Content-Security-Policy"]


@pytest.fixture
def strict() -> Client:
    return Client(enforce_csrf_checks=True)


def test_a_body_of_two_megabytes(client, default_content):
    response = client.post(
        "/check/tight-hips/",
        "x=" + "y" * 2_000_000,
        content_type="application/x-www-form-urlencoded",
    )

    assert response.status_code == 413
    assert is_a_page(response)


def test_ten_thousand_choices(client, default_content):
    response = client.post("/check/tight-hips/", {"reach": ["toes"] * 10_000})

    assert response.status_code == 400
    assert is_a_page(response)


def test_an_unknown_address(client, db):
    response = client.get("/no/such/page/")

    assert response.status_code == 404
    assert is_a_page(response)


@pytest.mark.parametrize(
    "address", ["/result/%00/", "/guide/%00/", "/check/%00/", "/guide/%E2%80%AE/"]
)
def test_nul_and_bidi_characters_in_an_address(client, db, address):
    response = client.get(address)

    assert response.status_code == 404
    assert is_a_page(response)


def test_a_form_without_its_csrf_token(strict, default_content):
    response = strict.post("/guide/strength-guide/secret/", {"email": "ada@example.org"})

    assert response.status_code == 403
    assert is_a_page(response)


@pytest.mark.parametrize("address", ["/check/tight-hips/", "/", "/privacy/"])
def test_wrong_method(client, default_content, address):
    response = client.delete(address)

    assert response.status_code == 405
    assert response["Allow"]
    assert is_a_page(response)


def test_server_error(client, db, monkeypatch):
    client.raise_request_exception = False

    def fail(*args: object) -> None:
        raise RuntimeError("a fault of ours")

    monkeypatch.setattr("assessments.selectors.content.assessment_default", fail)
    response = client.get("/")

    assert response.status_code == 500
    assert is_a_page(response)


def is_a_page_of_the_desk(response) -> bool:
    back = '<a class="btn" href="/admin/">Back to your desk</a>'
    return is_a_page(response) and back in response.content.decode()


def test_desk_404_page(admin_client):
    response = admin_client.get("/admin/assessments/assessment/999/publish/")

    assert response.status_code == 404
    assert is_a_page_of_the_desk(response)


def test_desk_403_page(client, django_user_model, default_content):
    client.force_login(django_user_model.objects.create_user("helper", is_staff=True))

    response = client.get("/admin/assessments/question/")

    assert response.status_code == 403
    assert is_a_page_of_the_desk(response)


def test_desk_csrf_failure_page(strict, db):
    response = strict.post("/admin/login/?next=/admin/guides/guide/", {"username": "ana"})

    assert response.status_code == 403
    assert is_a_page_of_the_desk(response)
    again = '<a class="btn" href="/admin/login/?next=/admin/guides/guide/">Open the page again</a>'
    assert again in response.content.decode()


def test_desk_page_for_too_large_requests(admin_client, default_content):
    response = admin_client.post("/admin/assessments/assessment/1/change/", {"x": ["y"] * 10_000})

    assert response.status_code == 400
    assert is_a_page_of_the_desk(response)


def test_desk_500_page(admin_client, monkeypatch):
    admin_client.raise_request_exception = False

    def fail(*args: object) -> None:
        raise RuntimeError("a fault of ours")

    monkeypatch.setattr("django.contrib.admin.sites.AdminSite.each_context", fail)
    response = admin_client.get("/admin/")

    assert response.status_code == 500
    assert is_a_page_of_the_desk(response)


@pytest.mark.parametrize(
    "address", ["/", "/check/tight-hips/", "/privacy/", "/admin/login/", "/health/live/"]
)
def test_every_page_has_a_strict_policy_and_runners_get_no_cookie(client, default_content, address):
    response = client.get(address)

    policy = response["Content-Security-Policy"]
    assert response.status_code == 200
    assert "unsafe" not in policy
    assert "http:" not in policy
    assert "https:" not in policy
    assert not client.cookies or address == "/admin/login/"


@pytest.mark.parametrize("name", ["x" * 300, "é" * 200, "%00", "%FF"])
def test_invalid_picture_file_name(client, db, name):
    response = client.get(f"/media/pictures/{name}")

    assert response.status_code == 404
    assert is_a_page(response)


@pytest.mark.parametrize("referer", ["http://[", "http://]", "//", "null"])
def test_malformed_referer(client, default_content, referer):
    assert client.get("/", headers={"Referer": referer}).status_code == 200


def test_session_cookie_with_a_quoted_nul(client, db):
    client.cookies["sessionid"] = "\0" * 32

    assert client.get("/admin/").status_code == 302
