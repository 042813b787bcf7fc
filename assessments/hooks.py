"""Extension points: lists that other apps fill to add to self-checks.

Other apps append to these lists in `AppConfig.ready()`. Hooks run through `runfit.lib.hooks`: one
that raises is logged and skipped, so that it can't break the page or lose the answers. Exceptions
to this are noted beside the list. Uploads have their own list in `runfit.lib.uploads`.
"""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import TYPE_CHECKING, Any, Protocol

from django.db.models import Model
from django.http import HttpRequest
from django.utils.translation import gettext

if TYPE_CHECKING:
    from django.db.models import QuerySet
    from django_stubs_ext import StrOrPromise, StrPromise

    from assessments.analytics.aggregation import EventCount
    from assessments.analytics.charts import Figure
    from assessments.checker import Finding
    from assessments.definition import Definition
    from assessments.models import Assessment, Edition, Practice, Submission

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


@dataclass(frozen=True, slots=True)
class PassedOn:
    """Something that's passed on to others. If it comes from answers, it has a `key`: then the
    self-check says it, too, and its form sends the key with the answers."""

    key: str
    text: str


TOLD_FIRST = "told:first"
"""The name of that in the form. No question can have it as its key."""

passed_on: list[Callable[[], Iterable[PassedOn]]] = []
"""What the privacy notice adds about that, in the active language."""


@dataclass(frozen=True, slots=True)
class SessionsDone:
    """Sessions of a plan that a runner did, of those it asked for. `enough`: at least 70%, to the
    nearest session."""

    done: int
    planned: int
    enough: bool


@dataclass(frozen=True, slots=True)
class Between:
    """The days between two visits of a runner, both included. `runner` is the key of the very
    first answers."""

    runner: int
    since: date
    until: date


sessions_done: list[Callable[[Sequence[Between]], Iterable[tuple[Between, SessionsDone]]]] = []
"""The sessions that runners did between visits, for each plan that is known. All at once, for an
export of many."""

next_plans: list[Callable[["Submission", str], Iterable["Link"]]] = []
"""Where a runner goes on with the plan of their new result type, for who had the plan of an earlier
one. Called with the new answers and the result type before them."""

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

# How long things are kept.


@dataclass(frozen=True, slots=True)
class RetentionRule:
    """Something that goes after a number of days: the value of `period`, a field of `Retention`."""

    period: str
    label: "StrPromise"
    """What goes, for a sentence such as “12 answers”."""
    count: Callable[[datetime, int], int]
    """How many there are from before a moment, counting no further than a number."""
    delete: Callable[[datetime], int]
    """Deletes a batch of those, in a short transaction of its own, and returns how many."""
    counted: bool = True
    """Whether daily numbers are made from it."""


retention_rules: list[RetentionRule] = []
"""What goes, in this order."""

answers_in_use: list[Callable[["QuerySet[Submission]"], "QuerySet[Submission]"]] = []
"""Leave out the first answers of runners whose answers someone still needs. If one fails, no
answers go."""

# Versions that were wrong. Called in the transaction that marks them: if one raises, nothing is
# stored, since who has the version's guide would never be told.

edition_recalled: list[Callable[["Edition"], None]] = []
"""Called when a version of a self-check is marked as wrong."""

edition_recall_ended: list[Callable[["Edition"], None]] = []
"""Called when the mark is taken back."""


@dataclass(frozen=True, slots=True)
class RecallReach:
    """Whom the email about a wrong version reached, in counts with their words, in order. `begun`
    says when telling them began; it's over unless `goes_on`."""

    begun: datetime
    goes_on: bool
    counts: tuple[tuple[str, int], ...]


recall_reaches: list[Callable[[Model], RecallReach | None]] = []
"""Whom the email about a version that is or was marked as wrong reached. None if there's none."""

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
    data: Mapping[str, Any], names: Iterable[str], labels: "Mapping[str, StrOrPromise]"
) -> Iterator[tuple[str, str]]:
    """Labels and texts of the named fields that aren't blank, for a passage."""
    for name in names:
        if value := data.get(name):
            text = "\n".join(map(str, value)) if isinstance(value, list | tuple) else str(value)
            yield str(labels.get(name) or gettext(name.replace("_", " "))).capitalize(), text


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
