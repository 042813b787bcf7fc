"""Extension points: lists that other apps fill to add to self-checks.

Other apps append to these lists in `AppConfig.ready()`. Hooks run through `runfit.lib.hooks`: one
that raises is logged and skipped, so that it can't break the page or lose the answers. Exceptions
to this are noted beside the list. Uploads have their own list in `runfit.lib.uploads`.
"""

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import TYPE_CHECKING, Any, Protocol

from django.db.models import Model
from django.http import HttpRequest

if TYPE_CHECKING:
    from assessments.analytics.aggregation import EventCount
    from assessments.analytics.figures import Figure
    from assessments.checker import Finding
    from assessments.definition import Definition
    from assessments.models import Assessment, Practice, Submission

# The runner's pages.

result_context: list[Callable[[HttpRequest, "Submission"], dict[str, Any]]] = []
"""Extra template context for a result page that may offer a guide."""


@dataclass(frozen=True, slots=True)
class PlanBlock:
    """Some weeks of a plan that stay the same, as days of one runner."""

    begins: date
    ends: date
    weeks: str
    title: str


plan_blocks: list[Callable[["Submission"], Iterable[PlanBlock]]] = []
"""The plans that a runner got since their first answers, in order."""

answers_stored: list[Callable[[HttpRequest, "Submission"], None]] = []
"""Called after answers are scored and stored, before the redirect to the result. On a transient
error, the page asks the runner to resend: the answers aren't stored twice."""

# Publishing.

publish_checks: list[Callable[["Assessment", "Definition"], list["Finding"]]] = []
"""Extra findings in a draft, besides the checker's. A hook that raises becomes a warning."""

practice_checks: list[Callable[["Practice", Mapping[str, bytes]], list["Finding"]]] = []
"""Findings in an unsaved practice. Called with its new pictures by file name."""

# Analytics.


@dataclass(frozen=True, slots=True)
class FunnelStep:
    key: str
    label: str


funnel_steps: list[FunnelStep] = []
"""Funnel steps between a result and measuring again."""

event_counters: list[Callable[[datetime, datetime], Iterable["EventCount"]]] = []
"""Event counts in a time range. If a hook raises, the whole day is retried later: skipping it would
leave numbers out."""

beacon_steps: set[tuple[str, str]] = set()
"""(step, item) pairs that scripts on other apps' pages may report."""

number_figures: list[Callable[[date, date], Iterable["Figure"]]] = []
"""More charts for the numbers, over these days and all runners."""

retest_figures: list[Callable[[], Iterable["Figure"]]] = []
"""Charts of who came back and what changed, from the start and for all runners."""

week_lines: list[Callable[[], Iterable[str]]] = []
"""Sentences below the numbers of the week."""

# The desk.


@dataclass(frozen=True, slots=True)
class Link:
    address: str
    text: str
    more: bool = False  # needed rarely, so it's folded away


part_links: list[Callable[[Model], list[Link]]] = []
"""Links from a part of a self-check to other apps' pages."""


draft_links: list[Callable[[Model], list[Link]]] = []
"""Links from a draft to other apps' pages."""


class CopyAlong(Protocol):
    """A form for what else can be copied with a self-check."""

    def is_valid(self) -> bool:
        raise NotImplementedError

    def copy_to(self, request: HttpRequest, copy: "Assessment") -> str:
        """Copies it for the copy of the self-check. Returns a message; blank if nothing came along.
        If it raises, nothing is copied."""
        raise NotImplementedError


copy_along: list[
    Callable[[HttpRequest, "Assessment", Mapping[str, Any] | None], Iterable[CopyAlong]]
] = []
"""Forms on the page that copies a self-check. Called with the posted data, if any."""


@dataclass(frozen=True, slots=True)
class Preview:
    """A page or an email to preview. `kind` is the frame that it's shown in: phone or desktop."""

    name: str
    kind: str
    html: str


practice_previews: list[Callable[[HttpRequest], list[Preview]]] = []
"""More pages and emails that show the practice."""


@dataclass(frozen=True, slots=True)
class Alert:
    """Something on the desk's first page that needs the PT's attention. Posting to `dismiss` says
    that it's meant to be that way."""

    title: str
    text: str
    address: str
    dismiss: Link | None = None


alerts: list[Callable[[HttpRequest], Iterable[Alert]]] = []
"""Alerts for the desk's first page, most serious first."""


@dataclass(frozen=True, slots=True)
class Passage:
    """Texts that are edited on one admin page, with its URL. `lines` are pairs of label (may be
    blank) and text."""

    title: str
    address: str
    lines: tuple[tuple[str, str], ...]


def passage_lines(
    data: Mapping[str, Any], names: Iterable[str], labels: Mapping[str, str]
) -> Iterator[tuple[str, str]]:
    """Labels and texts of the named fields that aren't blank, for a passage."""
    for name in names:
        if value := data.get(name):
            text = "\n".join(map(str, value)) if isinstance(value, list | tuple) else str(value)
            yield labels.get(name, name.replace("_", " ")).capitalize(), text


@dataclass(frozen=True, slots=True)
class Chapter:
    title: str
    passages: tuple[Passage, ...]


proofread_chapters: list[Callable[["Assessment"], list[Chapter]]] = []
"""More chapters for the proofreading page."""


@dataclass(frozen=True, slots=True)
class OnboardingStep:
    title: str
    text: str
    address: str
    done: bool
    was_done: bool = False  # at least once, before the latest changes


onboarding_steps: list[Callable[[], OnboardingStep | None]] = []
"""First steps, shown after the desk's own and before publishing. None hides a step."""
