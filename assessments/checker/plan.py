"""Plans the search: the order of questions, and the effects of their answers."""

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from itertools import chain
from typing import TypeAlias

from assessments.definition import (
    Answer,
    AnswerCondition,
    ChoiceCondition,
    Condition,
    ConfidenceCondition,
    Definition,
    QuestionSpec,
    ScaleCondition,
    ScoreCondition,
)
from assessments.scoring.results import PointsSum
from assessments.scoring.rules import answer_holds, score_holds
from assessments.scoring.sums import dimension_score, percent

# A list of conditions that must all hold.
Clause: TypeAlias = Sequence[Condition]
# One bit per clause that can still hold.
Mask: TypeAlias = int
# Need, top, and possible points of every relevant score, flattened.
Sums: TypeAlias = tuple[int, ...]
State: TypeAlias = tuple[Mask, Sums]

# Sets of choices to try for one question. With more, the search proves nothing.
MOST_PICKS = 1000


@dataclass(frozen=True, slots=True)
class Stage:
    """A question. An effect keeps the clauses in its mask and adds its sums; it is mapped to the
    first answer that has this effect.

    `shown` is the bit of the question's `show_if`; `hidden` is the mask to apply if that is false.
    `stops` are the clauses that end the search if they still hold after this question. `closes`
    are the indexes of scores that no later question adds to. If `partial`, there are more answers.
    """

    shown: Mask
    hidden: Mask
    effects: Mapping[State, Answer | None]
    stops: Mask
    closes: tuple[int, ...]
    partial: bool


class SearchPlan:
    """Targets, stops, and every `show_if` as bits, and the relevant questions in order."""

    def __init__(
        self, definition: Definition, targets: Sequence[Clause], stops: Sequence[Clause]
    ) -> None:
        self.percents = definition.confidence
        self.scores = _scores(definition, targets)
        self.questions = _ordered(
            _relevant(definition, [*targets, *stops], self.scores), self.scores
        )
        self.targets = targets
        self.stops = stops
        self.clauses = [*targets, *stops, *(question.show_if for question in self.questions)]
        # After the clauses, one bit per any_score condition that no score has met so far.
        self.unmet = {
            condition: 1 << (len(self.clauses) + index)
            for index, condition in enumerate(dict.fromkeys(_confidence_conditions(targets)))
        }
        self.all = (1 << (len(self.clauses) + len(self.unmet))) - 1
        self.mask_for_score = cache(self._mask_for_score)

    def start(self) -> set[State]:
        """The states before the first question. A stop without conditions leaves none."""
        if not all(self.stops):
            return set()
        scored = {key for question in self.questions for key in question.largest}
        unscored = [index for index, key in enumerate(self.scores) if key not in scored]
        return self.close_scores({(self.all, (0, 0, 0) * len(self.scores))}, unscored)

    def stages(self) -> list[Stage]:
        return [self._stage(index) for index in range(len(self.questions))]

    def close_scores(self, states: set[State], indexes: Collection[int]) -> set[State]:
        """Apply these final scores to the clauses, then drop their sums."""
        for index in indexes:
            low, high = 3 * index, 3 * index + 3
            states = {
                (
                    mask & self.mask_for_score(self.scores[index], *sums[low:high]),
                    (*sums[:low], 0, 0, 0, *sums[high:]),
                )
                for mask, sums in states
            }
        return states

    def satisfied(self, mask: Mask) -> frozenset[int]:
        """The targets that hold at the end."""
        return frozenset(
            index
            for index, clause in enumerate(self.targets)
            if mask >> index & 1
            and not any(
                mask & self.unmet[condition] for condition in _confidence_conditions([clause])
            )
        )

    def _stage(self, index: int) -> Stage:
        question = self.questions[index]
        shown = 1 << (len(self.targets) + len(self.stops) + index)
        answers = _distinct_answers(question, self.clauses)
        return Stage(
            shown=shown,
            hidden=self._mask_for(question, None) & ~shown,
            effects={
                (
                    self._mask_for(question, answer) & ~shown,
                    self._points(question, answer),
                ): answer
                for answer in reversed(answers)
            },
            stops=self._stop_mask(index),
            closes=self._final_scores(index),
            partial=question.kind == "several" and len(answers) > MOST_PICKS,
        )

    def _mask_for(self, question: QuestionSpec, answer: Answer | None) -> Mask:
        given = {} if answer is None else {question.key: answer}
        return self._without(
            index
            for index, clause in enumerate(self.clauses)
            if not all(answer_holds(condition, given) for condition in _about(question, clause))
        )

    def _points(self, question: QuestionSpec, answer: Answer | None) -> Sums:
        option = question.option(answer)
        sums: list[int] = []
        for key in self.scores:
            largest = question.largest.get(key, 0)
            points = option.points.get(key) if option else None
            sums += (0, 0, largest) if points is None else (points, largest, largest)
        return tuple(sums)

    def _final_scores(self, index: int) -> tuple[int, ...]:
        """The indexes of the scores that this question is the last to add to."""
        scored, later = self.questions[index].largest, self.questions[index + 1 :]
        return tuple(
            place
            for place, key in enumerate(self.scores)
            if key in scored and not any(key in question.largest for question in later)
        )

    def _stop_mask(self, index: int) -> Mask:
        """The stops whose last condition is on this question."""
        current, later = self.questions[index], self.questions[index + 1 :]
        return sum(
            1 << (len(self.targets) + number)
            for number, clause in enumerate(self.stops)
            if _about(current, clause) and not any(_about(question, clause) for question in later)
        )

    def _mask_for_score(self, key: str, need: int, top: int, possible: int) -> Mask:
        """The clauses that can still hold with this final score."""
        score = dimension_score(PointsSum(need, top, percent(top, possible)), self.percents)
        mask = self._without(
            index
            for index, clause in enumerate(self.clauses)
            if not all(score_holds(condition, score.score) for condition in _on_score(key, clause))
        )
        met = (
            bit
            for condition, bit in self.unmet.items()
            if score.confidence in condition.confidence_in
        )
        return mask & ~sum(met)

    def _without(self, clauses: Iterable[int]) -> Mask:
        return self.all & ~sum(1 << index for index in clauses)


