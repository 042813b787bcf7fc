"""From the default content to the PT's own voice: what to do first, and what is done."""

from collections.abc import Iterable

from django.contrib.admin.models import LogEntry
from django.urls import reverse

from assessments import hooks
from assessments.desk.drafts import DraftPanel
from assessments.desk.links import address_of
from assessments.hooks import OnboardingStep
from assessments.models import Assessment, Practice
from runfit.lib.hooks import call_hook

READ_THROUGH = "Read it through."


def first_steps(panels: Iterable[DraftPanel]) -> list[OnboardingStep]:
    """In their order, until all were done. Publishing comes last: what is signed must not change
    any more. Those that have no place yet are left out."""
    firsts = {panel.kind: panel for panel in reversed(list(panels))}.values()
    makers = (practice_step, read_step, *hooks.onboarding_steps)
    steps = [step for made in makers if (step := call_hook(made, None))]
    steps += [publish_step(panel) for panel in reversed(firsts)]
    return [] if all(step.done or step.was_done for step in steps) else steps


def practice_step() -> OnboardingStep:
    practice = Practice.objects.first()
    return OnboardingStep(
        "Say who you are",
        "Your name, colour, logo and sender. Pages and emails show them at once.",
        reverse("admin:assessments_practice_changelist"),
        practice is not None and practice.name != Practice().name,
    )


def read_step() -> OnboardingStep | None:
    draft = Assessment.objects.first()
    if draft is None:
        return None
    return OnboardingStep(
        "Read it through",
        "Every word that a runner can meet, on one page, each with a way to change it.",
        address_of(draft, "read"),
        was_read(),
    )


def publish_step(panel: DraftPanel) -> OnboardingStep:
    """To publish and to sign are one step: a new version takes the signature off the pages."""
    standing = panel.standing
    signing = standing.live is not None and not standing.changes and not standing.settled
    return OnboardingStep(
        f"Publish and sign the {panel.kind}",
        "What you change waits in the draft. Runners meet it once you publish, and read “Draft, "
        "not reviewed by a clinician” until you sign.",
        panel.sign_address if signing else panel.publish_address,
        standing.settled,
        was_done=panel.signed_before,
    )


def was_read() -> bool:
    return LogEntry.objects.filter(change_message=READ_THROUGH).exists()
