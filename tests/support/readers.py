"""Made-up runners who answer the default self-check.

The weights are guesses, written down so that they can be argued about. The article's readers have
been tight for months, stretch, and reach their shins; `ALL` are runners of any kind.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from random import Random

from assessments.definition import Answer, Definition, QuestionSpec
from assessments.scoring.rules import answers_hold

Weights = Mapping[str, Mapping[Answer, float]]

READERS: Weights = {
    "duration": {"none": 2, "lt2w": 4, "2to6w": 10, "6to12w": 18, "3to12m": 32, "gt12m": 34},
    "pattern": {
        "rarely": 4, "after_specific": 22, "after_most": 30, "most_days": 30, "always": 14,
    },
    "load_change": {"no": 68, "yes": 32},
    "worst_pain": dict(enumerate([22, 18, 18, 13, 9, 7, 5, 4, 2, 1, 1])),
    "hamstring_feel": {"no": 22, "sometimes": 40, "most_days": 38},
    "reach": {
        "above_knee": 6, "knee": 20, "mid_shin": 24, "ankle": 16, "toes": 20, "palms": 6,
        "skipped": 5, "not_now": 3,
    },
    "strength_days": {"none": 28, "lt1": 20, "one": 20, "two": 21, "three_plus": 11},
    "strength_type": {"general": 45, "some_single": 35, "mostly_single": 20},
    "relief": {
        "no_change": 10, "lt1h": 22, "few_hours": 36, "rest_of_day": 14, "next_day": 8,
        "not_tried": 10,
    },
    "hip_check": {"rests": 35, "hovers": 38, "clearly_up": 27},
    "bridge_check": {"glute": 28, "both": 30, "back": 12, "hamstring": 22, "cannot": 8},
}  # fmt: skip

ALL: Weights = {
    **READERS,
    "duration": {"none": 18, "lt2w": 10, "2to6w": 16, "6to12w": 18, "3to12m": 20, "gt12m": 18},
    "pattern": {
        "rarely": 18, "after_specific": 32, "after_most": 24, "most_days": 18, "always": 8,
    },
    "worst_pain": dict(enumerate([34, 18, 14, 10, 7, 5, 4, 3, 2, 1, 1])),
    "strength_days": {"none": 22, "lt1": 18, "one": 20, "two": 24, "three_plus": 16},
}  # fmt: skip

PICKED = 0.4
"""How likely each of several answers is."""


@dataclass(frozen=True, kw_only=True)
class Group:
    """Runners who answer alike. Each does each extra check with the chance `checks`, and answers
    any other question that can be skipped with the chance `optional`."""

    weights: Weights
    checks: float
    optional: float = 0.8


GROUPS = {
    "readers with checks": Group(weights=READERS, checks=0.9),
    "readers without checks": Group(weights=READERS, checks=0),
    "all runners": Group(weights=ALL, checks=0.3),
}


def answer_sets(
    definition: Definition, group: Group, number: int, *, seed: int = 1
) -> Iterator[dict[str, Answer]]:
    """Complete answers of this many runners, the same every time."""
    rng = Random(seed)
    for _ in range(number):
        yield _answers(definition, group, rng)


def completed(definition: Definition, answers: Mapping[str, Answer]) -> dict[str, Answer]:
    """These answers, with the likeliest one to each question that they leave open."""
    whole: dict[str, Answer] = {}
    for question in definition.questions:
        if question.key in answers:
            whole[question.key] = answers[question.key]
        elif not question.optional and answers_hold(question.show_if, whole):
            weights = READERS[question.key]
            whole[question.key] = max(weights, key=lambda answer: weights[answer])
    return whole


def _answers(definition: Definition, group: Group, rng: Random) -> dict[str, Answer]:
    answers: dict[str, Answer] = {}
    for question in definition.questions:
        chance = group.checks if question.group else group.optional
        if answers_hold(question.show_if, answers) and (
            not question.optional or rng.random() < chance
        ):
            answers[question.key] = _answer(question, group.weights, rng)
    return answers


def _answer(question: QuestionSpec, weights: Weights, rng: Random) -> Answer:
    if question.kind == "several":
        return _picks(question, rng)
    options = weights[question.key]
    return rng.choices([*options], [*options.values()])[0]


def _picks(question: QuestionSpec, rng: Random) -> Answer:
    picked = tuple(
        choice.key for choice in question.choices if not choice.alone and rng.random() < PICKED
    )
    return picked or next((choice.key,) for choice in question.choices if choice.alone)
