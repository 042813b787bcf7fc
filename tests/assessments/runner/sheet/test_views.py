"""The sheet for a runner's own PT, over HTTP."""

from datetime import timedelta

import pytest
from django.test import Client
from django.utils import timezone

from assessments.models import Submission
from assessments.submissions.services import submissions_erase
from tests.assessments.factories import SubmissionFactory
from tests.assessments.runner.retest.test_views import visit
from tests.assessments.runner.test_views import text
from tests.assessments.small import edition_of, small

pytestmark = pytest.mark.django_db


@pytest.fixture
def edition():
    return edition_of(small())


@pytest.fixture
def first(edition):
    return visit(edition, 42)


def sheet(submission, client=None):
    return (client or Client()).get(f"/result/{submission.token}/sheet/")


def made(client, submission):
    """The path behind the link that this runner makes."""
    page = client.post(f"/result/{submission.token}/sheet/link/", follow=True).content.decode()
    return page.partition('href="http://testserver')[2].partition('"')[0]


def test_the_sheet_tells_answers_checks_and_what_came_of_them(first):
    page = text(sheet(first))

    assert "Safety list None of these" in page
    assert "Answers How much does it hurt? 3 of 10 What do you lift? Nothing" in page
    assert "Checks done at home How far do you reach? My knees" in page
    assert "Reach first. You do not reach far. Reach: 0 of 100" in page
    assert "What it told the runner Bend every day. Can I run? Yes. Only flat runs." in page
    assert "No answer: Where do you feel the bridge?" in page
    assert "Since" not in page


def test_it_tells_what_changed_since_the_visit_before(edition, first):
    second = visit(edition, 20, first, pain=5)
    third = visit(edition, 0, first, pain=1, touch="toes")
    page = text(sheet(third))

    assert "How much does it hurt? 5 of 10 → Now: 1 of 10 Better" in page
    assert "My knees → Now: My toes Better" in page
    assert "3 of 10 → Now: 5 of 10 Worse" in text(sheet(second))


@pytest.mark.parametrize(
    ("safety", "words"),
    [
        ("young", "I am under 18. What it told the runner: Ask first The result is held back"),
        ("fall", "I had a fall. What it told the runner: Get help now So the check ended there"),
    ],
)
def test_a_result_that_is_hidden_stays_hidden(client, edition, safety, words):
    submission = visit(edition, 0, safety=(safety,))

    for page in (sheet(submission), client.get(made(client, submission))):
        assert words in text(page)
        assert "Bend every day" not in text(page)


def test_clearance_is_told(edition):
    submission = visit(edition, 0, safety=("young",))
    Submission.objects.filter(pk=submission.pk).update(cleared_at=timezone.now())

    page = text(sheet(submission))
    assert "the runner said that a PT or doctor had cleared them" in page
    assert "Bend every day" in page


def test_the_link_leads_nowhere_else(client, first):
    path = made(client, first)
    page = Client().get(path)
    file = Client().get(f"{path}fhir.json")

    assert "My knees" in text(page)
    for response in (page, file):
        assert first.token not in response.content.decode()
        assert "no-store" in response["Cache-Control"]
        assert response["X-Robots-Tag"] == "noindex, nofollow"
        assert response["Referrer-Policy"] == "no-referrer"
    assert f'href="{path}fhir.json"' in page.content.decode()
    assert file["Content-Type"] == "application/fhir+json"
    assert file.json() == client.get(f"/result/{first.token}/sheet/fhir.json").json()


def test_making_the_link_twice_makes_one(client, first):
    assert made(client, first) == made(client, first)


def test_a_link_that_the_runner_ended_stays_ended(client, first):
    path = made(client, first)
    client.post(f"/result/{first.token}/sheet/link/end/")

    for old in (path, f"{path}fhir.json"):
        response = client.get(old)
        assert response.status_code == 410
        assert "This link has ended" in text(response)
        assert "no-store" in response["Cache-Control"]
    assert "End this link" not in text(sheet(first))
    newer = made(client, first)
    assert newer != path
    assert client.get(path).status_code == 410
    assert client.get(newer).status_code == 200


def test_the_link_ends_after_14_days(client, first, time_machine):
    path = made(client, first)
    now = timezone.now()
    time_machine.move_to(now + timedelta(days=13, hours=23))
    assert client.get(path).status_code == 200
    time_machine.move_to(now + timedelta(days=14, seconds=1))

    assert client.get(path).status_code == 410
    assert "Make a link" in text(sheet(first))


def test_erased_answers_end_the_link(client, first):
    path = made(client, first)
    submissions_erase(pks=[first.pk])

    assert client.get(path).status_code == 410


def test_forged_links_are_not_found(client, first):
    path = made(client, first)
    number, _, rest = path.removeprefix("/sheet/").partition("-")

    for forged in (f"/sheet/{int(number) + 1}-{rest}", path[:-3] + "/", "/sheet/x/"):
        assert client.get(forged).status_code == 404
    assert sheet(SubmissionFactory.build(token="x" * 43)).status_code == 404
    assert client.get(f"/result/{first.token}/sheet/link/").status_code == 405


def test_added_checks_are_on_the_sheet_of_their_visit(client, first):
    path = made(client, first)
    answers = first.answers | {"bridge": "back"}
    added = SubmissionFactory(
        edition=first.edition, answers=answers, result=first.result, added_to=first,
        profile=first.profile, safety=first.safety,
    )  # fmt: skip

    assert sheet(first)["Location"] == f"/result/{added.token}/sheet/"
    assert "Where do you feel the bridge? My back" in text(client.get(path))
    assert path in sheet(added).content.decode()
    client.post(f"/result/{added.token}/sheet/link/end/")
    assert client.get(path).status_code == 410


def test_a_sheet_speaks_the_language_of_its_self_check(client):
    submission = visit(edition_of(small(language="es")), 0)
    path = made(client, submission)

    assert "Lista de seguridad" in text(client.get(path))
    client.post(f"/result/{submission.token}/sheet/link/end/")
    assert "Este enlace ya no funciona" in text(client.get(path))


@pytest.mark.usefixtures("no_expiry")
@pytest.mark.parametrize("more", [0, 1, 5])
def test_queries_are_few_at_any_number_of_visits(client, edition, django_assert_num_queries, more):
    """The answers, earlier visits if there are any, and the plan and its sessions, each in a
    savepoint of the test. A link asks for added checks."""
    last = first = visit(edition, 42)
    for number in range(more):
        last = visit(edition, 35 - 7 * number, first)
    path = made(client, last)
    client.get(path)

    queries = 8 if more else 7
    with django_assert_num_queries(queries):
        sheet(last, client)
    with django_assert_num_queries(queries + 1):
        client.get(path)
