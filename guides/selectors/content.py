"""Reads of guides. Live editions stay in memory for three seconds, contents for good."""

import json
import time
from functools import lru_cache

from guides.content import EmailText, GuideContent, parse_content
from guides.models import GuideEdition

FRESH_SECONDS = 3.0
CONTENTS_KEPT = 32

_live: dict[str, tuple[float, GuideEdition]] = {}


def guide_live_for(assessment_slug: str) -> GuideEdition | None:
    """The guide edition that results of this self-check offer: the one published last.

    Do not change it: requests share it.
    """
    now = time.time()
    read_at, edition = _live.get(assessment_slug, (0.0, None))
    # A clock that was set back must not keep an edition for longer.
    if edition is None or not 0 <= now - read_at < FRESH_SECONDS:
        edition = _newest(assessment_slug)
        if edition is None:
            _live.pop(assessment_slug, None)
        else:
            _live[assessment_slug] = (now, edition)
    return edition


def guide_offers(edition: GuideEdition, profile_key: str) -> bool:
    """Whether a result type gets a guide: it has a plan, or the PT uploaded a guide for all."""
    return bool(edition.upload) or guide_content(edition).profile(profile_key) is not None


def guide_content(edition: GuideEdition) -> GuideContent:
    """What an edition holds, parsed once per process."""
    return _content(edition.pk)


def guide_email_text(edition: GuideEdition, *, practice: str, days: int) -> EmailText:
    """The words of the mail that brings the guide."""
    guide = guide_content(edition)
    return guide.emails.guide.filled(practice=practice, guide=guide.title, days=days)


def forget() -> None:
    """Empty the memory, after a change in this process or between tests."""
    _live.clear()
    _content.cache_clear()


def _newest(assessment_slug: str) -> GuideEdition | None:
    editions = GuideEdition.objects.filter(guide__assessment__slug=assessment_slug)
    return editions.select_related("guide").defer("content").order_by("-pk").first()


@lru_cache(maxsize=CONTENTS_KEPT)
def _content(pk: int) -> GuideContent:
    text = GuideEdition.objects.values_list("content", flat=True).get(pk=pk)
    return parse_content(json.loads(text))
