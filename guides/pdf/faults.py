"""Records faults in guides that runners request, so that the PT can fix them."""

import logging
from collections.abc import Iterable
from contextlib import suppress
from datetime import timedelta

from django.db import DatabaseError
from django.utils import timezone

from guides.models import GuideEdition, GuideFault
from guides.pdf.papers import Paper

NOTE_AGAIN_AFTER = timedelta(hours=1)

logger = logging.getLogger(__name__)


def fault_note(
    *,
    edition: GuideEdition,
    profile: str,
    paper: Paper,
    skip_for: Iterable[str] = (),
    reason: str = "",
    left_out: Iterable[str] = (),
) -> None:
    """Records a fault: at most once an hour per guide, and whenever it changes. `skip_for` tells
    which of a guide's PDFs it was."""
    now = timezone.now()
    details = {"reason": reason, "left_out": [*left_out], "skip_for": sorted(skip_for)}
    same = GuideFault.objects.filter(edition=edition, profile=profile, paper=paper, **details)
    if same.filter(at__gt=now - NOTE_AGAIN_AFTER).exists():
        return
    logger.error(
        "%s for %s on %s: %s",
        edition,
        profile,
        paper,
        reason or f"sent without {', '.join(details['left_out'])}",
    )
    with suppress(DatabaseError):  # recording it must not keep a runner from the guide
        GuideFault.objects.update_or_create(
            edition=edition, profile=profile, paper=paper, defaults={**details, "at": now}
        )


def fault_clear(
    *, edition: GuideEdition, profile: str, paper: Paper, skip_for: Iterable[str] = ()
) -> None:
    noted = GuideFault.objects.filter(
        edition=edition, profile=profile, paper=paper, skip_for=sorted(skip_for)
    )
    with suppress(DatabaseError):
        if noted.exists():  # with a full disk, even a DELETE of no rows fails
            noted.delete()
