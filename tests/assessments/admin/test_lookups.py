"""Invalid list filters and action selections are handled without a server error."""

from urllib.parse import urlencode

import pytest
from django.contrib import admin

from assessments.desk.large_lists import SafeLookupAdmin
from runfit.accounts.models import Invitation

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
"""As in production: after an error, PostgreSQL rejects further queries in the transaction."""


def opened(client, at, name, value):
    """The redirect chain and the final status."""
    response = client.get(f"{at}?{urlencode({name: value})}", follow=True)
    return response.redirect_chain, response.status_code


def test_every_registered_admin_has_safe_lookups():
    registered = admin.site._registry.items()
    unsafe = {model for model, each in registered if not isinstance(each, SafeLookupAdmin)}

    assert unsafe == {Invitation}  # its page is no list of Django's


@autocommit
def test_invalid_lookup_opens_the_unfiltered_list(admin_client):
    lookups = [(at, *lookup) for at in LISTS for lookup in LOOKUPS]
    lookups += [(at, f"{field}__year", year) for at, field in MOMENTS.items() for year in YEARS]
    lookups += [("/admin/guides/delivery/", "state__exact", "\0")]

    responses = {lookup: opened(admin_client, *lookup) for lookup in lookups}

    unfiltered = {lookup: ([(f"{lookup[0]}?e=1", 302)], 200) for lookup in lookups}
    assert {
        lookup: response
        for lookup, response in responses.items()
        if response not in (unfiltered[lookup], ([], 200))
    } == {}
    rejected = sum(response == unfiltered[lookup] for lookup, response in responses.items())
    assert rejected > len(lookups) / 2


@pytest.mark.django_db
@pytest.mark.parametrize("lookup", ["id__regex=(", "id__iregex=(a%2B)%2B$"])
def test_regex_lookups_are_rejected(admin_client, lookup):
    assert {admin_client.get(f"{at}?{lookup}").status_code for at in LISTS} == {400}


@pytest.mark.django_db
@pytest.mark.parametrize("row", ["x", "\0", "-1", HUGE, "", "1,2"])
def test_action_with_an_invalid_key_is_a_bad_request(admin_client, row):
    data = {"action": "erase", "_selected_action": row}

    assert admin_client.post("/admin/assessments/submission/", data).status_code == 400


@pytest.mark.django_db
@pytest.mark.parametrize("named", ["{0}", "\0", HUGE, "9" * 3000, "-1", "²"])
def test_add_page_ignores_an_invalid_self_check(admin_client, named):
    page = admin_client.get("/admin/assessments/safetyitem/add/", {"assessment": named})

    assert page.status_code == 200


@pytest.mark.django_db
@pytest.mark.parametrize("name", ["..", "%2E%2E", "%00", "x" * 300, "."])
def test_missing_mail_is_not_found(admin_client, name):
    response = admin_client.get(f"/admin/guides/delivery/inbox/{name}")

    assert response.status_code == 404
