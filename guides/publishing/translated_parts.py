"""The texts of a guide, in the order in which a runner meets them."""

from collections.abc import Mapping
from typing import Any

from django.utils.translation import gettext_noop as _

from guides.models import Guide
from guides.publishing.row_mapping import Data
from runfit.lib.json_format.translated_texts import (
    Each,
    Part,
    Slot,
    Sources,
    Translation,
    Within,
    slots,
)

OWN = ("slug", "language")
OWN_TEXTS = ("title", "first_step", "see_someone_if")
"""What a guide in another language has of its own result types."""
PICTURE = ("alt", "caption")
EMAIL = ("subject", "other_subjects", "preview", "body", "button")


def _weeks(block: Mapping[str, Any]) -> str:
    return "-".join(map(str, block["weeks"]))


def _day(email: Mapping[str, Any]) -> str:
    return str(email["days"])


STEPS = Each("exercises", ("dose",))
BLOCKS = Each("blocks", ("goal", "move_on_if", STEPS), _weeks)
LIBRARY = (
    Part("plans", _("Plans"), (Each("profiles", (Within("plan", ("title", "running", BLOCKS)),)),)),
    Part(
        "exercises",
        _("Exercises"),
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
        _("Rules for all exercises"),
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
    Part("email", _("The email that brings it"), (Within("emails", (Within("guide", EMAIL),)),)),
    Part(
        "guide",
        _("The guide"),
        ("title", "introduction", Each("phases", ("title", "picture", "text")), "disclaimer"),
    ),
    *LIBRARY,
    Part("safety", _("When to see someone"), ("see_someone",)),
    Part("secret", _("Your secret"), (Within("secret", ("title", "text", "invitation")),)),
    Part("evidence", _("What we know"), (Within("evidence", ("known", "limits")),)),
    Part(
        "follow-up",
        _("The email after four weeks"),
        (Within("emails", (Within("follow_up", EMAIL),)),),
    ),
    Part(
        "check-in",
        _("The weekly check-in email"),
        (Within("emails", (Within("check_in", EMAIL),)),),
    ),
    Part("series", _("The series"), (Within("emails", (Each("series", EMAIL, _day),)),)),
)

RESULTS = (Part("results", _("Result types"), (Each("profiles", OWN_TEXTS),)),)
"""What a guide repeats of its self-check, by the same paths."""


def library_words_read(data: dict[str, Any]) -> dict[str, str]:
    """The words of plans, exercises, and rules in a guide's data, by path."""
    return {slot.path: slot.text for slot in _library_slots(data)}


def library_words_write(data: dict[str, Any], words: Mapping[str, str]) -> None:
    """Puts these words into a guide's data; the rest stays as it is."""
    for slot in _library_slots(data):
        if slot.path in words:
            slot.write(words[slot.path])


def beside_original(guide: Guide, own: Data, original: Data) -> Translation:
    """A guide's data beside that of the one that it translates."""
    if guide.follows:
        _keep_translated(own, guide.library_words)
    return Translation(
        original=original,
        own=own,
        sources=Sources.read(guide.translated_from),
        parts=PARTS,
        own_keys=OWN,
    )


def _keep_translated(data: Data, words: Mapping[str, str]) -> None:
    """Empties the texts of plans, exercises, and rules that stand in the original's words."""
    for slot in _library_slots(data):
        if slot.path not in words:
            slot.write("")


def _library_slots(data: Data) -> list[Slot]:
    return [slot for part in LIBRARY for slot in slots(data, part.fields)]
