"""The plans behind a link, with the addresses of their pages, and which of them is on."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING

from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _

from assessments.hooks import Link
from guides import selectors
from guides.content import GuideContent, PlanContent
from guides.content.training import Record, runner_zone, within
from guides.models import DownloadLink

if TYPE_CHECKING:
    from assessments.models import Submission


def record_of(link: DownloadLink) -> Record:
    """What is kept with the link."""
    return link.training.parsed if link.training else Record()


def runner_today(record: Record) -> date:
    """Today where the runner is, as far as they said."""
    return timezone.localdate(timezone=runner_zone(record.schedule.zone if record.schedule else ""))


def current_plan(link: DownloadLink, content: GuideContent) -> str:
    """The plan that the runner is in, as far as that's kept with the link."""
    stage = within(record_of(link), selectors.plans_of(link, content)).stage
    return stage.plan if stage else link.profile


def stage_plan(link: DownloadLink) -> str:
    """What the link's record says about that, even if the guide has no such plan."""
    stage = record_of(link).stage
    return stage.plan if stage else link.profile


def plan_path(token: str, plan: str) -> str:
    """A plan's own page. The guide's shows the plan that the runner is in."""
    return reverse("guides:plan", args=[token, plan])


def session_path(link: DownloadLink, token: str, plan: str, number: int) -> str:
    """The runner's own plan needs no name."""
    if plan == link.profile:
        return reverse("guides:session", args=[token, number])
    return reverse("guides:plan_session", args=[token, plan, number])


def next_plans(submission: "Submission", before: str) -> Iterator[Link]:
    """From a retake to the plan of its result type, if that comes after the plan of the result type
    `before`. By the page that knows this browser's own link: a result never tells one. Not for who
    may have to leave something out now."""
    edition = selectors.guide_for(submission)
    if edition is None or submission.safety_level:
        return
    for profile in selectors.guide_content(edition).profiles_from(before)[1:]:
        if profile.key == submission.profile:
            path = reverse("guides:on_phone", args=[edition.guide.slug, profile.key])
            yield Link(path, _("Go on with “%(plan)s”") % {"plan": profile.plan.name})


@dataclass(frozen=True, slots=True)
class Start:
    """Where a plan begins: a week of a block, both from 1."""

    plan: str
    block: int = 1
    week: int = 1


def start_of(content: GuideContent, plans: dict[str, PlanContent], key: str) -> Start:
    """Where the runner begins with one of their plans: where the plan before it leads."""
    before = next((plan for plan in plans.values() if plan.next_plan == key), None)
    place = content.start_after(before) if before else None
    return Start(key, *place) if place else Start(key)
