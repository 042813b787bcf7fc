"""What a result says about running, pain, and what to leave out reaches the guide."""

import json
from html import unescape

import pytest
from django.test import Client
from django.utils import timezone

from assessments.definition import parse
from assessments.models import Edition, Submission
from guides import selectors, signed_links
from guides.content import RunnerAdvice, parse_content
from guides.guide_requests.links import link_renew
from guides.models import Contact, DownloadLink, GuideEdition
from runfit.lib.json_format.writing import canonical
from tests.assessments.factories import SubmissionFactory
from tests.assessments.small import small
from tests.guides import samples
from tests.guides.factories import GuideEditionFactory

pytestmark = pytest.mark.django_db

RUN = "Yes.\n\nOnly short runs.\n\nOnly flat runs."


@pytest.fixture
def guide_edition() -> GuideEdition:
    """Its plan has two exercises. Who is under 18 does the third instead of one of them."""
    data = samples.edition()
    data["exercises"][1] |= {"skip_for": ["young"], "instead": "march"}
    data["exercises"].append(samples.EXERCISE | {"id": "march", "name": "March"})
    return GuideEditionFactory.create(content=canonical(parse_content(data)))


@pytest.fixture
def submission(guide_edition: GuideEdition) -> Submission:
    """A runner who was cleared, and whose result sets limits."""
    submission: Submission = SubmissionFactory(
        edition__assessment=guide_edition.guide.assessment,
        answers={"touch": "knee", "pain": 5, "lifts": "nothing"},
        safety=["young"],
        safety_level="wait",
        profile="stiff",
        result={"safety_level": "wait", "dimensions": {}, "guide": "after_clearance"},
        cleared_at=timezone.now(),
    )
    return submission


@pytest.fixture
def link(submission: Submission, guide_edition: GuideEdition) -> DownloadLink:
    contact = Contact.objects.create(email="r@example.org", email_key="r@example.org")
    now = timezone.now()
    return DownloadLink.objects.create(
        contact=contact,
        submission=submission,
        edition=guide_edition,
        profile="stiff",
        cleared=True,
        created_at=now,
        expires_at=now + timezone.timedelta(days=1),
    )


def page(client: Client, link: DownloadLink, path: str = "") -> str:
    response = client.get(f"/guide/{signed_links.guide_token(link)}/{path}")
    assert response.status_code == 200
    return unescape(response.content.decode())


def test_guide_says_what_the_result_says(client: Client, link: DownloadLink) -> None:
    shown = page(client, link)

    assert "What your result says" in shown
    assert "<dt>Can I run?</dt>" in shown
    for limit in RUN.split("\n\n"):
        assert f"<p>{limit}</p>" in shown
    assert shown.index("Only short runs.") < shown.index("As usual.")
    assert "<li>Mind the pain.</li>" in shown


def test_advice_of_the_why_stands_in_the_why(client: Client, link: DownloadLink) -> None:
    check = small()
    check["notices"][0]["in_why"] = True
    check["why"] = {"title": "What may be going on", "text": "A hunch."}
    Edition.objects.update(definition=canonical(parse(check)))
    data = json.loads(GuideEdition.objects.get().content)
    GuideEdition.objects.update(content=json.dumps(data | {"why": check["why"]}))

    shown = page(client, link)

    assert "<summary>What may be going on</summary>" in shown
    assert "<p>A hunch.</p>\n<p>Mind the pain.</p>" in shown
    assert "<li>Mind the pain.</li>" not in shown
    assert "Mind the pain." not in page(client, link, "session/1/")


def test_guide_says_what_is_left_out_and_why(client: Client, link: DownloadLink) -> None:
    shown = page(client, link)

    assert "Left out because you checked: I am under 18." in shown
    assert "<li>Bridge: do “March” instead.</li>" in shown
    assert "The PDF is the same for everyone." not in shown
    assert "Bridge <span" not in shown
    assert 'March <span class="soft">2 x 10 each side</span>' in shown


def test_own_pdf_still_holds_what_is_left_out(client: Client, link: DownloadLink) -> None:
    GuideEdition.objects.update(upload="guides/uploads/own.pdf")

    assert "The PDF is the same for everyone. Leave these out there too." in page(client, link)


def test_result_shows_no_first_move_that_is_left_out(
    client: Client, submission: Submission
) -> None:
    shown = client.get(submission.get_absolute_url()).content.decode()

    assert "<h3>March</h3>" in shown
    assert "<h3>Bridge</h3>" not in shown


def test_session_heeds_and_repeats_the_result(client: Client, link: DownloadLink) -> None:
    shown = page(client, link, "session/1/")

    assert 'id="march"' in shown
    assert 'id="bridge"' not in shown
    assert "<li>Mind the pain.</li>" in shown
    assert "<li>3 to 5: less.</li>" in shown


def test_runner_who_checked_nothing_gets_the_whole_plan(client: Client, link: DownloadLink) -> None:
    Submission.objects.update(
        safety=["none"], answers={"touch": "toes", "pain": 0, "lifts": "nothing"}
    )

    shown = page(client, link)

    assert "Left out" not in shown
    assert "Bridge <span" in shown
    assert "Mind the pain." not in shown


def test_nothing_left_out_comes_back_once_the_answers_are_erased(
    client: Client, link: DownloadLink
) -> None:
    Submission.objects.all().delete()

    shown = page(client, link)

    assert "Your answers were erased" in shown
    assert "Bridge" not in shown
    assert "/download" not in shown
    token = signed_links.guide_token(link)
    for path in ("session/1/", "download/"):
        response = client.get(f"/guide/{token}/{path}")
        assert (response.status_code, response["Location"]) == (303, f"/guide/{token}/")


def test_a_link_without_a_plan_takes_nothing_from_other_runners(
    client: Client, link: DownloadLink
) -> None:
    Submission.objects.all().delete()
    page(client, link)
    DownloadLink.objects.update(cleared=False)

    shown = page(client, link)

    assert "Bridge <span" in shown
    assert "3 to 5: less." in shown


def test_plan_stays_if_nothing_had_to_be_cleared(client: Client, link: DownloadLink) -> None:
    DownloadLink.objects.update(cleared=False)
    Submission.objects.all().delete()

    shown = page(client, link)

    assert "Bridge <span" in shown
    assert "What your result says" not in shown


def test_renewed_link_knows_that_the_runner_was_cleared(link: DownloadLink) -> None:
    Submission.objects.all().delete()
    link.refresh_from_db()

    link_renew(link=link, network="203.0.113.9")

    renewed = DownloadLink.objects.exclude(pk=link.pk).get()
    assert selectors.plan_unknown(renewed)


def test_advice_holds_what_was_checked(submission: Submission) -> None:
    assert selectors.runner_advice(submission) == RunnerAdvice(
        answers=(("Can I run?", RUN), ("How long will it take?", "Four weeks.")),
        notices=("Mind the pain.",),
        skip_for=frozenset({"young"}),
        checked=(("young", "I am under 18"),),
    )


def test_no_advice_without_answers() -> None:
    assert selectors.runner_advice(None) == RunnerAdvice()
