"""One pass over the questions in order: which are shown, which answers are valid or invalid."""

from collections.abc import Mapping
from dataclasses import dataclass

from assessments.definition import Answer, Definition, Option, QuestionSpec
from assessments.scoring.results import AnswersError
from assessments.scoring.rules import answers_hold

NOTHING: tuple[object, ...] = (None, "")
NOTHING_PICKED: tuple[object, ...] = ([], ())


@dataclass(frozen=True, slots=True)
class Pick:
    """A question and the option that was picked."""

    question: QuestionSpec
    option: Option

    @property
    def scores(self) -> bool:
        """Whether the option has points in at least one dimension."""
        return any(points is not None for points in self.option.points.values())

    @property
    def need(self) -> int:
        """The points summed over all dimensions."""
        return sum(points or 0 for points in self.option.points.values())


@dataclass(frozen=True, slots=True)
class Walk:
    """`valid` are the valid answers to shown questions, `chosen` the options that single answers
    pick."""

    shown: tuple[QuestionSpec, ...]
    valid: Mapping[str, Answer]
    chosen: Mapping[str, Pick]
    errors: tuple[str, ...]


def walk(definition: Definition, answers: Mapping[str, object]) -> Walk:
    if not isinstance(answers, Mapping):
        raise AnswersError(["answers:invalid"])
    shown: list[QuestionSpec] = []
    valid: dict[str, Answer] = {}
    chosen: dict[str, Pick] = {}
    errors = [f"{key}:unknown" for key in answers if not definition.has_question(key)]
    for question in definition.questions:
        if not answers_hold(question.show_if, valid):
            continue
        shown.append(question)
        answer = answers.get(question.key)
        valid_answer = question.valid_answer(answer)
        if valid_answer is not None:
            valid[question.key] = valid_answer
            if option := question.option(valid_answer):
                chosen[question.key] = Pick(question, option)
        elif not _unanswered(question, answer):
            errors.append(f"{question.key}:invalid")
        elif not question.optional:
            errors.append(f"{question.key}:required")
    return Walk(tuple(shown), valid, chosen, tuple(sorted(errors)))


def _unanswered(question: QuestionSpec, answer: object) -> bool:
    return answer in NOTHING or (question.kind == "several" and answer in NOTHING_PICKED)
