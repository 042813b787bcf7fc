"""Finds the questions whose answers would add to a score."""

from assessments.definition import Definition, QuestionSpec
from assessments.scoring.results import Result


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
    """The dimension's checks that this runner hasn't done: questions that were shown and have
    points in it, but were skipped, or answered without points."""
    return tuple(
        question
        for step in result.trace.steps
        if (question := definition.question(step.question)).largest.get(dimension)
        and all(move.dimension != dimension for move in step.moves)
    )
