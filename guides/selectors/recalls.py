"""Queries about versions that the PT marked as wrong."""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from django.db.models import Count, Exists, Model, OuterRef, Q, QuerySet
from django.db.models.functions import Coalesce
from django.utils.translation import gettext as _

import assessments.selectors
from assessments.hooks import RecallReach
from assessments.submissions.recalls import recalled_result
from guides.models import Delivery, DownloadLink, GuideEdition, MailEvent, Recall
from guides.reasons import NOT_WRONG
from guides.selectors.content import guide_edition, guide_live_for, guide_offers
from guides.states import OPEN, Kind, State

NOT_DELIVERED = (MailEvent.Kind.BOUNCED, MailEvent.Kind.RETURNED, MailEvent.Kind.REJECTED)


@dataclass(frozen=True, slots=True)
class LinkRecall:
    """What was wrong with what a link leads to: with its guide, with the result that it was made
    for, or with both. `guide_now` says that there's a version of the guide to go on with."""

    guide_reason: str
    guide_now: bool
    result_reason: str
    stops: bool


def link_recall(link: DownloadLink) -> LinkRecall | None:
    """None if nothing was wrong. The link's edition and its submission's come from the cache."""
    guide_reason = link.edition.recall_reason if link.edition.recalled_at else ""
    result_reason = _result_reason(link)
    if not (guide_reason or result_reason):
        return None
    return LinkRecall(
        guide_reason=guide_reason,
        guide_now=edition_to_give(link) != link.edition,
        result_reason=result_reason,
        stops=stops_now(link),
    )


def _result_reason(link: DownloadLink) -> str:
    edition = link.submission.edition if link.submission else None
    return edition.recall_reason if edition and edition.recalled_at else ""


def stops_now(link: DownloadLink | None) -> bool:
    """Whether the version of the answers was wrong, and today's leads them to a safety level that
    the runner wasn't told."""
    submission = link.submission if link else None
    if submission is None:
        return False
    edition = assessments.selectors.edition_get(submission.edition_id)
    if edition is None or edition.recalled_at is None:
        return False
    submission.edition = edition
    result = recalled_result(submission)
    return result is not None and result.stops


def edition_to_give(link: DownloadLink) -> GuideEdition:
    """The link's edition. If that was wrong, today's, if it's right and has a plan for the same
    result type."""
    if link.edition.recalled_at is None:
        return link.edition
    slug = guide_edition(link.edition_id).guide.assessment.slug
    now = guide_live_for(slug)
    if now is None or now.recalled_at or now.guide_id != link.edition.guide_id:
        return link.edition
    return now if guide_offers(now, link.profile) else link.edition


def recall_of(edition: Model) -> dict[str, Any]:
    """The column of a recall that holds this edition."""
    return {"guide_edition" if isinstance(edition, GuideEdition) else "edition": edition}


def recall_open(edition: Model) -> Recall | None:
    return Recall.objects.filter(**recall_of(edition), ended_at=None).first()


def recalls_to_queue() -> list[int]:
    """Those that haven't looked at every link yet."""
    waiting = Recall.objects.filter(done_at=None, ended_at=None).order_by("pk")
    return list(waiting.values_list("pk", flat=True))


def recall_is_open(pk: int | None) -> bool:
    return pk is not None and Recall.objects.filter(pk=pk, ended_at=None).exists()


def links_before(pk: int, most: int) -> list[int]:
    """The keys of links up to this one, newest first."""
    links = DownloadLink.objects.filter(pk__lte=pk).order_by("-pk")
    return list(links.values_list("pk", flat=True)[:most])


def links_recalled(recall: Recall, keys: list[int]) -> list[tuple[DownloadLink, bool]]:
    """Of these links, those that the version was behind, newest first. Each with whether its owner
    got the guide, and the PT didn't turn the link off."""
    links = DownloadLink.objects.filter(pk__gte=keys[-1], pk__lte=keys[0])
    own = (
        Q(submission__edition=recall.edition_id)
        if recall.edition_id
        else Q(edition=recall.guide_edition_id)
    )
    sent = Delivery.objects.filter(link=OuterRef("pk"), kind=Kind.GUIDE, state=State.SENT)
    has_guide = Q(revoked_at=None) & (Q(opened=True) | Exists(sent))
    annotated: QuerySet[Any] = links.filter(own).annotate(has_guide=has_guide)
    found = annotated.select_related("submission").order_by("-pk")
    return [(link, link.has_guide) for link in found]


def mails_waiting(links: Iterable[DownloadLink], kinds: Iterable[Kind]) -> QuerySet[Delivery]:
    waiting = Delivery.objects.filter(link__in=[link.pk for link in links], state__in=OPEN)
    return waiting.filter(kind__in=list(kinds)).order_by("pk")


def contacts_told(recall: Recall, contacts: Iterable[int]) -> set[int]:
    """Those who have an email about this version: of this recall, or one of an earlier recall of
    it that wasn't canceled."""
    same = Recall.objects.filter(edition=recall.edition_id, guide_edition=recall.guide_edition_id)
    rows = Delivery.objects.filter(recall__in=same.values("pk"), contact__in=list(contacts))
    told = rows.filter(Q(recall=recall) | ~Q(state=State.CANCELLED))
    return {pk for pk in told.order_by().values_list("contact", flat=True) if pk}


def results_without_address(recall: Recall) -> int | None:
    """How many results of this version have no guide, so that nobody can be told. None for a
    guide: who has one gave an address."""
    if recall.edition_id is None:
        return None
    links = DownloadLink.objects.filter(submission__edition=recall.edition_id).order_by()
    first = links.annotate(first=Coalesce("submission__added_to", "submission"))
    with_link = first.aggregate(number=Count("first", distinct=True))["number"]
    return max(0, assessments.selectors.visits_counted(recall.edition_id) - int(with_link))


def recall_reach(edition: Model) -> RecallReach | None:
    """Whom the emails about this version reached, over all times that it was marked."""
    recalls = list(Recall.objects.filter(**recall_of(edition)).order_by("pk"))
    if not recalls:
        return None
    latest = recalls[-1]
    bounced = MailEvent.objects.filter(delivery=OuterRef("pk"), kind__in=NOT_DELIVERED)
    rows = Delivery.objects.filter(recall__in=recalls).annotate(bounced=Exists(bounced)).order_by()
    sent, canceled = Q(state=State.SENT), Q(state=State.CANCELLED, recall=latest)
    counts = rows.aggregate(
        rows=Count("pk"),
        waiting=Count("pk", filter=Q(state__in=OPEN)),
        sent=Count("pk", filter=sent & Q(bounced=False)),
        lost=Count("pk", filter=(sent & Q(bounced=True)) | Q(state=State.FAILED)),
        refused=Count("pk", filter=canceled & ~Q(reason=NOT_WRONG)),
        stopped=Count("pk", filter=canceled & Q(reason=NOT_WRONG)),
    )
    erased = max(0, sum(recall.queued for recall in recalls) - counts["rows"])
    lines = [
        (_("Waiting to be sent"), counts["waiting"]),
        (_("Sent"), counts["sent"]),
        (_("Bounced or failed"), counts["lost"]),
        (_("Never to be emailed, so we sent nothing"), counts["refused"]),
        (_("Not sent, because you took the mark back"), counts["stopped"]),
        (_("Erased or deleted since then"), erased),
    ]
    if latest.without_address is not None:
        words = _("Results without an address (they only see it on their page)")
        lines.append((words, latest.without_address))
    goes_on = latest.done_at is None and latest.ended_at is None
    return RecallReach(latest.begun_at, goes_on, tuple(lines))