def _about(question: QuestionSpec, clause: Clause) -> list[AnswerCondition]:
    return [
        condition
        for condition in clause
        if isinstance(condition, AnswerCondition) and condition.answer == question.key
    ]


def _on_score(key: str, clause: Clause) -> list[ScoreCondition]:
    return [
        condition
        for condition in clause
        if isinstance(condition, ScoreCondition) and condition.score == key
    ]


def _confidence_conditions(clauses: Iterable[Clause]) -> list[ConfidenceCondition]:
    conditions = chain.from_iterable(clauses)
    return [condition for condition in conditions if isinstance(condition, ConfidenceCondition)]


def _scores(definition: Definition, clauses: Sequence[Clause]) -> list[str]:
    """The dimensions that the clauses use, in order; all of them for an any_score condition."""
    keys = [dimension.key for dimension in definition.dimensions]
    if _confidence_conditions(clauses):
        return keys
    return [key for key in keys if any(_on_score(key, clause) for clause in clauses)]


def _relevant(
    definition: Definition, clauses: Sequence[Clause], scores: Collection[str]
) -> list[QuestionSpec]:
    """The questions that affect these scores or clauses, directly or through a `show_if`."""
    relevant: list[QuestionSpec] = []
    relevant_clauses = list(clauses)
    for question in reversed(definition.questions):
        is_used = any(_about(question, clause) for clause in relevant_clauses)
        if is_used or not question.largest.keys().isdisjoint(scores):
            relevant.insert(0, question)
            relevant_clauses.append(question.show_if)
    return relevant


def _ordered(questions: Sequence[QuestionSpec], scores: Collection[str]) -> list[QuestionSpec]:
    """Questions after those in their `show_if`, with as few open scores at a time as possible."""
    scored_by = {question.key: question.largest.keys() & set(scores) for question in questions}
    remaining, ordered, begun = list(questions), list[QuestionSpec](), set[str]()

    def left_open(question: QuestionSpec) -> int:
        later = {
            key for other in remaining if other is not question for key in scored_by[other.key]
        }
        return len((begun | scored_by[question.key]) & later)

    while remaining:
        ready = [q for q in remaining if not any(_about(other, q.show_if) for other in remaining)]
        ordered.append(min(ready, key=left_open))
        remaining.remove(ordered[-1])
        begun |= scored_by[ordered[-1].key]
    return ordered


def _distinct_answers(question: QuestionSpec, clauses: Iterable[Clause]) -> list[Answer | None]:
    """Enough answers to have every possible effect; includes None if the question is optional."""
    answers: list[Answer | None] = [None] if question.optional else []
    if question.kind == "choice":
        return [*answers, *(choice.key for choice in question.choices)]
    if question.kind == "several":
        return [*answers, *_distinct_picks(question, clauses)]
    thresholds = {band.from_ for band in question.bands}
    for condition in chain.from_iterable(_about(question, clause) for clause in clauses):
        if isinstance(condition, ScaleCondition):
            thresholds |= _thresholds(condition)
    return [*answers, *(number for number in sorted(thresholds) if question.option(number))]


def _distinct_picks(question: QuestionSpec, clauses: Iterable[Clause]) -> list[Answer]:
    """The fewest choices to pick together for every set of conditions that they can decide."""
    lists = {
        condition.in_ or condition.not_in or ()
        for condition in chain.from_iterable(_about(question, clause) for clause in clauses)
        if isinstance(condition, ChoiceCondition)
    }
    named = {
        choice.key: frozenset(keys for keys in lists if choice.key in keys)
        for choice in question.choices
    }
    picks: dict[frozenset[tuple[str, ...]], tuple[str, ...]] = {}
    for choice in sorted(question.choices, key=lambda choice: choice.alone):
        together = [] if choice.alone else list(picks.items())
        for hit, keys in [(frozenset[tuple[str, ...]](), ()), *together]:
            picks.setdefault(hit | named[choice.key], (*keys, choice.key))
        if len(picks) > MOST_PICKS:
            break
    return list(picks.values())


def _thresholds(condition: ScaleCondition) -> set[int]:
    """The numbers on a scale at which a condition starts or stops to hold."""
    low, high = condition.at_least, condition.at_most
    return ({low} if low is not None else set()) | ({high + 1} if high is not None else set())
