"""Which events are queued, with what, and what erasing does to them."""

import json

import pytest
from django.core.exceptions import ValidationError
from django.db import connection
from django.http import HttpResponse
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from assessments.hooks import TOLD_FIRST
from assessments.selectors import edition_live
from assessments.submissions.services import submissions_erase
from guides.consents.services import consent_confirm, consent_withdraw, contact_erase
from guides.delivery.webhooks.selectors import webhooks_for
from guides.delivery.webhooks.services import webhook_saved, webhook_test
from guides.delivery.worker import drain
from guides.demo import real_rows_exist
from guides.models import Consent, Delivery, WebhookEndpoint
from guides.models.webhooks import Event
from guides.selectors import contact_export
from guides.states import Kind, State
from runfit.lib import caching
from tests.assessments.small import ANSWERS, SMALL, edition_of, token_of

CHECK = "/check/small/"
SECRET = Consent.Purpose.SECRET


def rows():
    return Delivery.objects.filter(kind=Kind.WEBHOOK).order_by("pk")


@pytest.fixture
def told(tool):
    """Sends everything, and returns type and data of each event."""

    def tell() -> list[tuple[str, dict]]:
        drain()
        return [(event["type"], event["data"]) for event in tool.told]

    return tell


def choose(endpoint, **chosen: bool) -> None:
    WebhookEndpoint.objects.filter(pk=endpoint.pk).update(**chosen)
    caching.expire()


@pytest.mark.usefixtures("endpoint")
def test_guide_request_tells_address_and_guide_but_nothing_of_the_result(told, ask, submission):
    delivery = ask(submission, state=State.SENT)

    [(kind, data)] = told()

    assert kind == "guide.requested"
    guide = delivery.link.edition
    assert data == {
        "address": "runner@example.org",
        "guide": guide.guide.slug,
        "version": guide.number,
    }


@pytest.mark.usefixtures("endpoint")
def test_download_names_what_was_passed_on_and_to_whom(contact):
    [event] = [each for each in contact_export(contact)["emails"] if "passed_on" in each]

    assert (event["passed_on"], event["to"]) == ("guide.requested", "My list")


@pytest.mark.usefixtures("endpoint")
def test_refused_request_tells_nothing(ask, submit, contact):
    contact_erase(contact=contact)
    rows().delete()
    ask(submit())

    assert rows().count() == 0


def test_consents_tell_yes_and_no(told, endpoint, contact):
    choose(endpoint, guide_requests=False)
    rows().delete()
    consent_confirm(contact=contact, purpose=SECRET, words="Yes", page="guides:secret")
    told()
    consent_withdraw(contact=contact, purpose=SECRET, page="guides:preferences")

    assert told() == [
        (kind, {"address": "runner@example.org", "purpose": "secret"})
        for kind in ("consent.given", "consent.withdrawn")
    ]


def test_erasure_is_told_to_tools_that_know_the_address_and_leaves_none(told, endpoint, contact):
    other = WebhookEndpoint.objects.create(
        name="Other", address=f"{endpoint.address}&other", consents=True, seed="x"
    )
    told()
    contact_erase(contact=contact)

    assert told()[-1] == ("contact.erased", {"address": "runner@example.org"})
    assert [row.erased_email for row in rows()] == [""]
    assert not rows().filter(endpoint=other).exists()


@pytest.mark.parametrize("asks", [True, False], ids=["asked for the guide", "told nothing now"])
def test_erasure_is_told_whatever_else_the_tool_is_told(told, endpoint, contact, asks):
    told()
    choose(endpoint, consents=False, guide_requests=asks)
    contact_erase(contact=contact)

    assert told()[-1] == ("contact.erased", {"address": "runner@example.org"})


def told_by(page: HttpResponse) -> str:
    return page.content.decode().partition('name="told:first" value="')[2].partition('"')[0]


@pytest.fixture
def send(client, db):
    """Opens the self-check and answers it, each time as another runner."""
    edition, count = edition_of(SMALL), 0

    def make(**fields: str) -> HttpResponse:
        nonlocal count
        count += 1
        data = {**ANSWERS, "form_token": token_of(edition, f"n{count}")}
        data[TOLD_FIRST] = told_by(client.get(CHECK))
        response = client.post(CHECK, {**data, **fields})
        assert response.status_code == 303
        return response

    return make


@pytest.mark.usefixtures("endpoint")
def test_result_with_answers_has_no_address(told, send):
    send()

    [(kind, data)] = told()

    assert kind == "result.created_with_answers"
    submission = rows().get().submission
    assert data["answers"] == submission.answers != {}
    assert data["safety"] == ["none"]
    assert data["self_check"] == "small"
    assert data["result_type"] == submission.profile
    assert set(data) == {
        "self_check", "version", "language", "result_type", "title", "safety_level", "scores",
        "safety", "answers",
    }  # fmt: skip
    assert "@" not in json.dumps(data)


