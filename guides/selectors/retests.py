"""Who was asked to come back, who did, what changed, and who did their sessions, as daily counts by
version of the guide.

Comparing two visits is too dear to do for all of them whenever the numbers are opened, and would be
out of date if it were stored with a visit, which may get more checks. So it's counted, each day
anew, and the numbers are sums.
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import NamedTuple, cast

from django.db.models import Count
from django.db.models.functions import Coalesce
from django.utils import timezone

from assessments.analytics.aggregation import EventCount
from assessments.scoring import measured_ways, then_and_now
from assessments.selectors import (
    Visit,
    edition_definition,
    runners_back,
    submission_keys_by_first,
    visits_of_runners,
)
from guides.models import Delivery, DownloadLink
from guides.selectors.advice import sessions_of_link
from guides.selectors.funnel import guides_first_sent
from guides.states import Kind, State

GOT, ASKED, BACK = "got", "to_come", "back"
KNOWN, TRAINED = "known", "trained"
"""Whose sessions are known, and who did enough of them."""
ALL_IN_ALL = ""
"""In place of a question: the verdict on the whole."""


class Since(NamedTuple):
    """A time after the guide was sent, in days, before `end`."""

    weeks: int
    begin: int
    end: int

    def step(self, name: str) -> str:
        return f"{name}{self.weeks}"


TIMES = (Since(4, 28, 42), Since(6, 42, 10**6))


@dataclass(frozen=True, slots=True)
class SentGuide:
    """The first email with a guide for one visit of a runner, who may get one for each."""

    runner: int
    first: int
    began: date
    sent: date
    edition: int
    profile: str


def retest_event_counts(start: datetime, end: datetime) -> Iterator[EventCount]:
    """Event counts of a day. An item is a result type, or a result type and a question."""
    yield from _got(start, end)
    yield from _asked(start, end)
    yield from _back(start, end)
    for since in TIMES:
        yield from _trained(start, end, since)


def _got(start: datetime, end: datetime) -> Iterator[EventCount]:
    rows = guides_first_sent(start, end).values_list("link__edition", "link__profile")
    for edition, profile, number in rows.order_by().annotate(Count("pk")):
        if edition is not None:
            yield EventCount(GOT, profile, number=number, guide=edition)


def _asked(start: datetime, end: datetime) -> Iterator[EventCount]:
    """Each guide counts once, by the first email that asks its runner to come back."""
    mails = Delivery.objects.filter(kind=Kind.FOLLOW_UP, state=State.SENT).annotate(
        first=Coalesce("link__submission__added_to", "link__submission")
    )
    then = mails.filter(sent_at__gte=start, sent_at__lt=end, link__submission__isnull=False)
    firsts = {first for first in then.order_by().values_list("first", flat=True) if first}
    if not firsts:
        return
    keys = submission_keys_by_first(firsts)
    before = mails.filter(link__submission__in=list(keys), sent_at__lt=start).order_by()
    firsts.difference_update(before.values_list("first", flat=True))
    for guide in _sent_guides(keys):
        if guide.first in firsts:
            yield EventCount(ASKED, guide.profile, guide=guide.edition)


def _back(start: datetime, end: datetime) -> Iterator[EventCount]:
    """Each guide counts once for each time, by the first visit in it."""
    runners = runners_back(start, end)
    if not runners:
        return
    day = timezone.localdate(start)
    visits = visits_of_runners(runners)
    for guide in _sent_guides(submission_keys_by_first(runners)):
        own = visits.get(guide.runner, [])
        for since in TIMES:
            now = _first_visit(own, guide, since)
            if now and now.day == day:
                yield from _events(guide, since, own, now)


def _trained(start: datetime, end: datetime, since: Since) -> Iterator[EventCount]:
    """Each guide counts once it's old enough, by the sessions from its day up to this one. Only
    runners who save them with their link are known."""
    age, day = timedelta(days=since.begin), timezone.localdate(start)
    guides = guides_first_sent(start - age, end - age).filter(link__training__isnull=False)
    for guide in guides.select_related("link__training", "link__submission").order_by("pk"):
        link = cast(DownloadLink, guide.link)
        count = sessions_of_link(link, day - age, day - timedelta(days=1))
        if count:
            yield EventCount(since.step(KNOWN), link.profile, guide=link.edition_id)
        if count and count.enough:
            yield EventCount(since.step(TRAINED), link.profile, guide=link.edition_id)


def _first_visit(visits: Iterable[Visit], guide: SentGuide, since: Since) -> Visit | None:
    return next(
        (visit for visit in visits if since.begin <= (visit.day - guide.sent).days < since.end),
        None,
    )


def _events(
    guide: SentGuide, since: Since, visits: Iterable[Visit], now: Visit
) -> Iterator[EventCount]:
    """That the runner came back, and how it went since the answers that the guide was made for."""
    yield EventCount(since.step(BACK), guide.profile, guide=guide.edition)
    then = next((visit for visit in visits if visit.day == guide.began), None)
    for question, way in _ways(then, now) if then else ():
        yield EventCount(since.step(way), f"{guide.profile}:{question}", guide=guide.edition)


def _ways(then: Visit, now: Visit) -> list[tuple[str, str]]:
    """By the points of the earlier version. Nothing if a version can't be read."""
    try:
        earlier, later = (edition_definition(visit.edition) for visit in (then, now))
    except ValueError:
        return []
    compared = then_and_now(earlier, later, then.answers.answers, now.answers.answers)
    if compared.verdict == "none":
        return []
    return [(ALL_IN_ALL, compared.verdict), *measured_ways(compared).items()]


def _sent_guides(submissions: Iterable[int]) -> list[SentGuide]:
    """The guides that were sent for these answers, the first one of each visit."""
    mails = Delivery.objects.filter(
        kind=Kind.GUIDE, state=State.SENT, submission__in=list(submissions), link__isnull=False
    ).annotate(
        first=Coalesce("submission__added_to", "submission"),
        began=Coalesce("submission__added_to__created_at", "submission__created_at"),
        runner=Coalesce("submission__retest_of", "submission__added_to", "submission"),
    )
    by_visit: dict[int, SentGuide] = {}
    for runner, first, began, sent, edition, profile in mails.order_by("sent_at", "pk").values_list(
        "runner", "first", "began", "sent_at", "link__edition", "link__profile"
    ):
        days = timezone.localdate(began), timezone.localdate(sent)
        by_visit.setdefault(first, SentGuide(runner, first, *days, edition, profile))
    return [*by_visit.values()]
