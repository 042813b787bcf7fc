"""Editions, the practice, and the words around them. Live editions and the practice are cached, so
a warm page runs no query for them."""

import re
from collections.abc import Iterator
from typing import Any

from django.conf import settings
from django.db import Error
from django.db.models import Exists, OuterRef, Q, QuerySet
from django.db.models.functions import Coalesce
from django.http import HttpRequest
from django.utils.functional import SimpleLazyObject
from django.utils.html import conditional_escape
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import get_language

from assessments.definition import Definition, Derived, Level, SafetyItemSpec
from assessments.emergency_numbers import (
    VARIABLE,
    emergency_html,
    emergency_numbers,
    fill_emergency,
)
from assessments.models import (
    Assessment,
    Edition,
    Practice,
    Profile,
    SafetyItem,
    SafetyLevel,
)
from assessments.scoring import Trace
from runfit.lib.caching import cached, lru_cached
from runfit.lib.json_format.foreign_texts import in_language_of
from runfit.lib.json_format.reading import parse_stored

SENTENCE_END = re.compile(r"(?<=[.!?])\s+")
IN_ORDER = (
    Coalesce("translation_of__position", "position").asc(nulls_last=True),
    Coalesce("translation_of", "pk").asc(),
    "pk",
)
"""Self-checks in the PT's order: those without a place are last, oldest first."""


def edition_live(slug: str) -> Edition | None:
    """The live edition of a self-check. Don't modify it: requests share it."""
    return cached(("live", slug), lambda: _editions().filter(assessment__slug=slug).first())


def edition_get(pk: int) -> Edition | None:
    """The edition with this primary key. Don't modify it: requests share it."""
    return cached(("edition", pk), lambda: _editions().filter(pk=pk).first())


def edition_definition(edition: Edition) -> Definition:
    """The parsed definition of an edition, cached per process."""
    return _definition(edition.pk)


def assessment_default() -> Assessment | None:
    """The self-check on the home page: the one in DEFAULT_CHECK, or else the first.
    None if nothing is published."""
    return cached("default assessment", _default)


def edition_default() -> Edition | None:
    """The edition shown on the home page."""
    assessment = assessment_default()
    return edition_live(assessment.slug) if assessment else None


def translations(edition: Edition) -> dict[str, Edition]:
    """The live editions of the self-checks that say the same, by language in small letters: the
    original comes first. Drafts say what translates what, at once."""
    original = edition.assessment.translation_of_id or edition.assessment_id
    return cached(("translations", original), lambda: _translations(original))


def editions_beside(edition: Edition) -> list[Edition]:
    """The live editions of other self-checks in this one's language, in the PT's order."""
    return cached(("beside", edition.pk), lambda: _beside(edition))


def edition_next(definition: Definition) -> Edition | None:
    """The live edition that results of this definition offer, in its language."""
    live = edition_live(definition.next_check) if definition.next_check else None
    found = translations(live).get(definition.language.lower()) if live else None
    return found if found and not found.recalled_at else None


def assessments_published() -> QuerySet[Assessment]:
    """Published self-checks in the PT's order, a translation after its original."""
    published = Exists(Edition.objects.filter(assessment=OuterRef("pk")))
    return Assessment.objects.filter(published).order_by(*IN_ORDER)


def assessment_by_slug(slug: str) -> Assessment | None:
    """The draft of a self-check."""
    return Assessment.objects.filter(slug=slug).first()


def profiles() -> QuerySet[Profile]:
    """The result types of all drafts, with their self-checks."""
    return Profile.objects.select_related("assessment")


def safety_items_clearable() -> dict[str, str]:
    """The words of the drafts' safety items that a runner can be cleared from, by key."""
    items = SafetyItem.objects.exclude(level__scores=SafetyLevel.Scores.HIDDEN)
    return {item.key: lead_words(item.text) for item in items.order_by("assessment", "position")}


def definitions_of(assessment: int) -> Iterator[Definition]:
    """The definitions of a self-check's versions, newest first. One that can't be read is left out:
    a system check reports it."""
    for edition in _editions().filter(assessment=assessment):
        try:
            yield edition_definition(edition)
        except ValueError:
            continue


