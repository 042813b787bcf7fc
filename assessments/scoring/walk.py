"""One pass over the questions, in order: what is shown, what counts, what is wrong."""

from collections.abc import Mapping
from dataclasses import dataclass

from assessments.definition import Answer, Definition, Option, QuestionSpec
from assessments.scoring.results import AnswersError
from assessments.scoring.rules import answers_hold


@dataclass(frozen=True, slots=True)
class Pick:
    """A question and the option that its answer picks."""

    question: QuestionSpec
    option: Option

    @property
    def scores(self) -> bool:
        """It says something about at least one dimension."""
        return any(points is not None for points in self.option.points.values())

    @property
    def need(self) -> int:
        """The points of all dimensions together."""
        return sum(points or 0 for points in self.option.points.values())


@dataclass(frozen=True, slots=True)
class Walk:
    """`kept` are the valid answers to shown questions, `chosen` what each of them picks."""

    shown: tuple[QuestionSpec, ...]
    kept: Mapping[str, Answer]
    chosen: Mapping[str, Pick]
    errors: tuple[str, ...]


def walk(definition: Definition, answers: Mapping[str, object]) -> Walk:
    if not isinstance(answers, Mapping):
        raise AnswersError(["answers:invalid"])
    shown: list[QuestionSpec] = []
    kept: dict[str, Answer] = {}
    chosen: dict[str, Pick] = {}
    errors = [f"{key}:unknown" for key in answers if not definition.has_question(key)]
    for question in definition.questions:
        if not answers_hold(question.show_if, kept):
            continue
        shown.append(question)
        answer = answers.get(question.key)
        option = question.option(answer)
        if option is not None and isinstance(answer, str | int):
            kept[question.key] = answer
            chosen[question.key] = Pick(question, option)
        elif answer is not None and answer != "":
            errors.append(f"{question.key}:invalid")
        elif not question.optional:
            errors.append(f"{question.key}:required")
    return Walk(tuple(shown), kept, chosen, tuple(sorted(errors)))
