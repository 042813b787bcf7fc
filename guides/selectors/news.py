"""Who gets a news email, who doesn't and why, and what became of it."""

from collections.abc import Iterator
from dataclasses import dataclass

from django.db.models import (
    Case,
    CharField,
    Count,
    Exists,
    OuterRef,
    Q,
    QuerySet,
    Value,
    When,
)

from assessments.selectors import submissions_of_stopped
from guides.models import Consent, DownloadLink, MailEvent, NewsEmail
from guides.models.news import GOING_OUT
from guides.selectors.consents import (
    addresses_suppressed,
    consents_confirmed,
    consents_unused,
    news_for_consent,
)
from guides.states import OPEN, State

NEWS = Consent.Purpose.SECRET
BATCH = 2000
"""Addresses that are compared with suppressions at a time."""


@dataclass(frozen=True, slots=True)
class NewsAudience:
    """How many readers an email would have now, and how many of those who ever said yes it leaves
    out, by reason. `took_back` is by the page where they did."""

    readers: int
    other_words: int
    had_theirs: int
    stopped: int
    suppressed: int
    took_back: dict[str, int]


@dataclass(frozen=True, slots=True)
class NewsProgress:
    """What became of an email: readers by state, reasons why some didn't get it, and what the mail
    service said."""

    to_queue: bool
    waiting: int
    sent: int
    failed: int
    reasons: list[tuple[str, int]]
    events: list[tuple[str, int]]

    @property
    def done(self) -> bool:
        return not (self.to_queue or self.waiting)


def news_readers(news: NewsEmail) -> QuerySet[Consent]:
    """The yeses that allow this email now, in the order in which they're queued. Suppressed
    addresses are still among them."""
    return (
        consents_unused(NEWS)
        .filter(text_version__in=news.wordings)
        .exclude(contact__in=_stopped())
        .order_by("pk")
    )


def news_audience(news: NewsEmail) -> NewsAudience:
    """The number of queries grows only with batches of addresses."""
    standing = consents_confirmed().filter(purpose=NEWS).order_by()
    reason = Case(
        _when(Q(Exists(news_for_consent())), "had_theirs"),
        _when(~Q(text_version__in=news.wordings), "other_words"),
        _when(Q(contact__in=_stopped()), "stopped"),
        default=Value("readers"),
        output_field=CharField(),
    )
    rows = standing.annotate(reason=reason).values_list("reason").annotate(count=Count("pk"))
    counts = dict(rows)
    suppressed = sum(len(addresses_suppressed(batch)) for batch in _address_batches(news))
    return NewsAudience(
        readers=counts.get("readers", 0) - suppressed,
        other_words=counts.get("other_words", 0),
        had_theirs=counts.get("had_theirs", 0),
        stopped=counts.get("stopped", 0),
        suppressed=suppressed,
        took_back=_took_back(),
    )


def news_wordings() -> list[tuple[str, int]]:
    """The words of all yeses to news that still allow an email, with how many, most read first."""
    rows = consents_unused(NEWS).order_by().values("text_version").annotate(count=Count("pk"))
    return list(rows.order_by("-count", "text_version").values_list("text_version", "count"))


def news_going_out() -> QuerySet[NewsEmail]:
    """Those with readers who aren't queued yet, oldest first."""
    return NewsEmail.objects.filter(GOING_OUT).order_by("confirmed_at")


def news_progress(news: NewsEmail) -> NewsProgress:
    by_state: dict[str, int] = {}
    reasons: dict[str, int] = {}
    rows = news.deliveries.order_by().values_list("state", "reason").annotate(count=Count("pk"))
    for state, reason, count in rows:
        by_state[state] = by_state.get(state, 0) + count
        if state in {State.CANCELLED, State.FAILED}:
            reasons[reason] = reasons.get(reason, 0) + count
    events = MailEvent.objects.filter(delivery__news=news).order_by().values_list("kind")
    told = dict(events.annotate(count=Count("delivery", distinct=True)))
    return NewsProgress(
        to_queue=news_going_out().filter(pk=news.pk).exists(),
        waiting=sum(by_state.get(state, 0) for state in OPEN),
        sent=by_state.get(State.SENT, 0),
        failed=by_state.get(State.FAILED, 0),
        reasons=sorted(reasons.items(), key=lambda row: -row[1]),
        events=[(str(kind.label), told[kind]) for kind in MailEvent.Kind if kind in told],
    )


def _when(condition: Q, reason: str) -> When:
    return When(condition, then=Value(reason))


def _stopped() -> QuerySet[DownloadLink, int]:
    """For a subquery: the contacts whose newest answers stopped the self-check for safety."""
    links = DownloadLink.objects.filter(submission__in=submissions_of_stopped())
    return links.order_by().values_list("contact", flat=True)


def _took_back() -> dict[str, int]:
    """How many took their yes back, or had it ended, by where."""
    later = Consent.objects.filter(contact=OuterRef("contact"), purpose=NEWS, pk__gt=OuterRef("pk"))
    ended = Consent.objects.filter(purpose=NEWS, step=Consent.Step.WITHDRAWN).order_by()
    latest = ended.exclude(Exists(later.exclude(step=Consent.Step.ASKED)))
    return dict(latest.values_list("page").annotate(count=Count("pk")))


def _address_batches(news: NewsEmail) -> Iterator[list[str]]:
    after = 0
    rows = news_readers(news).values_list("pk", "contact__email")
    while batch := list(rows.filter(pk__gt=after)[:BATCH]):
        yield [email for _, email in batch]
        if len(batch) < BATCH:
            return
        after = batch[-1][0]