def lead_words(text: str) -> str:
    """The words of a safety item before its colon."""
    return in_language_of(text, text.partition(":")[0].rstrip("."))


def practice() -> Practice:
    """The practice. The database-outage page needs it too, so this never raises."""
    try:
        return cached("practice", _practice)
    except Error:
        return Practice()


def site_shown(language: str) -> tuple[object, ...]:
    """What every page in this language shows of the site: the practice, and the way to the first
    page. For pages that are kept: who sees the same may get the same."""
    own, default = practice(), edition_default()
    home = translations(default).get(language.lower()) if default else None
    values = [str(getattr(own, field.attname)) for field in Practice._meta.concrete_fields]
    return values, default and default.pk, home and home.pk


def emergency_text(text: str) -> str:
    """Plain text with the emergency numbers of the practice's country instead of {emergency}, in
    the active language."""
    if VARIABLE not in text:
        return text
    return in_language_of(text, fill_emergency(text, practice().country, _language()))


def emergency_linked(text: str) -> SafeString:
    """The text as HTML, escaped, with links that a phone dials instead of {emergency}."""
    html = mark_safe(conditional_escape(text))
    if VARIABLE not in html:
        return html
    return mark_safe(html.replace(VARIABLE, emergency_html(practice().country, _language())))


def level_context(definition: Definition, key: str, trace: Trace) -> dict[str, Any]:
    """For the page of a safety level: what stands beside its own words, and why it applies."""
    level = definition.safety.level(key)
    reasons: list[SafetyItemSpec | Derived] = [*trace.safety, *trace.derived]
    notes = (reason.note for reason in reasons if reason.level == key)
    return {
        "level": level,
        "number_to_call": _number_to_call(level),
        # Where an emergency number is named, a visit that's booked may be too late.
        "can_be_booked": VARIABLE not in level.body,
        "notes": list(dict.fromkeys(filter(None, notes))),
    }


def _number_to_call(level: Level) -> str:
    """The emergency number of the practice's country, if the first thing to do is to call it."""
    first = SENTENCE_END.split(level.body.strip(), maxsplit=1)[0]
    return emergency_numbers(practice().country)[0] if VARIABLE in first else ""


def practice_context(request: HttpRequest) -> dict[str, Any]:
    """Context processor: `practice`, loaded only if a template uses it."""
    return {"practice": SimpleLazyObject(practice)}


def _language() -> str:
    return get_language() or "en"


def _editions() -> QuerySet[Edition]:
    """Newest first, without the long definition, which `_definition` loads once."""
    return (
        Edition.objects.select_related("assessment")
        .defer("definition", "untranslated")
        .order_by("-number")
    )


@lru_cached(maxsize=64)
def _definition(pk: int) -> Definition:
    return parse_stored(
        Definition, *Edition.objects.values_list("definition", "untranslated").get(pk=pk)
    )


def _practice() -> Practice:
    """The saved practice, or an unsaved default that is cached too."""
    return Practice.objects.first() or Practice()


def _translations(original: int) -> dict[str, Edition]:
    family = assessments_published().filter(Q(pk=original) | Q(translation_of=original))
    editions = filter(None, map(edition_live, family.values_list("slug", flat=True)))
    by_language: dict[str, Edition] = {}
    for edition in sorted(editions, key=lambda edition: edition.assessment_id != original):
        by_language.setdefault(edition_definition(edition).language.lower(), edition)
    return by_language


def _beside(edition: Edition) -> list[Edition]:
    original = edition.assessment.translation_of_id or edition.assessment_id
    language = edition_definition(edition).language.lower()
    same = Q(pk=original) | Q(translation_of=original)
    slugs = assessments_published().exclude(same).values_list("slug", flat=True)
    editions = filter(None, map(edition_live, slugs))
    return [each for each in editions if edition_definition(each).language.lower() == language]


def _default() -> Assessment | None:
    published = assessments_published()
    configured = (
        published.filter(slug=settings.DEFAULT_CHECK).first() if settings.DEFAULT_CHECK else None
    )
    return configured or published.first()
