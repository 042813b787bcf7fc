"""Fixtures for a submission that qualifies for the guide, its delivery and contact, and for editions
of the default content."""

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from django.conf import LazySettings

from assessments.models import Submission
from assessments.selectors import edition_live
from assessments.submissions.services import submission_create
from guides import selectors
from guides.consents.wording import ASK, FOLLOW_UP
from guides.guide_requests.services import guide_request
from guides.models import Contact, Delivery, GuideEdition
from tests.guides.shipped import Shipped
from tests.support import mail_backends

ANSWERS = {
    "duration": "6to12w",
    "pattern": "after_most",
    "load_change": "no",
    "worst_pain": 2,
    "hamstring_feel": "sometimes",
    "reach": "ankle",
    "strength_days": "two",
    "strength_type": "some_single",
    "relief": "lt1h",
}


@pytest.fixture
def submit(default_content: None) -> Callable[..., Submission]:
    """Creates a submission. Every call is another runner."""
    count = 0

    def make(safety: tuple[str, ...] = ("none",), **answers: Any) -> Submission:
        nonlocal count
        count += 1
        edition = edition_live("tight-hips")
        assert edition is not None
        created = submission_create(
            edition=edition, answers={**ANSWERS, **answers}, safety=list(safety), nonce=f"n{count}"
        )
        return Submission.objects.select_related("edition__assessment").get(token=created.token)

    return make


@pytest.fixture
def submission(submit: Callable[..., Submission]) -> Submission:
    return submit()


@pytest.fixture
def guide_edition(submission: Submission) -> GuideEdition:
    edition = selectors.guide_for(submission)
    assert edition is not None
    return edition


@pytest.fixture
def ask(guide_edition: GuideEdition) -> Callable[..., Delivery]:
    """Requests the guide as the page does, and returns the submission's newest delivery."""

    def make(submission: Submission, email: str = "runner@example.org", **values: Any) -> Delivery:
        follow_up = {"follow_up": FOLLOW_UP} if values.pop("follow_up", False) else {}
        guide_request(
            submission=submission,
            edition=guide_edition,
            email=email,
            words={"guide": ASK, **follow_up},
            network=values.pop("network", "203.0.113.9"),
        )
        delivery = selectors.deliveries_of(submission).first()
        assert delivery is not None
        if values:
            Delivery.objects.filter(pk=delivery.pk).update(**values)
            delivery.refresh_from_db()
        return delivery

    return make


@pytest.fixture
def delivery(ask: Callable[..., Delivery], submission: Submission) -> Delivery:
    return ask(submission)


@pytest.fixture
def contact(delivery: Delivery) -> Contact:
    assert delivery.contact is not None
    return delivery.contact


@pytest.fixture
def faults(settings: Any) -> Iterator[list[Exception]]:
    """Errors that the mail backend raises, one per hand-over, until the list is empty."""
    settings.EMAIL_BACKEND = "tests.support.mail_backends.FaultyBackend"
    mail_backends.faults.clear()
    mail_backends.taken.clear()
    yield mail_backends.faults
    mail_backends.faults.clear()
    mail_backends.taken.clear()


@pytest.fixture
def shipped(db: None, settings: LazySettings, tmp_path: Path) -> Shipped:
    """A small edition of the default content, loaded, and ready to become the next one."""
    settings.CONTENT_DIR = tmp_path / "content"
    shipped = Shipped(tmp_path / "content")
    shipped.write()
    shipped.load()
    return shipped


@pytest.fixture
def second(shipped: Shipped) -> Shipped:
    """The next edition, on a site that has the one before."""
    shipped.change_all()
    shipped.write()
    return shipped
