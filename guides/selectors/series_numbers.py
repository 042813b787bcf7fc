"""How the emails of each series did, and those for the weekly check-in."""

from dataclasses import dataclass
from datetime import date, datetime

from django.db.models import Count, Exists, F, OuterRef, Q

from assessments.analytics.reports import by_item
from guides.models import Delivery, Guide
from guides.states import Kind, State
from runfit.lib.database.replica import chosen

CLICKED = {Kind.SERIES: "series", Kind.CHECK_IN: "check_in"}
"""The step of a visit from such an email; its item is `clicked_item`."""

SAME_SERIES = (
    Q(consent=OuterRef("consent"))  # of check-ins
    | Q(consent=None, link=OuterRef("link"))
    | Q(consent=None, link__submission=OuterRef("link__submission"))  # by a new link
)


@dataclass(frozen=True, slots=True)
class SeriesCount:
    """What became of one numbered email. `ended`: the next one of the same series was canceled, and
    none took its place. A yes after a no goes on with the series of a guide; with the check-ins, it
    begins anew."""

    guide: str
    number: int
    sent: int
    clicked: int
    ended: int


def series_counts(
    kind: Kind, start: datetime, end: datetime, *, days: tuple[date, date]
) -> list[SeriesCount]:
    """The emails sent between two moments, and the clicks of those days, by guide and place."""
    sent = Delivery.objects.using(chosen()).filter(
        kind=kind, state=State.SENT, sent_at__gte=start, sent_at__lt=end
    )
    following = Delivery.objects.filter(
        SAME_SERIES, kind=kind, contact=OuterRef("contact"), number=OuterRef("number") + 1
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
    guides = Guide.objects.using(chosen()).in_bulk({row[0] for row in found})
    clicks = by_item(*days, CLICKED[kind])
    return [
        SeriesCount(guides[pk].title, number, sent, clicks.get(clicked_item(pk, number), 0), ended)
        for pk, number, sent, ended in found
    ]


def clicked_item(guide: int, number: int) -> str:
    """The email of a guide's series that was clicked: two guides of one self-check have a series
    each."""
    return f"{guide}-{number}"
