"""What the page of components shows: the building blocks of the runner's pages, in every state that
a page can set. (Hover, focus, and press are up to whoever looks.)"""

from collections.abc import Iterator
from functools import cache
from typing import Any

from crispy_forms.helper import FormHelper
from django import forms
from django.http import QueryDict

from assessments.definition import Definition, parse
from assessments.runner.areas import ScoreArea
from assessments.runner.forms import SelfCheckForm

COLORS = (
    ("paper", "behind the page"),
    ("card", "cards, fields, and answers"),
    ("ink", "text, and buttons"),
    ("soft", "text that matters less"),
    ("line", "lines between parts"),
    ("edge", "edges of whatever can be tapped"),
    ("tint", "under the pointer, and tags"),
    ("accent", "the practice's own color"),
    ("glow", "the same, readable on dark pages"),
    ("good", "what's well"),
    ("wrong", "errors, and stop pages"),
    ("wrong-tint", "behind a list of errors"),
)
SPACES = ("s1", "s2", "s3", "s4", "s5", "s6", "s7")
DRAWING = (
    '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 120 60"><circle cx="60" cy="14" r="9" '
    'fill="#d9a07b"/><path d="M60 23v18l-14 16M60 41l14 16M40 30h40" fill="none" '
    'stroke="#22302e" stroke-width="4"/></svg>'
)
CHOICES: list[dict[str, Any]] = [
    {"key": "one", "label": "My knees, or just below", "points": {"reach": 2}, "spot": [30, 70]},
    {"key": "two", "label": "My toes or the floor", "points": {"reach": 0}, "spot": [70, 70]},
]
QUESTIONS: list[dict[str, Any]] = [
    {
        "key": "one",
        "kind": "choice",
        "text": "How far down do your fingertips get?",
        "help": "Pick the lowest spot that you can hold.",
        "choices": CHOICES,
        "drawing": {"alt": "A runner stands with both arms out.", "svg": DRAWING},
        "how_to": ["March in place for a minute.", "Slide your hands down your legs."],
        "skip_if": "Skip it if your back is sore.",
    },
    {
        "key": "several",
        "kind": "several",
        "text": "What have you tried?",
        "choices": [
            {"key": "rest", "label": "Rest", "points": {}},
            {"key": "nothing", "label": "Nothing yet", "points": {}, "alone": True},
        ],
    },
    {
        "key": "scale",
        "kind": "scale",
        "text": "What was your worst pain in the last 7 days?",
        "minimum": 0,
        "maximum": 10,
        "bands": [{"from": 0, "to": 10, "points": {"reach": 0}}],
    },
]
SAMPLE: dict[str, Any] = {
    "slug": "components",
    "title": "Components",
    "statement": "",
    "dimensions": [{"key": "reach", "label": "Reach", "plain": "How far you get", "weight": 1}],
    "confidence": {"high": 80, "medium": 50, "low": 25},
    "safety": {
        "intro": "", "none_label": "None of these", "items": [], "derived": [], "levels": {},
    },
    "questions": QUESTIONS,
    "profiles": [
        {
            "key": "any", "start_phase": 1, "rule": [[]], "title": "Any", "summary": "Any.",
            "first_step": "Any.", "honest_note": "", "see_someone_if": "",
        }
    ],
}  # fmt: skip


class AddressForm(forms.Form):
    """Every kind of field that isn't a question."""

    email = forms.EmailField(label="Your email address", help_text="We only use it for this.")
    agreed = forms.BooleanField(label="Email me once in four weeks.", required=False)

    def __init__(self, data: dict[str, str] | None = None, *, prefix: str) -> None:
        super().__init__(data, auto_id=f"{prefix}_%s")
        self.helper = FormHelper()
        self.helper.form_tag = False
        self.helper.disable_csrf = True


def component_context() -> dict[str, Any]:
    picked = QueryDict("one=two&several=rest&several=nothing&scale=4")
    refused = SelfCheckForm(_sample(), picked)
    refused.auto_id = "refused_%s"  # both forms are on one page
    return {
        "colors": COLORS,
        "spaces": SPACES,
        "drawing": DRAWING,
        "form": AddressForm(prefix="blank"),
        "refused_form": AddressForm({"email": "runner@", "agreed": "on"}, prefix="refused"),
        "questions": SelfCheckForm(_sample()),
        "refused_questions": refused,
        "areas": list(_areas()),
    }


@cache
def _sample() -> Definition:
    return parse(SAMPLE)


def _areas() -> Iterator[ScoreArea]:
    said = (("My knees, or just below", "How far down do your fingertips get?"),)
    for score, word in ((20, "Room to grow"), (80, "On track"), (None, "Not checked yet")):
        yield ScoreArea(
            label="Backs of your legs",
            plain="How far you can fold forward",
            score=score,
            gate=55,
            word=word,
            basis="all of the questions",
            said=said,
            sum="",
            checks=(),
        )
