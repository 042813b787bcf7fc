"""Every place where another app adds to the self-checks.

An app appends to these lists in its `AppConfig.ready()`. Hooks run through `runfit.lib.hooks`: one
that fails is logged and left out, and never fails the page, or the answers, that it adds to. What
happens instead stands beside each list.
"""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING, Any

from django.db.models import Model
from django.http import HttpRequest

if TYPE_CHECKING:
    from assessments.analytics.aggregation import EventCount
    from assessments.checker import Finding
    from assessments.definition import Definition
    from assessments.models import Assessment, Practice, Submission

# The runner's pages.

result_context: list[Callable[[HttpRequest, "Submission"], dict[str, Any]]] = []
"""Template context for a result that may offer a guide. A hook that fails adds nothing."""

answers_stored: list[Callable[[HttpRequest, "Submission"], None]] = []
"""Called once answers are scored and stored, before the runner is sent to the result."""

# Publishing.

publish_checks: list[Callable[["Assessment", "Definition"], list["Finding"]]] = []
"""Findings in a draft, beside the checker's. A hook that fails becomes a warning."""

practice_checks: list[Callable[["Practice", Mapping[str, bytes]], list["Finding"]]] = []
"""Findings in a practice before it is saved, given its new pictures by file name."""

# Analytics.


@dataclass(frozen=True, slots=True)
class FunnelStep:
    key: str
    label: str


funnel_steps: list[FunnelStep] = []
"""Steps of the funnel between a result and measuring again."""

event_counters: list[Callable[[datetime, datetime], Iterable["EventCount"]]] = []
"""Events between two moments. A hook that fails stops the day from being counted, and it's counted
again: numbers would be missing otherwise."""

beacon_steps: set[tuple[str, str]] = set()
"""Steps that the scripts of other apps' pages may report, each with its item."""

# The desk.


@dataclass(frozen=True, slots=True)
class Link:
    address: str
    text: str


part_links: list[Callable[[Model], list[Link]]] = []
"""Links from a part of a self-check to pages of other apps."""


@dataclass(frozen=True, slots=True)
class Preview:
    """A page or an email to look at. `kind` names its frame: phone or desktop."""

    name: str
    kind: str
    html: str


practice_previews: list[Callable[[HttpRequest], list[Preview]]] = []
"""Where else the practice shows."""


@dataclass(frozen=True, slots=True)
class Alert:
    """Something on the desk's first page that needs the PT."""

    title: str
    text: str
    address: str


alerts: list[Callable[[HttpRequest], Iterable[Alert]]] = []
"""The worst first."""


@dataclass(frozen=True, slots=True)
class Passage:
    """What is written in one place, with the address where it is edited. `lines` are pairs: what a
    text is, which may be blank, and the text."""

    title: str
    address: str
    lines: tuple[tuple[str, str], ...]


@dataclass(frozen=True, slots=True)
class Chapter:
    title: str
    passages: tuple[Passage, ...]


proofread_chapters: list[Callable[["Assessment"], list[Chapter]]] = []
"""What else a runner can read, for the page with every word of a self-check."""


@dataclass(frozen=True, slots=True)
class OnboardingStep:
    title: str
    text: str
    address: str
    done: bool
    was_done: bool = False  # once, before what she changed since


onboarding_steps: list[Callable[[], OnboardingStep | None]] = []
"""First steps after the desk's own and before publishing; None while one has no place yet."""
