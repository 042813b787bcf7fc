"""Reads of guides. Live editions are cached for three seconds, contents for good."""

import json

from django.db.models import Q, QuerySet

from guides.content import EmailContent, GuideContent
from guides.models import Guide, GuideEdition
from guides.states import FOLLOW_UP_AFTER
from runfit.lib.caching import cached, lru_cached
from runfit.lib.json_format.reading import parse_stored


def guide_live_for(assessment_slug: str) -> GuideEdition | None:
    """The guide edition that results of this self-check offer: the one published last.

    Do not change it: requests share it.
    """
    return cached(("guide", assessment_slug), lambda: _newest(assessment_slug))


def guide_by_slug(slug: str) -> Guide | None:
    """A guide that was published at least once."""
    return Guide.objects.filter(slug=slug, editions__isnull=False).first()


def guide_edition(pk: int) -> GuideEdition:
    """An edition with its guide. Do not change it: requests share it."""
    return cached(("guide edition", pk), lambda: _editions().get(pk=pk))


def guide_newest_edition(guide: Guide) -> GuideEdition:
    return guide.editions.select_related("guide").defer("content").order_by("-number")[0]


def guide_offers(edition: GuideEdition, profile_key: str) -> bool:
    """Whether a result type gets a guide: it has a plan, or the PT uploaded a guide for all."""
    return bool(edition.upload) or guide_content(edition).profile(profile_key) is not None


def guide_content(edition: GuideEdition) -> GuideContent:
    """What an edition holds, parsed once per process."""
    return _content(edition.pk)


def guide_email_text(edition: GuideEdition, *, practice: str, days: int) -> EmailContent:
    """The words of the mail that brings the guide."""
    guide = guide_content(edition)
    return guide.emails.guide.filled(practice=practice, guide=guide.title, days=days)


def follow_up_offered(edition: GuideEdition) -> bool:
    """Whether the PT wrote the words of the mail that asks to measure again."""
    return guide_content(edition).emails.follow_up is not None


def follow_up_email_text(edition: GuideEdition, *, practice: str) -> EmailContent | None:
    """Its words, None where this edition has none."""
    guide = guide_content(edition)
    words = guide.emails.follow_up
    return words and words.filled(practice=practice, guide=guide.title, days=FOLLOW_UP_AFTER.days)


def edition_names(file: str) -> bool:
    """Whether any version shows this picture, or is this PDF."""
    named = Q(upload=file) | Q(content__contains=json.dumps(file, ensure_ascii=False))
    return GuideEdition.objects.filter(named).exists()


def _newest(assessment_slug: str) -> GuideEdition | None:
    return _editions().filter(guide__assessment__slug=assessment_slug).order_by("-pk").first()


def _editions() -> QuerySet[GuideEdition]:
    """Without the long text, which `_content` reads once."""
    return GuideEdition.objects.select_related("guide").defer("content")


@lru_cached(maxsize=32)
def _content(pk: int) -> GuideContent:
    text = GuideEdition.objects.values_list("content", flat=True).get(pk=pk)
    return parse_stored(GuideContent, text)
