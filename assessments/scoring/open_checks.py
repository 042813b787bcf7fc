"""Finds the questions whose answers would add to a score."""

from assessments.definition import Answer, Definition, QuestionSpec
from assessments.scoring.results import Result

NO_POINTS = 0


def offered_checks(definition: Definition, result: Result) -> tuple[QuestionSpec, ...]:
    """The open checks of every dimension that wasn't measured, each once, in the file's order."""
    open_keys = {
        question.key
        for dimension, scored in (result.dimensions or {}).items()
        if scored.score is None
        for question in open_checks(definition, result, dimension)
    }
    return tuple(question for question in definition.questions if question.key in open_keys)


def open_checks(definition: Definition, result: Result, dimension: str) -> tuple[QuestionSpec, ...]:
    """The dimension's checks that this runner may still do: questions that were shown and have
    points in it, but were skipped, or answered with points of null. An answer without points in it
    ("I shouldn't bend") closes a check, and a runner who had to be cleared is offered none: a
    check may be the wrong thing for them.
    """
    if result.safety_level:
        return ()
    return tuple(
        question
        for step in result.trace.steps
        if (question := definition.question(step.question)).largest.get(dimension)
        and _is_open(question, step.answer, dimension)
    )


def _is_open(question: QuestionSpec, answer: Answer | None, dimension: str) -> bool:
    option = question.option(answer)
    return answer is None or (
        option is not None and option.points.get(dimension, NO_POINTS) is None
    )
