"""The texts of a self-check, in the order in which a runner meets them."""

from collections.abc import Mapping
from typing import Any

from django.utils.translation import gettext_noop as _

from assessments.models import Assessment
from assessments.publishing.serialize import Data
from runfit.lib.json_format.translated_texts import Each, Part, Sources, Translation, Within

OWN = ("slug", "language")


def _answers(rule: Mapping[str, Any]) -> str:
    """What a rule that leads to a safety level is known by: the questions that it's about."""
    return " ".join(str(condition.get("answer")) for condition in rule["when"])


PARTS = (
    Part(
        "home",
        _("Home page"),
        (
            "headline",
            "benefit",
            "title",
            Within("disclaimers", ("top", "before_exercise", "emergency", "evidence", "privacy")),
        ),
    ),
    Part(
        "safety",
        _("Safety list"),
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
        _("Safety pages"),
        (Within("safety", (Each("levels", ("title", "body", "tell_them", "note")),)),),
    ),
    Part(
        "questions",
        _("Questions"),
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
        _("Result types"),
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
    Part("why", _("The why"), (Within("why", ("title", "text", "more_title", "more"), "the_why"),)),
    Part("faq", _("What runners ask"), (Each("faq", ("question", "answer")),)),
    Part("advice", _("Extra advice"), (Each("notices", ("text",)),)),
    Part(
        "scores",
        _("Scores"),
        (
            "statement",
            "direction",
            Each("dimensions", ("label", "plain", Within("balance", ("label",), "balance"))),
        ),
    ),
    Part(
        "retest",
        _("Retaking the check"),
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
                    Each("if_few_done"),
                    Each("if_enough_done"),
                ),
            ),
        ),
    ),
)


def beside_original(assessment: Assessment, own: Data, original: Data) -> Translation:
    """A self-check's data beside that of the one that it translates."""
    return Translation(
        original=original,
        own=own,
        sources=Sources.read(assessment.translated_from),
        parts=PARTS,
        own_keys=OWN,
    )
