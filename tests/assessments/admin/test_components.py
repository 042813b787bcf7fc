"""The page of components at the desk."""

import pytest

from tests.assessments.browser import address, open_page

pytestmark = pytest.mark.django_db

PAGE = address("practice", "components")


def test_components_are_shown_in_every_state(admin_client):
    opened = open_page(admin_client, PAGE)
    page = admin_client.get(PAGE).content.decode()

    assert opened.blocked == []
    assert opened.fields["one"] == ["two"]
    assert opened.fields["several"] == ["rest", "nothing"]
    for state in ("disabled", 'aria-pressed="true"', "open>", 'class="error"', "bar unknown"):
        assert state in page


def test_the_practice_page_leads_to_components(admin_client):
    practice = admin_client.get(address("practice", "changelist"), follow=True).content.decode()

    assert f'href="{PAGE}"' in practice


def test_only_staff_see_components(client):
    assert client.get(PAGE).status_code == 302
