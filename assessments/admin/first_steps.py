"""From the default content to the PT's own voice: what to do first, and what is done."""

from collections.abc import Callable
from dataclasses import dataclass

from django.contrib.admin.models import LogEntry
from django.urls import reverse

from assessments.admin.base import address_of
from assessments.models import Assessment, Edition, Practice

READ_THROUGH = "Read it through."


@dataclass(frozen=True, slots=True)
class Step:
    title: str
    text: str
    address: str
    done: bool


def first_steps() -> list[Step]:
    """In their order; those that have no place yet are left out."""
    return [step for made in STEPS if (step := made())]


def practice_step() -> Step:
    practice = Practice.objects.first()
    return Step(
        "Say who you are",
        "Your name, colour, logo and sender. Pages and emails show them at once.",
        reverse("admin:assessments_practice_changelist"),
        practice is not None and practice.name != Practice().name,
    )


def read_step() -> Step | None:
    draft = Assessment.objects.first()
    if draft is None:
        return None
    return Step(
        "Read it through",
        "Every word that a runner can meet, on one page, each with a way to change it.",
        address_of(draft, "read"),
        was_read(),
    )


def review_step() -> Step | None:
    live = _live()
    if live is None:
        return None
    return Step(
        "Sign the self-check",
        "Once a clinician has read all of it. Until then its pages say that it is a draft.",
        address_of(live),
        bool(live.reviewed_by),
    )


def publish_step() -> Step | None:
    draft = Assessment.objects.first()
    live = _live()
    if draft is None:
        return None
    return Step(
        "Publish your version",
        "What you change waits in the draft. Runners meet it once you publish.",
        address_of(draft, "publish"),
        live is not None and live.published_by_id is not None,
    )


def was_read() -> bool:
    return LogEntry.objects.filter(change_message=READ_THROUGH).exists()


def _live() -> Edition | None:
    """The newest version of the first self-check."""
    editions = Edition.objects.filter(assessment=Assessment.objects.first())
    return editions.defer("definition").order_by("-number").first()


STEPS: list[Callable[[], Step | None]] = [practice_step, read_step, review_step, publish_step]
"""In their order. Other apps add to this when they start."""
