"""A self-check in another language: made from the original, and kept to its rules."""

from collections.abc import Iterable, Mapping, Sequence

from django.core.exceptions import ValidationError
from django.db import transaction

from assessments.definition import parse
from assessments.models import Assessment
from assessments.models.base import make_key
from assessments.publishing.serialize import serialize_drafts
from assessments.publishing.services import assessment_copy, assessment_replace
from assessments.publishing.translated_parts import beside_original
from runfit.lib.json_format.translated_texts import Translation
from runfit.lib.translation import translated


def assessment_translation(*, assessment: Assessment) -> Translation:
    """A self-check beside the one that it translates."""
    [translation] = assessment_translations(assessments=[assessment])
    return translation


def assessment_translations(*, assessments: Sequence[Assessment]) -> list[Translation]:
    """Self-checks beside those that they translate, in as many queries as for one."""
    originals = [_original(assessment) for assessment in assessments]
    data = serialize_drafts([*assessments, *originals])
    return [
        beside_original(assessment, data[assessment.pk], data[original.pk])
        for assessment, original in zip(assessments, originals, strict=True)
    ]


def _original(assessment: Assessment) -> Assessment:
    if assessment.translation_of is None:
        raise ValueError("This self-check isn't a translation.")
    return assessment.translation_of


@transaction.atomic
def translation_add(*, original: Assessment, language: str) -> Assessment:
    """A draft with the original's parts and keys, whose texts aren't translated yet. Raises
    ValidationError if there's one in this language."""
    draft = Assessment(language=language, translation_of=original, title=original.title)
    draft.clean()
    taken = {*Assessment.objects.values_list("slug", flat=True)}
    slug = make_key(f"{original.slug} {language}", taken=taken, fallback="self-check", joint="-")
    copy = assessment_copy(assessment=original, slug=slug, title=original.title, language=language)
    Assessment.objects.filter(pk=copy.pk).update(translation_of=original)
    copy.translation_of = original
    translation_save(translation=copy)
    return copy


@transaction.atomic
def translation_save(
    *, translation: Assessment, typed: Mapping[str, str] | None = None, seen: Iterable[str] = ()
) -> None:
    """Writes these words, by path, and takes over the original's rules, points, and order. `seen`
    are the paths that are up to date with the original. Raises ValidationError, by path."""
    texts = assessment_translation(assessment=translation)
    data, sources = texts.brought_along(typed, seen)
    if faults := texts.refused(parse, data, typed or ()):
        raise ValidationError({path: translated(fault) for path, fault in faults.items()})
    if data != texts.own:
        assessment_replace(assessment=translation, data=data)
    translation.translated_from = sources.to_data()
    Assessment.objects.filter(pk=translation.pk).update(translated_from=translation.translated_from)
