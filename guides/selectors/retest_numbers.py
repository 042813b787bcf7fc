"""The numbers of who came back, what changed, and who did their sessions, from the daily counts.
Nothing about fewer than ten runners."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from typing import NamedTuple, Self

from assessments.analytics import reports
from assessments.selectors import definitions_of
from guides.models import GuideEdition
from guides.selectors.retests import (
    ALL_IN_ALL,
    ASKED,
    BACK,
    GOT,
    KNOWN,
    TIMES,
    TRAINED,
    Since,
)
from runfit.lib.database.replica import chosen

FEWEST = 10
"""About fewer runners, nothing is said: neither who came back nor how it went."""
MOST_VERSIONS = 6
"""More would be a page that nobody reads."""

Counts = Mapping[tuple[int, str, str], int]
Labels = tuple[Mapping[str, str], Mapping[str, str]]
"""The words of result types and of questions, by key."""


@dataclass(frozen=True, slots=True)
class Ways:
    """How many runners got better, stayed about the same, got worse, or some of each."""

    better: int = 0
    same: int = 0
    worse: int = 0
    mixed: int = 0

    @property
    def compared(self) -> int:
        return self.better + self.same + self.worse + self.mixed

    @classmethod
    def read(cls, counts: Counts, edition: int, since: Since, item: str) -> Self:
        return cls(
            *(
                counts.get((edition, since.step(way), item), 0)
                for way in ("better", "same", "worse", "mixed")
            )
        )

    def __add__(self, other: "Ways") -> "Ways":
        return Ways(
            self.better + other.better,
            self.same + other.same,
            self.worse + other.worse,
            self.mixed + other.mixed,
        )


class KnownSessions(NamedTuple):
    """Of how many runners the sessions are `known`, enough of them done by `trained`."""

    known: int
    trained: int


@dataclass(frozen=True, slots=True)
class TimeNumbers:
    """Of the runners whose guide is old enough (`due`), how many came `back` then, and who did
    their `sessions` up to then. `ways` are those of all in all, then of each question, with its
    text."""

    since: Since
    due: int
    back: int
    sessions: KnownSessions
    ways: tuple[tuple[str, Ways], ...]


@dataclass(frozen=True, slots=True)
class RetestNumbers:
    """Of one version of a guide and one result type."""

    edition: GuideEdition
    profile: str
    got: int
    asked: int
    times: tuple[TimeNumbers, ...]


class RetestSums(NamedTuple):
    ways: Ways
    sessions: KnownSessions


def retest_numbers(today: date) -> list[RetestNumbers]:
    """By version, newest first, and result type, in the order of the self-check."""
    counts = reports.by_guide(today)
    if not counts:
        return []
    due = {since: reports.by_guide(today - timedelta(days=since.begin), GOT) for since in TIMES}
    versions = {pk for (pk, step, _), number in counts.items() if step == GOT and number >= FEWEST}
    newest = GuideEdition.objects.using(chosen()).filter(pk__in=versions)
    by_check = dict[int, list[GuideEdition]]()
    newest = newest.select_related("guide").defer("content").order_by("-pk")
    editions = [*newest[:MOST_VERSIONS]]
    for edition in editions:
        by_check.setdefault(edition.guide.assessment_id, []).append(edition)
    labels = {check: _labels(check, own, counts) for check, own in by_check.items()}
    return [
        numbers
        for edition in editions
        for numbers in _of_edition(edition, counts, due, labels[edition.guide.assessment_id])
    ]


def retest_sums(today: date, since: Since) -> RetestSums:
    """All in all, of every version and result type."""
    counts = reports.by_guide(today)
    groups = {(pk, item) for pk, _, item in counts if item.endswith(f":{ALL_IN_ALL}")}
    known, trained = (
        sum(number for (_, step, _), number in counts.items() if step == since.step(name))
        for name in (KNOWN, TRAINED)
    )
    ways = (Ways.read(counts, pk, since, item) for pk, item in groups)
    return RetestSums(sum(ways, Ways()), KnownSessions(known, trained))


def _of_edition(
    edition: GuideEdition, counts: Counts, due: Mapping[Since, Counts], labels: Labels
) -> Iterator[RetestNumbers]:
    titles, texts = labels

    def number(step: str, profile: str) -> int:
        return counts.get((edition.pk, step, profile), 0)

    def time(profile: str, since: Since) -> TimeNumbers:
        ways = (
            (text, Ways.read(counts, edition.pk, since, f"{profile}:{question}"))
            for question, text in {ALL_IN_ALL: "", **texts}.items()
        )
        return TimeNumbers(
            since,
            due[since].get((edition.pk, GOT, profile), 0),
            number(since.step(BACK), profile),
            KnownSessions(number(since.step(KNOWN), profile), number(since.step(TRAINED), profile)),
            tuple((text, each) for text, each in ways if each.compared >= FEWEST),
        )

    for profile, title in titles.items():
        got, asked = number(GOT, profile), number(ASKED, profile)
        if got >= FEWEST:
            times = tuple(time(profile, since) for since in TIMES)
            yield RetestNumbers(edition, title, got, asked, times)


def _labels(assessment: int, editions: Iterable[GuideEdition], counts: Counts) -> Labels:
    """The words of result types and questions as the newest version that has them says them. What
    no version has keeps its key."""
    own = {edition.pk for edition in editions}
    items = [item.partition(":") for pk, _, item in counts if pk in own]
    profiles = {profile for profile, _, _ in items}
    questions = {question for _, _, question in items} - {ALL_IN_ALL}
    titles, texts = dict[str, str](), dict[str, str]()
    for definition in definitions_of(assessment):
        titles |= {
            each.key: each.title
            for each in definition.profiles
            if each.key in profiles and each.key not in titles
        }
        texts |= {
            each.key: each.text
            for each in definition.questions
            if each.key in questions and each.key not in texts
        }
        if len(titles) == len(profiles) and len(texts) == len(questions):
            break
    return (
        titles | {key: key for key in sorted(profiles - titles.keys())},
        texts | {key: key for key in sorted(questions - texts.keys())},
    )
