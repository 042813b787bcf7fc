"""Which lists of conditions can hold together, over everything that a runner can answer.

The default questionnaire has millions of combinations of answers, and most differ in nothing
that matters, so they are not tried one by one. The search goes through the questions once and
carries *states*: which lists of conditions still stand, and the sums of the scores that are still
open. What leads to the same state is the same from there on, and is followed once:

- only questions that bear on what is asked about are gone through;
- answers to one question with the same points and the same truths count once;
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
    """The sets of clauses (by index) that hold together at the end of some way to answer.

    Each of them can be reached. There are no others where the search is `proven`; where it is
    not, there were too many states, and only a part of them was followed.
    """

    held: frozenset[frozenset[int]]
    proven: bool


def outcomes(
    definition: Definition, clauses: Sequence[Clause], *, scored: bool = True, steps: int = STEPS
) -> Outcomes:
    """Search all ways to answer; where `scored`, without those that a safety level stops."""
    plan = SearchPlan(definition, clauses, _stops(definition) if scored else [])
    frontier: Collection[State] = plan.start()
    proven = True
    stages = plan.stages()
    for number, stage in enumerate(stages):
        room = max(steps // (len(stages) - number) // len(stage.effects), 1)
        proven = proven and len(frontier) <= room
        frontier = _thinned(frontier, room)
        steps -= len(frontier) * len(stage.effects)
        answered = {after for _, _, after in _answered(stage, frontier)}
        frontier = plan.closed(answered, stage.closes)
    held = frozenset(plan.held(mask) for mask, _ in frontier)
    return Outcomes(held, proven)


def example(
    definition: Definition, clauses: Sequence[Clause], held: frozenset[int], *, steps: int = STEPS
) -> dict[str, Answer] | None:
    """One way to answer at whose end exactly these clauses hold, where the search meets one:
    the answers that bear on it, by the key of their question. It goes as `outcomes` does, and
    remembers how it came to each state."""
    plan = SearchPlan(definition, clauses, _stops(definition))
    trails: dict[State, Trail] = dict.fromkeys(plan.start(), ())
    stages = plan.stages()
    for number, (question, stage) in enumerate(zip(plan.questions, stages, strict=True)):
        room = max(steps // (len(stages) - number) // len(stage.effects), 1)
        frontier = _thinned(trails, room)
        steps -= len(frontier) * len(stage.effects)
        followed: dict[State, Trail] = {}
        for before, answer, after in _answered(stage, frontier):
            [state] = plan.closed({after}, stage.closes)
            if state not in followed:
                given = () if answer is None else ((question.key, answer),)
                followed[state] = (*trails[before], *given)
        trails = followed
    found = (trail for (mask, _), trail in trails.items() if plan.held(mask) == held)
    trail = next(found, None)
    return None if trail is None else dict(trail)


def _stops(definition: Definition) -> list[Clause]:
    safety = definition.safety
    return [each.when for each in safety.derived if safety.level(each.level).stops]


def _answered(
    stage: Stage, frontier: Iterable[State]
) -> Iterator[tuple[State, Answer | None, State]]:
    """Each state, an answer (None: not asked, or skipped), and the state after it."""
    for state in frontier:
        mask, sums = state
        if not mask & stage.shown:
            yield state, None, (mask & stage.hidden, sums)
            continue
        for (keep, points), answer in stage.effects.items():
            if not mask & keep & stage.stops:
                yield state, answer, (mask & keep, tuple(map(add, sums, points)))


def _thinned(frontier: Collection[State], room: int) -> Collection[State]:
    """Some of the states, spread over all of them, and the same ones each time."""
    if len(frontier) <= room:
        return frontier
    return sorted(frontier)[:: -(-len(frontier) // room)]
