"""Responses to forms that a script submits."""

import pytest

pytestmark = pytest.mark.django_db

FROM_A_SCRIPT = {"X-Sent-By": "script"}


def ask(client, submission, headers=None, **fields):
    return client.post(f"/result/{submission.token}/guide/", fields, headers=headers)


def test_script_gets_target_url_in_header(client, submission):
    response = ask(client, submission, FROM_A_SCRIPT, email="runner@example.org")

    assert (response.status_code, response.content) == (204, b"")
    assert response["X-Go-To"] == f"/result/{submission.token}/on-its-way/"
    assert "Location" not in response
    assert "typed" in client.cookies


def test_invalid_form_returns_a_page_with_and_without_script(client, submission):
    for headers in (None, FROM_A_SCRIPT):
        response = ask(client, submission, headers, email="nobody")
        assert (response.status_code, response.has_header("X-Go-To")) == (422, False)


def test_form_without_script_redirects(client, submission):
    assert ask(client, submission, email="runner@example.org").status_code == 303
