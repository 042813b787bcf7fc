"""Finds which lists of conditions can hold together, over all possible answers.

The default self-check has millions of combinations of answers, too many to try one by one. The
search goes through the questions once and tracks *states*: which lists of conditions can still
hold, and the sums of the unfinished scores. Paths that reach the same state are merged:

- only relevant questions are searched;
- answers to a question with the same points and the same effect on conditions count once;
- the sums of a score are dropped as soon as its last question is answered.
"""

from collections.abc import Collection, Iterable, Iterator, Sequence
from dataclasses import dataclass
from operator import add
from typing import TypeAlias

from assessments.checker.plan import Clause, SearchPlan, Stage, State
from assessments.definition import Answer, Definition

# How a state was reached.
Trail: TypeAlias = tuple[tuple[str, Answer], ...]

STEPS = 250_000


@dataclass(frozen=True, slots=True)
class Outcomes:
    """The sets of clauses (by index) that can hold together.

    All of them are reachable. If `proven`, there are no others; if not, there were too many
    states, and only some were searched.
    """

    held: frozenset[frozenset[int]]
    proven: bool


def outcomes(
    definition: Definition, clauses: Sequence[Clause], *, scored: bool = True, steps: int = STEPS
) -> Outcomes:
    """Search all possible answers; if `scored`, without those that a safety level stops."""
    plan = SearchPlan(definition, clauses, _stops(definition) if scored else [])
    frontier: Collection[State] = plan.start()
    stages = plan.stages()
    proven = not any(stage.partial for stage in stages)
    for number, stage in enumerate(stages):
        room = max(steps // (len(stages) - number) // len(stage.effects), 1)
        proven = proven and len(frontier) <= room
        frontier = _thinned(frontier, room)
        steps -= len(frontier) * len(stage.effects)
        answered = {after for _, _, after in _answered(stage, frontier)}
        frontier = plan.close_scores(answered, stage.closes)
    held = frozenset(plan.satisfied(mask) for mask, _ in frontier)
    return Outcomes(held, proven)


def example(
    definition: Definition, clauses: Sequence[Clause], held: frozenset[int], *, steps: int = STEPS
) -> dict[str, Answer] | None:
    """An example of answers for which exactly these clauses hold, if the search finds one."""
    return examples(definition, clauses, steps=steps).get(held)


def examples(
    definition: Definition, clauses: Sequence[Clause], *, steps: int = STEPS
) -> dict[frozenset[int], dict[str, Answer]]:
    """An example of answers for each set of clauses that the search finds to hold together.

    Answers are those that matter, by question. Searches like `outcomes`, but also tracks the
    answers that led to a state.
    """
    plan = SearchPlan(definition, clauses, _stops(definition))
    trails: dict[State, Trail] = dict.fromkeys(plan.start(), ())
    stages = plan.stages()
    for number, (question, stage) in enumerate(zip(plan.questions, stages, strict=True)):
        room = max(steps // (len(stages) - number) // len(stage.effects), 1)
        frontier = _thinned(trails, room)
        steps -= len(frontier) * len(stage.effects)
        next_trails: dict[State, Trail] = {}
        for before, answer, after in _answered(stage, frontier):
            [state] = plan.close_scores({after}, stage.closes)
            if state not in next_trails:
                given = () if answer is None else ((question.key, answer),)
                next_trails[state] = (*trails[before], *given)
        trails = next_trails
    found: dict[frozenset[int], dict[str, Answer]] = {}
    for (mask, _), trail in trails.items():
        found.setdefault(plan.satisfied(mask), dict(trail))
    return found


def _stops(definition: Definition) -> list[Clause]:
    safety = definition.safety
    return [rule.when for rule in safety.derived if safety.level(rule.level).stops]


def _answered(
    stage: Stage, frontier: Iterable[State]
) -> Iterator[tuple[State, Answer | None, State]]:
    """Tuples of a state, an answer (None if hidden or skipped), and the next state."""
    for state in frontier:
        mask, sums = state
        if not mask & stage.shown:
            yield state, None, (mask & stage.hidden, sums)
            continue
        for (keep, points), answer in stage.effects.items():
            if not mask & keep & stage.stops:
                yield state, answer, (mask & keep, tuple(map(add, sums, points)))


def _thinned(frontier: Collection[State], room: int) -> Collection[State]:
    """An evenly spread, deterministic sample of the states."""
    if len(frontier) <= room:
        return frontier
    return sorted(frontier)[:: -(-len(frontier) // room)]
