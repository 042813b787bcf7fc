"""A self-check in another language: made from the original, and kept to its rules."""

from collections.abc import Iterable, Mapping
from typing import Any

from django.core.exceptions import ValidationError
from django.db import transaction

from assessments.definition import parse
from assessments.models import Assessment
from assessments.models.base import make_key
from assessments.publishing.serialize import serialize_draft
from assessments.publishing.services import assessment_copy, assessment_replace
from runfit.lib.json_format.translated_texts import Each, Part, Sources, Translation, Within

OWN = ("slug", "language")


def _answers(rule: Mapping[str, Any]) -> str:
    """What a rule that leads to a safety level is known by: the questions that it's about."""
    return " ".join(str(condition.get("answer")) for condition in rule["when"])


PARTS = (
    Part(
        "home",
        "Home page",
        (
            "headline",
            "benefit",
            "title",
            Within("disclaimers", ("top", "before_exercise", "emergency", "evidence", "privacy")),
        ),
    ),
    Part(
        "safety",
        "Safety list",
        (
            Within(
                "safety",
                (
                    "intro",
                    Each("items", ("group", "text", "why", "note")),
                    "none_label",
                    Each("derived", ("why", "note"), _answers),
                ),
            ),
        ),
    ),
    Part(
        "levels",
        "Safety pages",
        (Within("safety", (Each("levels", ("title", "body", "tell_them", "note")),)),),
    ),
    Part(
        "questions",
        "Questions",
        (
            Each(
                "questions",
                (
                    "group",
                    "text",
                    "help",
                    "skip_if",
                    "how_to",
                    Within("drawing", ("alt",), "drawing"),
                    Each("choices", ("label",)),
                    "low_label",
                    "high_label",
                ),
            ),
        ),
    ),
    Part(
        "results",
        "Result types",
        (
            Each(
                "profiles",
                (
                    "headline",
                    "title",
                    "summary",
                    "first_step",
                    "honest_note",
                    "see_someone_if",
                    Within("picture", ("alt",), "picture"),
                    Each("faq"),
                ),
            ),
        ),
    ),
    Part("why", "The why", (Within("why", ("title", "text", "more_title", "more"), "the_why"),)),
    Part("faq", "What runners ask", (Each("faq", ("question", "answer")),)),
    Part("advice", "Extra advice", (Each("notices", ("text",)),)),
    Part(
        "scores",
        "Scores",
        (
            "statement",
            "direction",
            Each("dimensions", ("label", "plain", Within("balance", ("label",), "balance"))),
        ),
    ),
    Part(
        "retest",
        "Retaking the check",
        (
            Within(
                "retest",
                (
                    "weekly",
                    "full",
                    "compare",
                    Within("labels", ("better", "same", "worse")),
                    "always_show",
                    Each("if_no_change"),
                ),
            ),
        ),
    ),
)


def assessment_translation(*, assessment: Assessment) -> Translation:
    """A self-check beside the one that it translates."""
    original = assessment.translation_of
    if original is None:
        raise ValueError("This self-check isn't a translation.")
    known = assessment.translated_from
    return Translation(
        original=serialize_draft(original),
        own=serialize_draft(assessment),
        sources=Sources() if known is None else Sources.read(known),
        parts=PARTS,
        own_keys=OWN,
    )


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
        raise ValidationError(faults)
    if data != texts.own:
        assessment_replace(assessment=translation, data=data)
    translation.translated_from = sources.to_data()
    Assessment.objects.filter(pk=translation.pk).update(translated_from=translation.translated_from)
