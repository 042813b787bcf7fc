"""Data for the script that shows a self-check one question at a time."""

from itertools import takewhile
from typing import Any

from django.contrib.humanize.templatetags.humanize import apnumber
from django.utils.translation import ngettext

from assessments.definition import Definition, QuestionSpec
from assessments.submissions.step_words import step_words, stopping_items
from runfit.lib.json_format.writing import to_data

MINUTES_OF_A_CHECK = 1  # read how, do both sides


def flow(definition: Definition) -> dict[str, Any]:
    """The data as JSON-compatible types. Conditions are in the format of assessment files."""
    data = to_data(definition)
    safety = definition.safety
    derived = zip(safety.derived, data["safety"]["derived"], strict=True)
    return {
        "stops": stopping_items(safety),
        "derived": [entry["when"] for rule, entry in derived if safety.level(rule.level).stops],
        "when": {
            question["key"]: question["show_if"]
            for question in data["questions"]
            if "show_if" in question
        },
        "alone": {
            question.key: [choice.key for choice in question.choices if choice.alone]
            for question in definition.questions
            if question.kind == "several"
        },
        "optional": [question.key for question in definition.questions if question.optional],
        "extras": [question.key for question in extras(definition)],
        "offers": offers(definition),
        "words": step_words(definition),
    }


def extras(definition: Definition) -> tuple[QuestionSpec, ...]:
    """Optional extra checks at the end: the last group of questions, if all are optional and others
    come before them."""
    last = definition.questions[-1]
    group = tuple(
        takewhile(
            lambda question: question.optional and question.group == last.group,
            reversed(definition.questions),
        )
    )
    if not last.group or len(group) == len(definition.questions):
        return ()
    return group[::-1]


def extra_minutes(definition: Definition) -> int:
    """The estimated time for the extras: a minute per check with steps."""
    return sum(MINUTES_OF_A_CHECK for question in extras(definition) if question.how_to)


def offers(definition: Definition) -> list[tuple[str, str]]:
    """The text and button for one extra, two extras, and so on, as some may be hidden."""
    most = extra_minutes(definition)
    numbers = range(1, len(extras(definition)) + 1)
    return [_offer(number, min(number * MINUTES_OF_A_CHECK, most)) for number in numbers]


def _offer(number: int, minutes: int) -> tuple[str, str]:
    why = ngettext(
        "One extra check would give your result more to go on.",
        "Some extra checks would give your result more to go on.",
        number,
    )
    button = ngettext("Do one extra check", "Do %(number)s extra checks", number)
    time = ngettext("(%(minutes)s minute)", "(%(minutes)s minutes)", minutes)
    words = f"{button} {time}" if minutes else button
    return why, words % {"number": apnumber(number), "minutes": minutes}
