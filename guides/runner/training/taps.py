"""A request about a link's training."""

import time
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date
from functools import cached_property

from django.http import HttpRequest

from assessments.definition import Definition
from guides import selectors
from guides.consents.services import follow_ups_stop
from guides.content import GuideContent, PlanContent
from guides.content.training import Record, Stop, stopped_by
from guides.models import DownloadLink
from guides.runner.guide_views import has_no_plan, link_or_404
from guides.runner.training.pain import definition_of, pain_advice, stop_from, visit_from
from guides.runner.training.plans import record_of, runner_today
from guides.training.services import training_change

Change = Callable[[Record], Record]


@dataclass(frozen=True)
class Tap:
    """A request, with the link that it's about and that link's guide."""

    request: HttpRequest
    link: DownloadLink
    token: str
    content: GuideContent

    @property
    def plans(self) -> dict[str, PlanContent]:
        return selectors.plans_of(self.link, self.content)

    @property
    def record(self) -> Record:
        return record_of(self.link)

    @property
    def today(self) -> date:
        return runner_today(self.record)

    @cached_property
    def definition(self) -> Definition | None:
        return definition_of(self.link)

    @property
    def stop(self) -> Stop | None:
        """What ended the training, until it goes on."""
        return stopped_by(self.record, self.stop_from)

    @property
    def stop_from(self) -> int | None:
        return stop_from(pain_advice(self.link, self.content.shared_rules.pain_rule))

    def change(self, change: Change) -> Record | None:
        """Changes what's kept, if the runner said that it may be. What ends the training, or asks
        for a visit, ends the emails too, as it does in a self-check."""
        if not self.link.training:
            return None
        record = training_change(training=self.link.training, change=change)
        if record:
            self.mind(record)
        return record

    def mind(self, record: Record) -> None:
        """Ends the emails if the record says that someone should look at it first."""
        advice = pain_advice(self.link, self.content.shared_rules.pain_rule)
        if stopped_by(record, visit_from(advice)):
            follow_ups_stop(link=self.link)


def tap_of(request: HttpRequest, token: str) -> Tap | None:
    """None without a plan to train by."""
    link = link_or_404(token)
    if link.expired or has_no_plan(link):
        return None
    content, _ = selectors.guide_for_link(link)
    tap = Tap(request, link, token, content)
    return tap if tap.plans else None


def now() -> int:
    """As scripts count."""
    return int(time.time() * 1000)
