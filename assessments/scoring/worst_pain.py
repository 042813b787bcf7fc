"""What a number on a pain scale alone says about safety."""

from assessments.definition import Definition, Level, QuestionSpec
from assessments.scoring.rules import answers_hold

LEAST, MOST = 0, 10


def pain_level(definition: Definition, pain: int) -> Level | None:
    """The highest safety level that a scale from 0 to 10 leads to with this answer and no other."""
    levels = [
        definition.safety.levels[rule.level]
        for question in definition.questions
        if _is_pain_scale(question)
        for rule in definition.safety.derived
        if answers_hold(rule.when, {question.key: pain})
    ]
    return max(levels, key=lambda level: level.rank, default=None)


def _is_pain_scale(question: QuestionSpec) -> bool:
    return question.kind == "scale" and (question.minimum, question.maximum) == (LEAST, MOST)
