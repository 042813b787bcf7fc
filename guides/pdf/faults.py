"""Guides that runners do not get as they should be: noted when one asks, for the PT to mend."""

import logging
from collections.abc import Iterable
from contextlib import suppress
from datetime import timedelta

from django.db import DatabaseError
from django.utils import timezone

from guides.models import GuideEdition, GuideFault
from guides.pdf import render

NOTED_ANEW_AFTER = timedelta(hours=1)

logger = logging.getLogger(__name__)


def fault_note(
    *,
    edition: GuideEdition,
    profile: str,
    paper: render.Paper,
    reason: str = "",
    left_out: Iterable[str] = (),
) -> None:
    """At most once an hour for each guide, and whenever something else is wrong."""
    now = timezone.now()
    said = {"reason": reason, "left_out": [*left_out]}
    same = GuideFault.objects.filter(edition=edition, profile=profile, paper=paper, **said)
    if same.filter(at__gt=now - NOTED_ANEW_AFTER).exists():
        return
    logger.error(
        "%s for %s on %s: %s",
        edition,
        profile,
        paper,
        reason or f"sent without {', '.join(said['left_out'])}",
    )
    with suppress(DatabaseError):  # to note it must not be what keeps a runner from the guide
        GuideFault.objects.update_or_create(
            edition=edition, profile=profile, paper=paper, defaults={**said, "at": now}
        )


def fault_clear(*, edition: GuideEdition, profile: str, paper: render.Paper) -> None:
    noted = GuideFault.objects.filter(edition=edition, profile=profile, paper=paper)
    with suppress(DatabaseError):
        if noted.exists():  # a disk that is full takes not even a deletion of nothing
            noted.delete()
