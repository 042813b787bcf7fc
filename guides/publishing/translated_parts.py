"""The texts of a guide, in the order in which a runner meets them."""

from collections.abc import Mapping
from typing import Any

from runfit.lib.json_format.translated_texts import Each, Part, Within, slots

PICTURE = ("alt", "caption")
EMAIL = ("subject", "other_subjects", "preview", "body", "button")


def _weeks(block: Mapping[str, Any]) -> str:
    return "-".join(map(str, block["weeks"]))


def _day(email: Mapping[str, Any]) -> str:
    return str(email["days"])


STEPS = Each("exercises", ("dose",))
BLOCKS = Each("blocks", ("goal", "move_on_if", STEPS), _weeks)
LIBRARY = (
    Part("plans", "Plans", (Each("profiles", (Within("plan", ("title", "running", BLOCKS)),)),)),
    Part(
        "exercises",
        "Exercises",
        (
            Each(
                "exercises",
                (
                    "name",
                    "target",
                    "equipment",
                    Within("picture", PICTURE, "picture"),
                    Each("more_pictures", PICTURE, lambda picture: str(picture["file"])),
                    Within("dose", ("sets", "reps", "seconds", "days_per_week", "tempo", "effort")),
                    "position",
                    "steps",
                    "cues",
                    "common_mistakes",
                    "easier",
                    "harder",
                    "stop_if",
                    "skip_if",
                    "evidence_note",
                ),
            ),
        ),
    ),
    Part(
        "rules",
        "Rules for all exercises",
        (
            Within(
                "shared_rules",
                (
                    "order",
                    "warm_up",
                    "pain_rule",
                    "stop_at_once",
                    Within("progress", ("mobility", "activation", "strength", "one_change")),
                    "regress",
                    "missed",
                    "with_running",
                    "runs",
                ),
            ),
        ),
    ),
)
"""What belongs to no guide alone: plans, exercises, and rules."""

PARTS = (
    Part("email", "The email that brings it", (Within("emails", (Within("guide", EMAIL),)),)),
    Part(
        "guide",
        "The guide",
        ("title", "introduction", Each("phases", ("title", "picture", "text")), "disclaimer"),
    ),
    *LIBRARY,
    Part("safety", "When to see someone", ("see_someone",)),
    Part("secret", "Your secret", (Within("secret", ("title", "text", "invitation")),)),
    Part("evidence", "What we know", (Within("evidence", ("known", "limits")),)),
    Part(
        "follow-up",
        "The email after four weeks",
        (Within("emails", (Within("follow_up", EMAIL),)),),
    ),
    Part("series", "The series", (Within("emails", (Each("series", EMAIL, _day),)),)),
)


def library_words_read(data: dict[str, Any]) -> dict[str, str]:
    """The words of plans, exercises, and rules in a guide's data, by path."""
    return {slot.path: slot.text for part in LIBRARY for slot in slots(data, part.fields)}


def library_words_write(data: dict[str, Any], words: Mapping[str, str]) -> None:
    """Puts these words into a guide's data; the rest stays as it is."""
    for part in LIBRARY:
        for slot in [*slots(data, part.fields)]:
            if slot.path in words:
                slot.write(words[slot.path])
