"""First steps for a new PT, from the default content to a signed version."""

from collections.abc import Iterable
from dataclasses import dataclass

from django.contrib.admin.models import LogEntry
from django.utils.translation import gettext

from assessments import hooks
from assessments.desk.drafts import DraftPanel
from assessments.desk.links import address_of, practice_address
from assessments.hooks import OnboardingStep
from assessments.models import Assessment, Practice
from runfit.lib.history import READ_THROUGH
from runfit.lib.hooks import call_hook


@dataclass(frozen=True, slots=True)
class FirstSteps:
    steps: tuple[OnboardingStep, ...] = ()

    @property
    def done(self) -> int:
        return sum(step.done for step in self.steps)

    @property
    def finished(self) -> bool:
        """Whether each step was done once. Later changes don't bring the steps back."""
        return all(step.done or step.was_done for step in self.steps)


def first_steps(panels: Iterable[DraftPanel]) -> FirstSteps:
    """The steps in order. Publishing is last, since later changes would need a new signature."""
    first_panels = {panel.kind: panel for panel in reversed(list(panels))}.values()
    factories = (practice_step, read_step, *hooks.onboarding_steps)
    steps = [step for factory in factories if (step := call_hook(factory, None))]
    return FirstSteps((*steps, *map(publish_step, reversed(first_panels))))


def practice_step() -> OnboardingStep:
    practice = Practice.objects.first() or Practice()
    named = practice.name != Practice().name
    return OnboardingStep(
        gettext("Say who you are"),
        gettext(
            "Your name, photo, color, and sender. Pages and emails show them right away, and your "
            "own name and photo once you check “Show me to runners”."
        ),
        practice_address(),
        named and practice.introduced,
        was_done=named,  # what's left is an alert then
    )


def read_step() -> OnboardingStep | None:
    draft = Assessment.objects.first()
    if draft is None:
        return None
    return OnboardingStep(
        gettext("Read it through"),
        gettext(
            "Every word a runner can see, on one page, with a link to change it. Then choose “I've "
            "read it”."
        ),
        address_of(draft, "read"),
        was_read(draft),
    )


def publish_step(panel: DraftPanel) -> OnboardingStep:
    """Publishing and signing are one step, since a new version starts unsigned."""
    status = panel.status
    signing = status.live is not None and not status.changes and not status.settled
    return OnboardingStep(
        gettext("Publish and sign the {kind}").format(kind=panel.kind),
        gettext(
            "Your changes wait in the draft. Runners see them once you publish, with “Draft, not "
            "reviewed by a PT or doctor yet” until you sign."
        ),
        panel.sign_address if signing else panel.publish_address,
        status.settled,
        was_done=panel.signed_before,
    )


def was_read(draft: Assessment) -> bool:
    """Whether she said so, on the page to read or by signing a version that she published."""
    own = draft.editions.filter(published_by__isnull=False)
    return (
        LogEntry.objects.filter(change_message=READ_THROUGH).exists()
        or own.exclude(reviewed_by="").exists()
    )
