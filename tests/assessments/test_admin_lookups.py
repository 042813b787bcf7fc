"""What the address of a list may ask for, and what an action may be told to be for."""

import pytest
from django.contrib import admin

from assessments.admin.lists import CheckedAdmin

LISTS = (
    "/admin/assessments/submission/", "/admin/guides/delivery/", "/admin/guides/suppression/",
    "/admin/assessments/question/", "/admin/guides/exercise/", "/admin/auth/user/",
    "/admin/auditlog/logentry/",
)  # fmt: skip
MOMENT = {
    "/admin/guides/delivery/": "queued_at", "/admin/guides/suppression/": "at",
    "/admin/assessments/submission/": "created_at", "/admin/auth/user/": "date_joined",
    "/admin/auditlog/logentry/": "timestamp",
}  # fmt: skip

pytestmark = pytest.mark.django_db(transaction=True)


def test_all_lists_of_the_desk_are_checked():
    assert [
        each for each in admin.site._registry.values() if not isinstance(each, CheckedAdmin)
    ] == []


@pytest.mark.parametrize("at", LISTS)
@pytest.mark.parametrize(
    "lookup", ["id__in=99999999999999999999", "id__range=1", "id=%00", "id__isnull=2"]
)
def test_what_no_database_can_look_up_opens_the_whole_list(admin_client, at, lookup):
    response = admin_client.get(f"{at}?{lookup}", follow=True)

    assert response.status_code == 200
    assert response.redirect_chain in ([], [(f"{at}?e=1", 302)])


@pytest.mark.parametrize(("at", "field"), MOMENT.items())
@pytest.mark.parametrize("year", ["99999", "-1", "%00", "x", "99999999999999999999"])
def test_years_that_no_calendar_knows(admin_client, at, field, year):
    assert admin_client.get(f"{at}?{field}__year={year}", follow=True).status_code == 200


@pytest.mark.parametrize("at", LISTS)
@pytest.mark.parametrize("lookup", ["id__regex=(", "id__iregex=(a%2B)%2B$"])
def test_no_list_is_searched_by_a_pattern(admin_client, at, lookup):
    assert admin_client.get(f"{at}?{lookup}").status_code == 400


@pytest.mark.parametrize("at", ["/admin/guides/delivery/", "/admin/guides/suppression/"])
def test_a_nul_in_a_filter(admin_client, at):
    assert (
        admin_client.get(f"{at}?state__exact=%00&reason__exact=%00", follow=True).status_code == 200
    )


@pytest.mark.parametrize("row", ["x", "\0", "-1", "9" * 20, "", "1,2"])
def test_an_action_for_what_is_no_row(admin_client, row):
    data = {"action": "erase", "_selected_action": row}

    assert admin_client.post("/admin/assessments/submission/", data).status_code == 400


@pytest.mark.parametrize("named", ["{0}", "\0", "9" * 20, "9" * 3000, "-1", "²"])
def test_a_new_part_of_no_self_check(admin_client, named):
    page = admin_client.get("/admin/assessments/safetyitem/add/", {"assessment": named})

    assert page.status_code == 200


@pytest.mark.parametrize("name", ["..", "%2E%2E", "%00", "x" * 300, "."])
def test_a_kept_mail_that_is_not_there(admin_client, name):
    response = admin_client.get(f"/admin/guides/delivery/inbox/{name}")

    assert response.status_code == 404
