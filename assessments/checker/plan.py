"""How the search goes through a definition: in which order, and what each answer does."""

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from itertools import chain
from typing import TypeAlias

from assessments.definition import (
    Answer,
    AnswerCondition,
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
# One bit for each clause that still stands.
Mask: TypeAlias = int
# Need, top and possible points of each score asked about, one after the other.
Sums: TypeAlias = tuple[int, ...]
State: TypeAlias = tuple[Mask, Sums]


@dataclass(frozen=True, slots=True)
class Stage:
    """One question. An effect keeps the clauses in its mask and adds its sums; with it stands the
    first answer that has it.

    `shown` is the bit of the question's `show_if`, `hidden` what stands on where that fell.
    `stops` are clauses that end it where they stand after this question, and `closes` are the
    places of the scores that no later question feeds.
    """

    shown: Mask
    hidden: Mask
    effects: Mapping[State, Answer | None]
    stops: Mask
    closes: tuple[int, ...]


class SearchPlan:
    """Targets, stops and each `show_if` as bits, and the questions that bear on them, in order."""

    def __init__(
        self, definition: Definition, targets: Sequence[Clause], stops: Sequence[Clause]
    ) -> None:
        self.percents = definition.confidence
        self.scores = _scores(definition, targets)
        self.questions = _in_order(
            _relevant(definition, [*targets, *stops], self.scores), self.scores
        )
        self.targets = targets
        self.stops = stops
        self.clauses = [*targets, *stops, *(question.show_if for question in self.questions)]
        # After the clauses, one bit for each any_score condition that no score has met so far.
        self.unmet = {
            condition: 1 << (len(self.clauses) + index)
            for index, condition in enumerate(dict.fromkeys(_confidence_conditions(targets)))
        }
        self.all = (1 << (len(self.clauses) + len(self.unmet))) - 1
        self.standing = cache(self._standing)

    def start(self) -> set[State]:
        """Before the first question. A stop without conditions lets nobody start."""
        if not all(self.stops):
            return set()
        fed = {key for question in self.questions for key in question.largest}
        never_fed = [place for place, key in enumerate(self.scores) if key not in fed]
        return self.closed({(self.all, (0, 0, 0) * len(self.scores))}, never_fed)

    def stages(self) -> list[Stage]:
        return [self._stage(index) for index in range(len(self.questions))]

    def closed(self, states: set[State], places: Collection[int]) -> set[State]:
        """The states once these scores are known: clauses fall, and the sums are forgotten."""
        for place in places:
            low, high = 3 * place, 3 * place + 3
            states = {
                (
                    mask & self.standing(self.scores[place], *sums[low:high]),
                    (*sums[:low], 0, 0, 0, *sums[high:]),
                )
                for mask, sums in states
            }
        return states

    def held(self, mask: Mask) -> frozenset[int]:
        """The targets that stand at the end."""
        return frozenset(
            index
            for index, clause in enumerate(self.targets)
            if mask >> index & 1
            and not any(mask & self.unmet[each] for each in _confidence_conditions([clause]))
        )

    def _stage(self, index: int) -> Stage:
        question = self.questions[index]
        shown = 1 << (len(self.targets) + len(self.stops) + index)
        return Stage(
            shown=shown,
            hidden=self._kept(question, None) & ~shown,
            effects={
                (self._kept(question, answer) & ~shown, self._points(question, answer)): answer
                for answer in reversed(_kinds_of_answer(question, self.clauses))
            },
            stops=self._stopping(index),
            closes=self._closing(index),
        )

    def _kept(self, question: QuestionSpec, answer: Answer | None) -> Mask:
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

    def _closing(self, index: int) -> tuple[int, ...]:
        """The places of the scores that this question is the last to feed."""
        fed, later = self.questions[index].largest, self.questions[index + 1 :]
        return tuple(
            place
            for place, key in enumerate(self.scores)
            if key in fed and not any(key in question.largest for question in later)
        )

    def _stopping(self, index: int) -> Mask:
        """The stops whose last condition is on this question."""
        asked, later = self.questions[index], self.questions[index + 1 :]
        return sum(
            1 << (len(self.targets) + number)
            for number, clause in enumerate(self.stops)
            if _about(asked, clause) and not any(_about(question, clause) for question in later)
        )

    def _standing(self, key: str, need: int, top: int, possible: int) -> Mask:
        """What stands once a score is known."""
        score = dimension_score(PointsSum(need, top, percent(top, possible)), self.percents)
        kept = self._without(
            index
            for index, clause in enumerate(self.clauses)
            if not all(score_holds(each, score.score) for each in _on_score(key, clause))
        )
        met = (bit for each, bit in self.unmet.items() if score.confidence in each.confidence_in)
        return kept & ~sum(met)

    def _without(self, clauses: Iterable[int]) -> Mask:
        return self.all & ~sum(1 << index for index in clauses)


def _about(question: QuestionSpec, clause: Clause) -> list[AnswerCondition]:
    return [
        condition
        for condition in clause
        if isinstance(condition, AnswerCondition) and condition.answer == question.key
    ]


def _on_score(key: str, clause: Clause) -> list[ScoreCondition]:
    return [each for each in clause if isinstance(each, ScoreCondition) and each.score == key]


def _confidence_conditions(clauses: Iterable[Clause]) -> list[ConfidenceCondition]:
    conditions = chain.from_iterable(clauses)
    return [each for each in conditions if isinstance(each, ConfidenceCondition)]


def _scores(definition: Definition, clauses: Sequence[Clause]) -> list[str]:
    """The dimensions asked about, in order: all of them where any score may count."""
    keys = [dimension.key for dimension in definition.dimensions]
    if _confidence_conditions(clauses):
        return keys
    return [key for key in keys if any(_on_score(key, clause) for clause in clauses)]


def _relevant(
    definition: Definition, clauses: Sequence[Clause], scores: Collection[str]
) -> list[QuestionSpec]:
    """The questions that feed these scores, that the clauses name, or that lead to such."""
    relevant: list[QuestionSpec] = []
    leading = list(clauses)
    for question in reversed(definition.questions):
        named = any(_about(question, clause) for clause in leading)
        if named or not question.largest.keys().isdisjoint(scores):
            relevant.insert(0, question)
            leading.append(question.show_if)
    return relevant


def _in_order(questions: Sequence[QuestionSpec], scores: Collection[str]) -> list[QuestionSpec]:
    """Each after those that its `show_if` names, with as few scores open at a time as can be."""
    feeds = {question.key: question.largest.keys() & set(scores) for question in questions}
    waiting, ordered, begun = list(questions), list[QuestionSpec](), set[str]()

    def left_open(question: QuestionSpec) -> int:
        later = {key for other in waiting if other is not question for key in feeds[other.key]}
        return len((begun | feeds[question.key]) & later)

    while waiting:
        ready = [each for each in waiting if not any(_about(o, each.show_if) for o in waiting)]
        ordered.append(min(ready, key=left_open))
        waiting.remove(ordered[-1])
        begun |= feeds[ordered[-1].key]
    return ordered


def _kinds_of_answer(question: QuestionSpec, clauses: Iterable[Clause]) -> list[Answer | None]:
    """Answers enough to have every effect there is; None where the question may be skipped."""
    answers: list[Answer | None] = [None] if question.optional else []
    if question.kind == "choice":
        return [*answers, *(choice.key for choice in question.choices)]
    turns = {band.from_ for band in question.bands}
    for condition in chain.from_iterable(_about(question, clause) for clause in clauses):
        if isinstance(condition, ScaleCondition):
            turns |= _turns(condition)
    return [*answers, *(turn for turn in sorted(turns) if question.option(turn))]


def _turns(condition: ScaleCondition) -> set[int]:
    """The numbers on a scale from which a condition holds, or holds no more."""
    least, most = condition.at_least, condition.at_most
    return ({least} if least is not None else set()) | ({most + 1} if most is not None else set())
