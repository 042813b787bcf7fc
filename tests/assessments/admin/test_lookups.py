"""What the address of a list may ask for, and what an action may be told to be for."""

from urllib.parse import urlencode

import pytest
from django.contrib import admin

from assessments.desk.large_lists import SafeLookupAdmin

MOMENTS = {
    "/admin/guides/delivery/": "queued_at",
    "/admin/guides/suppression/": "at",
    "/admin/assessments/submission/": "created_at",
    "/admin/auth/user/": "date_joined",
    "/admin/auditlog/logentry/": "timestamp",
}
LISTS = (*MOMENTS, "/admin/assessments/question/", "/admin/guides/exercise/")
HUGE = "9" * 20
LOOKUPS = (("id__in", HUGE), ("id__range", "1"), ("id", "\0"), ("id__isnull", "2"))
YEARS = ("99999", "-1", "\0", "x", HUGE)

autocommit = pytest.mark.django_db(transaction=True)
"""As in life: PostgreSQL answers nothing more in a transaction in which something failed."""


def opened(client, at, name, value):
    """Where it led, and whether a list opened."""
    response = client.get(f"{at}?{urlencode({name: value})}", follow=True)
    return response.redirect_chain, response.status_code


def test_all_lists_of_the_desk_are_checked():
    assert all(isinstance(each, SafeLookupAdmin) for each in admin.site._registry.values())


@autocommit
def test_what_no_database_can_look_up_opens_the_whole_list(admin_client):
    asked = [(at, *lookup) for at in LISTS for lookup in LOOKUPS]
    asked += [(at, f"{field}__year", year) for at, field in MOMENTS.items() for year in YEARS]
    asked += [("/admin/guides/delivery/", "state__exact", "\0")]

    led = {each: opened(admin_client, *each) for each in asked}

    whole = {each: ([(f"{each[0]}?e=1", 302)], 200) for each in asked}
    assert {each: got for each, got in led.items() if got not in (whole[each], ([], 200))} == {}
    assert sum(got == whole[each] for each, got in led.items()) > len(asked) / 2


@pytest.mark.django_db
@pytest.mark.parametrize("lookup", ["id__regex=(", "id__iregex=(a%2B)%2B$"])
def test_no_list_is_searched_by_a_pattern(admin_client, lookup):
    assert {admin_client.get(f"{at}?{lookup}").status_code for at in LISTS} == {400}


@pytest.mark.django_db
@pytest.mark.parametrize("row", ["x", "\0", "-1", HUGE, "", "1,2"])
def test_an_action_for_what_is_no_row(admin_client, row):
    data = {"action": "erase", "_selected_action": row}

    assert admin_client.post("/admin/assessments/submission/", data).status_code == 400


@pytest.mark.django_db
@pytest.mark.parametrize("named", ["{0}", "\0", HUGE, "9" * 3000, "-1", "²"])
def test_a_new_part_of_no_self_check(admin_client, named):
    page = admin_client.get("/admin/assessments/safetyitem/add/", {"assessment": named})

    assert page.status_code == 200


@pytest.mark.django_db
@pytest.mark.parametrize("name", ["..", "%2E%2E", "%00", "x" * 300, "."])
def test_a_kept_mail_that_is_not_there(admin_client, name):
    response = admin_client.get(f"/admin/guides/delivery/inbox/{name}")

    assert response.status_code == 404
