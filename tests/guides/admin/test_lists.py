"""Changelists of large tables: searched and sorted by indexes."""

from datetime import timedelta

import pytest
from django.contrib.admin import site
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from assessments.desk import large_lists
from assessments.desk.large_lists import LargeTableAdmin
from assessments.models import Submission
from guides.models import Consent, Contact, Delivery, DownloadLink
from guides.states import Kind, State
from tests.assessments.desk.test_large_lists import sorts
from tests.guides.factories import GuideEditionFactory

LONG = (Submission, Contact, Consent, Delivery, DownloadLink)
SEARCHABLE = (Contact, Consent, Delivery, DownloadLink)
WEEK = timezone.now() - timedelta(days=7)

pytestmark = pytest.mark.django_db


@pytest.fixture
def one_at_once(monkeypatch):
    monkeypatch.setattr(large_lists, "AT_ONCE", 1)


def address(model):
    return reverse(f"admin:{model._meta.app_label}_{model._meta.model_name}_changelist")


def found_addresses(client, model, **query):
    rows = client.get(address(model), query).context["cl"].result_list
    contacts = {row.email if model is Contact else row.contact.email for row in rows}
    return sorted(contacts)


@pytest.mark.parametrize("model", LONG)
def test_personal_data_uses_large_table_admin(model):
    assert isinstance(site.get_model_admin(model), LargeTableAdmin)
    assert site.get_model_admin(model).date_hierarchy is None


@pytest.mark.parametrize("model", SEARCHABLE)
def test_search_matches_address_prefix(admin_client, ask, submit, model):
    for name in ("ana", "anabel", "Ben", "susana"):
        ask(submit(), f"{name}@example.org")

    assert found_addresses(admin_client, model, q="ANA") == [
        "ana@example.org",
        "anabel@example.org",
    ]
    assert found_addresses(admin_client, model, q=" ben@Example.or") == ["Ben@example.org"]
    assert found_addresses(admin_client, model, q="example") == []
    assert found_addresses(admin_client, model, q="%") == []
    page = admin_client.get(address(model)).content.decode()
    assert "Type an email address, or the start of one." in page


NARROWED = [
    (Contact, {}),
    (Contact, {"created_at__gte": WEEK}),
    (Consent, {}),
    (Consent, {"at__gte": WEEK}),
    (Consent, {"purpose": "secret"}),
    (Consent, {"step": "withdrawn"}),
    (Delivery, {}),
    (Delivery, {"queued_at__gte": WEEK}),
    (Delivery, {"state": State.FAILED}),
    (Delivery, {"state": State.FAILED, "queued_at__gt": WEEK}),
    (Delivery, {"state": State.CANCELLED}),
    (Delivery, {"kind": Kind.FOLLOW_UP}),
    (DownloadLink, {}),
    (DownloadLink, {"expires_at__lt": WEEK}),
    (DownloadLink, {"edition": 1}),
]


@pytest.mark.parametrize(("model", "narrowed"), NARROWED)
@pytest.mark.parametrize("reverse_order", [False, True])
def test_index_serves_filtered_changelist_order(model, narrowed, reverse_order):
    order = site.get_model_admin(model).ordering or model._meta.ordering
    rows = model.objects.filter(**narrowed).order_by(order[0], "-pk").values("pk")

    assert not sorts(rows.reverse() if reverse_order else rows)


@pytest.mark.parametrize("model", SEARCHABLE)
def test_changelist_defers_long_texts(admin_client, ask, submission, model):
    ask(submission)

    with CaptureQueriesContext(connection) as queries:
        assert admin_client.get(address(model)).status_code == 200

    table = model._meta.db_table
    asked = [query["sql"] for query in queries if f'FROM "{table}"' in query["sql"]]
    assert asked
    for sql in asked:
        assert "DISTINCT" not in sql
        assert '"content"' not in sql
        assert '"text_version"' not in sql


def test_edition_filter_takes_a_single_query(admin_client, ask, submission):
    link = ask(submission).link
    at = address(DownloadLink)
    assert "version of the guide" not in admin_client.get(at).content.decode()

    def cost():
        admin_client.get(at)
        with CaptureQueriesContext(connection) as queries:
            page = admin_client.get(at).content.decode()
        assert "version of the guide" in page
        return len(queries)

    other = GuideEditionFactory()
    few = cost()
    GuideEditionFactory.create_batch(5)

    assert cost() == few
    assert found_addresses(admin_client, DownloadLink, edition=link.edition_id) == [
        "runner@example.org"
    ]
    assert found_addresses(admin_client, DownloadLink, edition=other.pk) == []
    assert found_addresses(admin_client, DownloadLink, edition="nonsense") == ["runner@example.org"]


@pytest.mark.parametrize(
    ("model", "action"),
    [
        (Contact, "unsubscribe"),
        (Contact, "erase"),
        (DownloadLink, "revoke"),
        (Delivery, "send_again"),
    ],
)
@pytest.mark.usefixtures("one_at_once")
def test_actions_refuse_too_many_rows(admin_client, ask, submit, model, action):
    for name in "ab":
        ask(submit(), f"{name}@example.org", state=State.FAILED)
    before = [*model.objects.order_by("pk").values()]
    asked = {"action": action, "_selected_action": before[0]["id"], "select_across": "1"}

    page = admin_client.post(address(model), {**asked, "confirmed": "yes"}, follow=True)

    messages = [str(message) for message in page.context["messages"]]
    assert messages == ["That would be more than 1 at once. Narrow the list first."]
    assert [*model.objects.order_by("pk").values()] == before
