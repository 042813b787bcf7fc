"""How often each subject line of the guide email led to the guide, counted from guide links."""

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from math import sqrt

from django.db.models import BigIntegerField, Count, Q
from django.db.models.functions import Mod

from guides.models import Delivery, GuideEdition
from guides.selectors.content import guide_content
from guides.states import Kind, State
from runfit.lib.database.replica import chosen

SHARES = 6
"""Contacts are counted by the rest of their number divided by this, which two and three subject
lines both divide."""
ENOUGH = 30
"""Runners per line. With fewer, a share is a guess."""
SURE = 2.4
"""Standard errors between two shares that chance hardly makes, where up to three are compared."""


@dataclass(frozen=True, slots=True)
class SubjectCount:
    """Runners who got this line, and those of them who went to the guide's page."""

    subject: str
    sent: int
    opened: int

    @property
    def share(self) -> float:
        return self.opened / self.sent


@dataclass(frozen=True, slots=True)
class SubjectTrial:
    """The subject lines that a guide's email had at the same time."""

    guide: str
    counts: tuple[SubjectCount, ...]

    @property
    def is_small(self) -> bool:
        return any(count.sent < ENOUGH for count in self.counts)

    @property
    def leader(self) -> str:
        """The line that brought more runners to the guide than each of the others, by more than
        chance; blank if there's none."""
        if self.is_small:
            return ""
        best, *others = sorted(self.counts, key=lambda count: -count.share)
        return best.subject if all(_is_clear(best, other) for other in others) else ""


def _is_clear(best: SubjectCount, other: SubjectCount) -> bool:
    pooled = (best.opened + other.opened) / (best.sent + other.sent)
    error = sqrt(pooled * (1 - pooled) * (1 / best.sent + 1 / other.sent))
    return best.share - other.share > SURE * error


def subject_trials(start: datetime, end: datetime) -> list[SubjectTrial]:
    """The trials with emails that were sent then, newest first. Versions with the same lines count
    together; versions with one line don't count."""
    found: dict[tuple[str, tuple[str, ...]], dict[int, list[int]]] = {}
    rows = _counted(start, end)
    editions = GuideEdition.objects.using(chosen()).select_related("guide").defer("content")
    by_pk = editions.in_bulk({pk for pk, *_ in rows})
    for pk, rest, sent, opened in sorted(rows, reverse=True):
        subjects = guide_content(by_pk[pk]).emails.guide.subjects
        if len(subjects) > 1:
            key = by_pk[pk].guide.title, subjects
            counts = found.setdefault(key, defaultdict(lambda: [0, 0]))[rest % len(subjects)]
            counts[0] += sent
            counts[1] += opened
    return [
        SubjectTrial(guide, _counts(subjects, numbers))
        for (guide, subjects), numbers in found.items()
    ]


def _counts(subjects: Sequence[str], numbers: dict[int, list[int]]) -> tuple[SubjectCount, ...]:
    return tuple(SubjectCount(line, *numbers[index]) for index, line in enumerate(subjects))


def _counted(start: datetime, end: datetime) -> list[tuple[int, int, int, int]]:
    """Edition, rest of the contact's number, runners, and those whose link was opened. A runner
    with several emails of an edition counts once."""
    sent = Delivery.objects.using(chosen()).filter(
        kind=Kind.GUIDE, state=State.SENT, sent_at__gte=start, sent_at__lt=end, link__isnull=False
    )
    by_line = sent.order_by().annotate(rest=Mod("contact", SHARES, output_field=BigIntegerField()))
    return list(
        by_line.values_list("link__edition", "rest").annotate(
            sent=Count("contact", distinct=True),
            opened=Count("contact", distinct=True, filter=Q(link__opened=True)),
        )
    )