def test_result_without_answers_is_told_unless_she_ticks_them(told, endpoint, send):
    choose(endpoint, answers=False)
    send()

    [(kind, data)] = told()

    assert kind == "result.created"
    assert not {"safety", "answers"} & set(data)


@pytest.mark.usefixtures("endpoint")
def test_runner_who_was_told_of_the_result_alone_keeps_the_answers(told, send):
    send(**{TOLD_FIRST: "result.created"})

    assert [kind for kind, _ in told()] == ["result.created"]


@pytest.mark.usefixtures("endpoint")
def test_runner_who_was_not_told_is_not_passed_on(send):
    send(**{TOLD_FIRST: ""})

    assert rows().count() == 0


@pytest.mark.usefixtures("endpoint")
def test_answers_that_were_erased_are_not_posted(tool, send):
    send()
    submissions_erase(pks=[rows().get().submission_id])
    drain()

    assert (rows().get().state, tool.heard) == (State.CANCELLED, [])


def test_answers_are_not_posted_once_she_unticks_them(tool, endpoint, send):
    send()
    choose(endpoint, answers=False)
    drain()

    assert (rows().get().state, tool.heard) == (State.CANCELLED, [])


@pytest.mark.usefixtures("endpoint")
def test_double_click_tells_once(told, send):
    token = token_of(edition_live("small"))
    send(form_token=token)
    send(form_token=token)

    assert len(told()) == 1


def test_answers_cost_no_query_without_a_webhook_and_one_insert_with_one(send, endpoint):
    def queries() -> list[str]:
        send()
        with CaptureQueriesContext(connection) as captured:
            send()
        return [query["sql"].split()[0] for query in captured]

    choose(endpoint, is_on=False)
    without = queries()
    choose(endpoint, is_on=True)
    more = queries()

    assert more.count("INSERT") - without.count("INSERT") == 1
    assert more.count("SELECT") == without.count("SELECT")


def test_runner_reads_it_before_answering_only_while_a_webhook_is_told(client, endpoint):
    edition_of(SMALL)
    check, privacy = CHECK, reverse("assessments:privacy")
    both = "your answers and your result on to a program that we use"
    result = "pass your result on to a program that we use, without your answers"
    contacts = "give it your email address"

    for address in (check, privacy):
        assert both in client.get(address).content.decode()
    choose(endpoint, answers=False)
    for address in (check, privacy):
        assert result in client.get(address).content.decode()
    choose(endpoint, results=False)
    assert "a program that we use" not in client.get(check).content.decode()
    assert contacts in client.get(privacy).content.decode()
    choose(endpoint, is_on=False)
    for address in (check, privacy):
        assert "a program that we use" not in client.get(address).content.decode()


def test_a_listed_host_takes_no_name_and_password_either(db, settings):
    settings.OUTGOING_PRIVATE_HOSTS = ["127.0.0.1"]
    endpoint = WebhookEndpoint(name="x", address="http://a:b@127.0.0.1/", consents=True)

    with pytest.raises(ValidationError, match="Leave out the name and password"):
        endpoint.full_clean()


@pytest.mark.parametrize(
    ("fields", "message"),
    [
        ({"address": "http://hooks.example.org/"}, "It has to start with https://."),
        ({"address": "https://10.0.0.1/"}, "private network"),
        ({"address": "https://localhost/x"}, "private network"),
        ({"address": "https://[::1]/"}, "private network"),
        ({"address": "https://tool.localhost./"}, "private network"),
        ({"address": "https://hooks.example.org:99999/"}, "That isn't an address."),
        ({"address": "https://a:b@hooks.example.org/"}, "Leave out the name and password"),
        ({"address": "hooks"}, "That isn't an address."),
        ({"consents": False}, "Choose at least one thing"),
        ({"answers": True}, "Answers come with a result"),
    ],
)
def test_bad_webhook_is_refused(db, fields, message):
    values = {"name": "x", "address": "https://hooks.example.org/", "consents": True}
    with pytest.raises(ValidationError) as refused:
        WebhookEndpoint(**{**values, **fields}).full_clean()

    assert message in str(refused.value)


def test_test_is_no_row_of_a_real_runner(endpoint):
    webhook_test(endpoint=endpoint)

    assert not real_rows_exist()


def test_webhook_without_its_secret_is_told_nothing(endpoint):
    WebhookEndpoint.objects.update(seed="")
    webhook_saved()
    caching.expire()

    assert webhooks_for(Event.RESULT) == []
