"""Queries for guides. Live editions are cached for three seconds, contents indefinitely."""

import json
from datetime import datetime, timedelta

from django.db.models import Q, QuerySet
from django.utils import timezone

from guides.content import EmailContent, GuideContent, SeriesEmail
from guides.models import DownloadLink, Guide, GuideEdition
from guides.states import FOLLOW_UP_AFTER
from runfit.lib.caching import cached, lru_cached
from runfit.lib.json_format.reading import parse_stored


def guide_live_for(assessment_slug: str) -> GuideEdition | None:
    """The guide edition that this self-check's results offer: the one published last.

    Cached and shared: don't modify it.
    """
    return cached(("guide", assessment_slug), lambda: _newest(assessment_slug))


def guide_by_slug(slug: str) -> Guide | None:
    """A guide that was published at least once."""
    return Guide.objects.filter(slug=slug, editions__isnull=False).first()


def guide_edition(pk: int) -> GuideEdition:
    """An edition with its guide. Cached and shared: don't modify it."""
    return cached(("guide edition", pk), lambda: _editions().get(pk=pk))


def guide_newest_edition(guide: Guide) -> GuideEdition:
    return (
        guide.editions.select_related("guide")
        .defer("content", "untranslated")
        .order_by("-number")[0]
    )


def guide_offers(edition: GuideEdition, profile_key: str) -> bool:
    """Whether a result type gets a guide: it has a plan, or the PT uploaded a guide for all."""
    return bool(edition.upload) or guide_content(edition).profile(profile_key) is not None


def guide_content(edition: GuideEdition) -> GuideContent:
    """The content of an edition, parsed once per process."""
    return _content(edition.pk)


def guide_email_text(edition: GuideEdition, *, practice: str, days: int) -> EmailContent:
    """The text of the guide email."""
    guide = guide_content(edition)
    return guide.emails.guide.filled(practice=practice, guide=guide.title, days=days)


def follow_up_offered(edition: GuideEdition) -> bool:
    """Whether the edition has a text for the follow-up email."""
    return guide_content(edition).emails.follow_up is not None


def follow_up_email_text(edition: GuideEdition, *, practice: str) -> EmailContent | None:
    """The text of the follow-up email, or None."""
    guide = guide_content(edition)
    words = guide.emails.follow_up
    return words and words.filled(practice=practice, guide=guide.title, days=FOLLOW_UP_AFTER.days)


def series_for(link: DownloadLink) -> tuple[SeriesEmail, ...]:
    """The emails of the series that this link's edition promised. None once the PT has published
    the guide without a series."""
    newest = guide_newest_edition(link.edition.guide)
    if guide_content(newest).emails.series is None:
        return ()
    return guide_content(link.edition).series_for(link.profile)


def series_to_come(link: DownloadLink) -> list[tuple[int, datetime]]:
    """The place and the time of each email of this link's series that isn't over. Days count from
    when the guide was asked for."""
    times = (link.created_at + timedelta(days=email.days) for email in series_for(link))
    now = timezone.now()
    return [(number, due) for number, due in enumerate(times, start=1) if due > now]


def edition_names(file: str) -> bool:
    """Whether any edition uses this file, as a picture or as its PDF."""
    uses_file = Q(upload=file) | Q(content__contains=json.dumps(file, ensure_ascii=False))
    return GuideEdition.objects.filter(uses_file).exists()


def _newest(assessment_slug: str) -> GuideEdition | None:
    return _editions().filter(guide__assessment__slug=assessment_slug).order_by("-pk").first()


def _editions() -> QuerySet[GuideEdition]:
    """Editions without their content, which `_content` caches."""
    return GuideEdition.objects.select_related("guide__assessment").defer("content", "untranslated")


@lru_cached(maxsize=32)
def _content(pk: int) -> GuideContent:
    return parse_stored(
        GuideContent, *GuideEdition.objects.values_list("content", "untranslated").get(pk=pk)
    )
