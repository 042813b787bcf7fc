"""From the default content to the PT's own voice: what to do first, and what is done."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass

from django.contrib.admin.models import LogEntry
from django.urls import reverse

from assessments.admin.base import address_of
from assessments.desk.drafts import Panel
from assessments.models import Assessment, Practice
from runfit.lib.hooks import call_hook

READ_THROUGH = "Read it through."


@dataclass(frozen=True, slots=True)
class Step:
    title: str
    text: str
    address: str
    done: bool
    was_done: bool = False  # once, before what she changed since


def first_steps(panels: Iterable[Panel]) -> list[Step]:
    """In their order, until all were done. Publishing comes last: what is signed must not change
    any more. Those that have no place yet are left out."""
    firsts = {panel.kind: panel for panel in reversed(list(panels))}.values()
    steps = [step for made in STEPS if (step := call_hook(made, None))]
    steps += [publish_step(panel) for panel in reversed(firsts)]
    return [] if all(step.done or step.was_done for step in steps) else steps


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


def publish_step(panel: Panel) -> Step:
    """To publish and to sign are one step: a new version takes the signature off the pages."""
    standing = panel.standing
    signing = standing.live is not None and not standing.changes and not standing.settled
    return Step(
        f"Publish and sign the {panel.kind}",
        "What you change waits in the draft. Runners meet it once you publish, and read “Draft, "
        "not reviewed by a clinician” until you sign.",
        panel.sign_address if signing else panel.publish_address,
        standing.settled,
        was_done=panel.signed_before,
    )


def was_read() -> bool:
    return LogEntry.objects.filter(change_message=READ_THROUGH).exists()


STEPS: list[Callable[[], Step | None]] = [practice_step, read_step]
"""In their order, before publishing. Other apps add to this when they start."""
