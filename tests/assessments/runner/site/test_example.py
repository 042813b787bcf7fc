"""The example result: a case, scored and shown like a runner's result, and nobody's."""

import re

import pytest

from assessments import hooks
from assessments.models import Practice, Sight, Submission
from assessments.runner.site import example
from runfit.lib import caching
from tests.assessments.analytics.test_bots import RUNNER
from tests.assessments.analytics.test_page_events import seen
from tests.assessments.small import SMALL, STRETCHES, caring, edition_of, token_of

CHECK, EXAMPLE = "/check/small/", "/check/small/example/"
pytestmark = pytest.mark.django_db


@pytest.fixture
def edition():
    return edition_of(caring())


def case(**changes):
    return caring(cases=[STRETCHES | {"example": True} | changes])


def test_example_is_the_scored_case_and_says_so(client, edition):
    response = client.get(EXAMPLE)

    body = response.content.decode()
    assert "<title>Example result: Ready to lift · RunFit</title>" in body
    assert "This is an example with nobody's answers." in body
    assert '<p class="eyebrow">Example result</p>\n<h1>Ready to lift</h1>' in body
    for words in ("You reach far enough.", "Lift twice a week.", "Mind the pain.", "My toes"):
        assert words in body
    assert "Your result</p>" not in body
    assert response["X-Robots-Tag"] == "noindex"
    assert not client.cookies


def test_example_has_nothing_to_send_or_keep(client, edition, monkeypatch):
    form = {"guide_form": "<form></form>", "guide_key": "1"}
    monkeypatch.setattr(hooks, "result_context", [lambda request, submission: dict(form)])

    body = client.get(EXAMPLE).content.decode()

    for words in ("<form", "private link", "Retake", "Bookmark", "/result/", "data-check", "{"):
        assert words not in body
    assert Submission.objects.count() == 0


def test_example_leads_to_the_self_check_and_passes_the_source_on(client, edition):
    for query in ("", "?utm_source=club", ""):
        body = client.get(EXAMPLE + query).content.decode()

        starts = re.findall(r'<a class="btn btn-big" href="([^"]+)">', body)
        assert starts == [CHECK + query] * 2
        assert (
            f'href="{EXAMPLE}{query}">See an example result</a>'
            in client.get(f"/{query}").content.decode()
        )


@pytest.mark.parametrize(
    "data",
    [
        SMALL,
        caring(cases=[STRETCHES]),
        case(safety=["fall"], expect={}),
        case(safety=["young"], expect={}),
    ],
    ids=["no case", "no example", "a stop", "a wait"],
)
def test_without_an_example_there_is_no_page_and_no_link(client, data):
    edition_of(data)

    assert client.get(EXAMPLE).status_code == 404
    assert "/example/" not in client.get("/").content.decode()


def test_example_shares_no_text_with_real_results(client, edition):
    before = client.get(EXAMPLE).content
    answers = {
        "safety": "none",
        "touch": "toes",
        "pain": "3",
        "lifts": "weights",
        "tried": "stretching",
    }
    result = client.post(CHECK, answers | {"form_token": token_of(edition)})["Location"]

    real = client.get(result).content.decode()
    caching.clear()

    assert "Example" not in real
    assert "Find out yours" not in real
    assert client.get(EXAMPLE).content == before


def test_example_is_scored_once_and_runs_no_query(
    client, edition, monkeypatch, django_assert_num_queries
):
    Practice.objects.create()
    scored = []
    score = example.score
    monkeypatch.setattr(example, "score", lambda *case: scored.append(1) or score(*case))
    client.get(EXAMPLE)

    with django_assert_num_queries(0):
        for _ in range(3):
            assert client.get(EXAMPLE).status_code == 200
    assert scored == [1]


def test_example_counts_as_nothing(client, edition):
    client.get(EXAMPLE, headers=RUNNER)

    assert seen() == []
    assert Sight.objects.count() == 0


def test_example_is_only_read(client, edition):
    assert client.post(EXAMPLE).status_code == 405
    assert client.head(EXAMPLE).status_code == 200
    assert client.get("/check/dragon/example/").status_code == 404
