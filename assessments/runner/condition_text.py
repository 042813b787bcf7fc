"""Describes conditions in words, using the definition's texts."""

from collections.abc import Iterable
from dataclasses import replace

from django.utils.translation import gettext as _

from assessments.definition import (
    AnswerCondition,
    ChoiceCondition,
    Condition,
    ConfidenceCondition,
    Definition,
    QuestionSpec,
    ScaleCondition,
    ScoreCondition,
)
from assessments.submissions.in_words import confidence_words

ALL = 100  # percent


def when_to_answer(definition: Definition, question: QuestionSpec) -> str:
    """When to answer a question, for pages that can't hide it; empty if always."""
    if not question.show_if:
        return ""
    exceptions = [_opposite(condition) for condition in question.show_if]
    if None not in exceptions:
        return _("Skip this if %(any)s.") % {"any": any_words(definition, filter(None, exceptions))}
    return _("Answer this if %(all)s.") % {"all": all_words(definition, question.show_if)}


def all_words(definition: Definition, conditions: Iterable[Condition]) -> str:
    """Conditions joined with "and", as a clause."""
    return _(", and ").join(condition_words(condition, definition) for condition in conditions)


def any_words(definition: Definition, conditions: Iterable[Condition]) -> str:
    """Conditions joined with "or", as a clause."""
    return _(", or if ").join(condition_words(condition, definition) for condition in conditions)


def basis_words(confidence: str, coverage: int) -> str:
    """How much of what counts in an area was answered, such as: most of the questions."""
    if confidence == "high" and coverage < ALL:
        return confidence_words("medium")
    return confidence_words(confidence)


def condition_words(condition: Condition, definition: Definition) -> str:
    """A condition as a clause, such as: your Mobility score is below 60."""
    if isinstance(condition, ChoiceCondition):
        return _choice(condition, definition)
    if isinstance(condition, ScaleCondition):
        return _scale(condition, definition)
    if isinstance(condition, ScoreCondition):
        return _score(condition, definition)
    return _confidence(condition)


def _choice(condition: ChoiceCondition, definition: Definition) -> str:
    labels = _labels(definition, condition)
    question = definition.question(condition.answer)
    if question.kind == "several":
        text = (
            _("to “%(question)s” you answered without %(labels)s")
            if condition.in_ is None
            else _("to “%(question)s” you answered %(labels)s")
        )
    elif condition.in_ is None:
        text = _("your answer to “%(question)s” isn't %(labels)s")
    else:
        text = _("your answer to “%(question)s” is %(labels)s")
    return text % {"question": question.text, "labels": labels}


def _scale(condition: ScaleCondition, definition: Definition) -> str:
    return _("your answer to “%(question)s” is %(range)s") % {
        "question": definition.question(condition.answer).text,
        "range": _range(condition.at_least, condition.at_most),
    }


def _score(condition: ScoreCondition, definition: Definition) -> str:
    words = {
        "label": definition.dimension(condition.score).label,
        "from": condition.at_least,
        "below": condition.below,
    }
    if condition.unmeasured:
        return _("“%(label)s” isn't checked yet") % words
    if condition.below is None:
        return _("your “%(label)s” score is %(from)s or more") % words
    if condition.at_least is None:
        return _("your “%(label)s” score is below %(below)s") % words
    return _("your “%(label)s” score is %(from)s or more, but below %(below)s") % words


def _confidence(condition: ConfidenceCondition) -> str:
    return _("at least one area is %(how)s") % {
        "how": _(" or ").join(map(_how_measured, condition.confidence_in))
    }


def _how_measured(confidence: str) -> str:
    words = confidence_words(confidence)
    return words if confidence == "none" else _("based on %(part)s") % {"part": words}


def _opposite(condition: AnswerCondition) -> ChoiceCondition | None:
    """The opposite of a "not in" condition, for a shorter text; None for other conditions."""
    if isinstance(condition, ChoiceCondition) and condition.not_in is not None:
        return replace(condition, in_=condition.not_in, not_in=None)
    return None


def _labels(definition: Definition, condition: ChoiceCondition) -> str:
    keys = condition.in_ or condition.not_in or ()
    choices = definition.question(condition.answer).choices
    return _either(choice.label for choice in choices if choice.key in keys)


def _either(texts: Iterable[str]) -> str:
    return _(" or ").join(f"“{text}”" for text in texts)


def _range(at_least: int | None, at_most: int | None) -> str:
    if at_most is None:
        return _("%(number)s or more") % {"number": at_least}
    if at_least is None:
        return _("%(number)s or less") % {"number": at_most}
    if at_least == at_most:
        return str(at_least)
    return _("from %(first)s to %(last)s") % {"first": at_least, "last": at_most}
