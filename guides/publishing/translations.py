"""A guide in another language: its own words, with the plans and exercises of its original."""

from collections.abc import Iterable, Mapping, Sequence

from auditlog.context import disable_auditlog
from django.core.exceptions import ValidationError
from django.db import transaction

from guides.content import parse_content
from guides.models import Guide
from guides.models.base import new_key
from guides.publishing.copying import guide_copy
from guides.publishing.draft_data import guides_data
from guides.publishing.services import guide_words_replace
from guides.publishing.translated_parts import beside_original, library_words_read
from runfit.lib.json_format.translated_texts import Translation
from runfit.lib.translation import language_name, translated


def guide_translation(*, guide: Guide) -> Translation:
    """A guide beside the one that it translates."""
    [translation] = guide_translations(guides=[guide])
    return translation


def guide_translations(*, guides: Sequence[Guide]) -> list[Translation]:
    """Guides beside those that they translate, in as many queries as for one."""
    originals = [_original(guide) for guide in guides]
    data = guides_data(guides=[*guides, *originals])
    return [
        beside_original(guide, data[guide.pk], data[original.pk])
        for guide, original in zip(guides, originals, strict=True)
    ]


def _original(guide: Guide) -> Guide:
    if guide.translation_of is None:
        raise ValueError("This guide isn't a translation.")
    return guide.translation_of


@transaction.atomic
def guide_translation_add(*, original: Guide, language: str) -> Guide:
    """A draft for the translation of the original's self-check: a guide that it has already, or a
    copy. Raises ValidationError if there's no such self-check, or one in this language."""
    name = language_name(language)
    assessment = original.assessment.translations.filter(language__iexact=language).first()
    if assessment is None:
        raise ValidationError(f"First translate its self-check into {name}.")
    if original.translations.filter(assessment=assessment).exists():
        raise ValidationError(f"It's translated into {name} already.")
    guide = Guide.objects.filter(assessment=assessment).order_by("-pk").first()
    if guide:
        Guide.objects.filter(pk=guide.pk).update(translation_of=original)
        return guide
    slugs = Guide.objects.values_list("slug", flat=True)
    copy = guide_copy(
        guide=original,
        slug=new_key(f"{original.slug} {language}", taken={*slugs}, fallback="guide"),
        title=original.title,
        language=language.partition("-")[0].lower(),
        assessment=assessment,
    )
    copy.translation_of = original
    Guide.objects.filter(pk=copy.pk).update(translation_of=original)
    guide_translation_save(translation=copy)
    return copy


@transaction.atomic
def guide_translation_save(
    *, translation: Guide, typed: Mapping[str, str] | None = None, seen: Iterable[str] = ()
) -> None:
    """Writes these words, by path, and takes over the original's parts. `seen` are the paths that
    are up to date with the original. Raises ValidationError, by path."""
    typed = typed or {}
    texts = guide_translation(guide=translation)
    data, sources = texts.brought_along(typed, seen)
    if faults := texts.refused(parse_content, data, typed):
        raise ValidationError({path: translated(fault) for path, fault in faults.items()})
    written = {path for path, text in texts.texts.items() if typed.get(path, text.words)}
    library = library_words_read(data)
    with disable_auditlog():  # the caller logs one entry, not one per row
        guide_words_replace(translation, data)
    translation.translated_from = sources.to_data()
    translation.library_words = {path: library[path] for path in library if path in written}
    Guide.objects.filter(pk=translation.pk).update(
        translated_from=translation.translated_from, library_words=translation.library_words
    )
