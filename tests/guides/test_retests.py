"""The guide and personal data of a runner who takes the check again."""

from datetime import timedelta

import pytest
from django.utils import timezone

from assessments.models import Submission
from assessments.submissions.signed_links import retest_path
from guides import selectors, signed_links
from guides.consents.services import contact_erase
from guides.content.training import Record, Schedule, Stage
from guides.models import DownloadLink
from guides.states import State
from guides.training.services import training_keep
from tests.assessments.factories import SubmissionFactory

PROFILES = ("mobility_first", "strength_gap")
pytestmark = pytest.mark.django_db


def again(client, link):
    return client.get(f"/guide/{signed_links.guide_token(link)}/retest/")


def test_guide_and_its_last_session_lead_to_the_retest(client, delivery):
    page = client.get(f"/guide/{signed_links.guide_token(delivery.link)}/").content.decode()
    assert "/retest/" in page

    to = again(client, delivery.link)["Location"]

    assert to == f"{retest_path(delivery.submission)}&utm_source=measure-again"
    assert client.get(to).status_code == 200


def test_expired_link_asks_for_a_fresh_one_and_revoked_link_is_gone(client, delivery):
    link = delivery.link
    DownloadLink.objects.update(expires_at=timezone.now() - timedelta(days=1))
    assert again(client, link)["Location"] == f"/guide/{signed_links.guide_token(link)}/"

    DownloadLink.objects.update(revoked_at=timezone.now())
    assert again(client, link).status_code == 404


@pytest.mark.parametrize("why", ["erased", "someone else's"])
def test_answers_that_are_not_ones_own_are_not_paired(client, ask, submission, why):
    link = ask(submission, "one@example.org", state=State.SENT).link
    if why == "erased":
        Submission.objects.all().delete()
    else:
        ask(submission, "two@example.org", state=State.SENT)

    assert again(client, link)["Location"] == "/check/tight-hips/?utm_source=measure-again"


def test_data_and_erasure_include_every_visit(ask, submission):
    contact = ask(submission).contact
    later = SubmissionFactory(edition=submission.edition, retest_of=submission)
    SubmissionFactory(edition=submission.edition, retest_of=submission, added_to=later)

    assert len(selectors.contact_export(contact)["answers"]) == 3
    contact_erase(contact=contact)

    assert not Submission.objects.exists()


def test_another_address_at_the_retest_shares_every_visit(ask, submission):
    one = ask(submission, "one@example.org", state=State.SENT).contact
    later = SubmissionFactory(edition=submission.edition, retest_of=submission)
    two = ask(later, "two@example.org", state=State.SENT).contact

    for contact in (one, two):
        assert not selectors.contact_personal_data(contact).downloadable


def test_without_a_guide_no_plan_stands_behind_the_line(submission):
    assert [*selectors.plan_blocks(submission)] == []


def test_new_link_does_not_begin_the_plan_anew(delivery):
    link = delivery.link
    start = timezone.now() - timedelta(days=21)
    DownloadLink.objects.update(created_at=start, revoked_at=timezone.now())
    DownloadLink.objects.create(
        contact=link.contact,
        submission=link.submission,
        edition=link.edition,
        profile=link.profile,
        expires_at=link.expires_at,
    )

    first, *_ = selectors.plan_blocks(delivery.submission)

    assert first.begins == timezone.localdate(start)


def test_blocks_are_those_that_the_runner_was_in_if_their_training_is_kept(delivery):
    """They began later, repeated a week, and moved on. Their guide was corrected meanwhile."""
    DownloadLink.objects.update(profile="mobility_first")
    link = DownloadLink.objects.get()
    stages = (
        Stage(plan="mobility_first", block=1, begins="2026-12-05"),
        Stage(plan="mobility_first", block=2, begins="2026-12-19"),
        Stage(plan="gone", block=1, begins="2026-12-30"),
        Stage(plan="strength_gap", block=1, begins="2027-01-01"),
    )
    schedule = Schedule(days=(1, 3), stages=stages, at=1)
    training_keep(link=link, record=Record(schedule=schedule), words="Save")
    new = DownloadLink.objects.get()
    new.pk, new.created_at = None, timezone.now() + timedelta(days=1)
    new.save()

    blocks = [*selectors.plan_blocks(delivery.submission)]

    assert [
        (block.begins.isoformat(), block.ends.isoformat(), block.weeks) for block in blocks
    ] == [
        ("2026-12-05", "2026-12-19", "1-2"),
        ("2026-12-19", "2027-01-01", "3-4"),
        ("2027-01-01", "2027-01-15", "1-2"),
    ]


def test_blocks_of_the_plan_stand_behind_the_line(delivery):
    """A second plan cuts the first one short."""
    link = delivery.link
    submission = delivery.submission
    start = timezone.now() - timedelta(days=21)
    DownloadLink.objects.update(created_at=start)
    blocks = [*selectors.plan_blocks(submission)]
    later = SubmissionFactory(edition=submission.edition, retest_of=submission)
    DownloadLink.objects.create(
        contact=link.contact,
        submission=later,
        edition=link.edition,
        profile=next(key for key in PROFILES if key != link.profile),
        created_at=start + timedelta(days=20),
        expires_at=link.expires_at,
    )

    assert blocks[0].begins == timezone.localdate(start)
    assert [block.weeks for block in blocks][:2] == ["1-2", "3-4"]
    both = [*selectors.plan_blocks(later)]
    assert both[0] == blocks[0]
    ends = [block.ends for block in both if block.begins < both[0].begins + timedelta(days=20)]
    assert max(ends) == timezone.localdate(start + timedelta(days=20))
