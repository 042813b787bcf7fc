"""The guide, personal data and counts of a runner who added checks to their result."""

import pytest

from assessments.models import Submission
from assessments.scoring import offered_checks
from assessments.selectors import edition_definition, submission_by_token, submission_result
from assessments.submissions.services import submission_add
from guides import selectors
from guides.consents.services import contact_erase
from guides.delivery.worker import drain
from guides.models import Contact, Delivery
from guides.states import State
from tests.guides.selectors.test_funnel import event_counts

pytestmark = pytest.mark.django_db


@pytest.fixture
def first(submit):
    """A result without the checks at home."""
    return submit(reach="skipped")


@pytest.fixture
def more(first):
    """The result with one of the checks that it offers."""
    check = offered_checks(edition_definition(first.edition), submission_result(first))[0]
    answers = {check.key: check.choices[0].key}
    return submission_by_token(submission_add(submission=first, answers=answers).token)


def test_guide_of_the_new_result_comes_on_the_same_day(ask, first, more, faults):
    ask(first)
    drain()

    again = ask(more)

    assert again.state == State.QUEUED
    assert again.link.submission == more
    assert ask(more) == again


def test_added_checks_open_no_way_around_the_limits(ask, first, more, submit):
    others = [submit() for _ in range(2)]
    assert [ask(each).state for each in (others[0], more)] == [State.QUEUED, State.CANCELLED]
    for name in "abc":
        ask(first, f"{name}@example.org", state=State.SENT)

    delayed = ask(more, "d@example.org")

    assert delayed.due_at > delayed.queued_at


def test_corrected_address_on_the_new_result_cancels_the_mistyped_one(ask, first, more):
    wrong = ask(first, "runer@example.org")

    ask(more, "runner@example.org")

    wrong.refresh_from_db()
    assert wrong.state == State.CANCELLED


@pytest.mark.parametrize("asked_with", ["first", "more"])
def test_data_and_erasure_include_both(ask, first, more, asked_with):
    contact = ask({"first": first, "more": more}[asked_with]).contact
    both = [first.answers, more.answers]

    assert [row["answers"] for row in selectors.contact_export(contact)["answers"]] == both[::-1]
    contact_erase(contact=contact)

    assert not any(model.objects.exists() for model in (Contact, Delivery))
    assert not Submission.objects.filter(pk__in=[first.pk, more.pk]).exists()


def test_answers_of_others_stay_with_their_added_checks(ask, first, more):
    runner = ask(first, state=State.SENT).contact
    friend = ask(more, "friend@example.org", network="198.51.100.7").contact

    own = contact_erase(contact=friend)

    assert own.shared == {first.pk}
    assert Submission.objects.filter(pk__in=[first.pk, more.pk]).count() == 2
    assert [*Contact.objects.all()] == [runner]


def test_a_runner_counts_once_as_asked_and_sent(ask, first, more, faults):
    ask(first)
    drain()
    ask(more)
    drain()

    assert Delivery.objects.filter(state=State.SENT).count() == 2
    assert [sum(count.number for count in event_counts(step)) for step in ("asked", "sent")] == [
        1,
        1,
    ]
