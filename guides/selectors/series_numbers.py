"""How the emails of each series did."""

from dataclasses import dataclass
from datetime import date, datetime

from django.db.models import Count, Exists, F, OuterRef, Q

from assessments.analytics.reports import by_item
from guides.models import Delivery, Guide
from guides.states import Kind, State

CLICKED = "series"
"""The step of a visit from an email of the series; its item is the email's place in it."""


@dataclass(frozen=True, slots=True)
class SeriesCount:
    """What became of one email of a series. `ended`: no further one followed, and one was due."""

    guide: str
    number: int
    sent: int
    clicked: int
    ended: int


def series_counts(start: datetime, end: datetime, *, days: tuple[date, date]) -> list[SeriesCount]:
    """The emails sent between two moments, and the clicks of those days, by guide and place."""
    sent = Delivery.objects.filter(
        kind=Kind.SERIES, state=State.SENT, sent_at__gte=start, sent_at__lt=end
    )
    following = Delivery.objects.filter(
        kind=Kind.SERIES, contact=OuterRef("contact"), number=OuterRef("number") + 1
    )
    rows = (
        sent.order_by()
        .annotate(
            canceled=Exists(following.filter(state=State.CANCELLED)),
            goes_on=Exists(following.exclude(state=State.CANCELLED)),
            guide=F("link__edition__guide"),
        )
        .values_list("guide", "number")
        .annotate(sent=Count("pk"), ended=Count("pk", filter=Q(canceled=True, goes_on=False)))
    )
    found = sorted(row for row in rows if row[0] is not None)
    guides = Guide.objects.in_bulk({row[0] for row in found})
    clicks = {
        pk: by_item(*days, CLICKED, assessment=guide.assessment_id) for pk, guide in guides.items()
    }
    return [
        SeriesCount(guides[pk].title, number, sent, clicks[pk].get(str(number), 0), ended)
        for pk, number, sent, ended in found
    ]
