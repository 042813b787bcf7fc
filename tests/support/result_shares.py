"""How many made-up runners get each result, and how many would get another one with one answer
next to theirs.

`python -m tests.support.result_shares` prints it for 12,000 runners of each group.
"""

import json
from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

from assessments.definition import Answer, Definition, parse
from assessments.scoring import score
from tests.support.readers import GROUPS, Group, answer_sets, completed

CONTENT = Path(__file__).resolve().parents[2] / "content" / "tight-hips.json"
NUMBER = 12_000


@dataclass(frozen=True)
class Shares:
    """In percent. `types` are of runners with a result type, `levels` of all runners. `flips` are
    of runners with a result type: those whose type or level one neighboring answer changes, and
    then by question."""

    types: Mapping[str, float]
    levels: Mapping[str, float]
    flips: float
    flips_by_question: Mapping[str, float]


def shares(definition: Definition, group: Group, number: int = NUMBER) -> Shares:
    found = [
        (answers, outcome(definition, answers))
        for answers in answer_sets(definition, group, number)
    ]
    typed = [
        (answers, came_out)
        for answers, came_out in found
        if came_out not in definition.safety.levels
    ]
    flips = [flipping(definition, answers, came_out) for answers, came_out in typed]
    levels = Counter(came_out for _, came_out in found if came_out in definition.safety.levels)
    return Shares(
        types=_percent(Counter(came_out for _, came_out in typed), len(typed)),
        levels=_percent(levels, number),
        flips=round(100 * sum(map(bool, flips)) / len(flips), 1),
        flips_by_question=_percent(Counter(key for keys in flips for key in keys), len(typed)),
    )


def type_shares(definition: Definition, group: Group, number: int = NUMBER) -> Mapping[str, float]:
    """The share of each result type among the runners who get one."""
    found = Counter(
        outcome(definition, answers) for answers in answer_sets(definition, group, number)
    )
    typed = Counter({key: n for key, n in found.items() if key not in definition.safety.levels})
    return _percent(typed, typed.total())


def outcome(definition: Definition, answers: Mapping[str, Answer]) -> str:
    """The result type, or the safety level that stops."""
    result = score(definition, answers, ["none"])
    return str(result.safety_level if result.stopped else result.profile)


def flipping(definition: Definition, answers: Mapping[str, Answer], came_out: str) -> set[str]:
    """The questions of which a neighboring answer changes what comes out."""
    return {
        key
        for key, changed in _neighbors(definition, answers)
        if outcome(definition, completed(definition, changed)) != came_out
    }


def _neighbors(
    definition: Definition, answers: Mapping[str, Answer]
) -> Iterator[tuple[str, dict[str, Answer]]]:
    for question in definition.questions:
        if question.kind == "several" or question.key not in answers:
            continue
        options: list[Answer] = [choice.key for choice in question.choices]
        options = options or [*range(question.minimum, question.maximum + 1)]
        at = options.index(answers[question.key])
        for place in (at - 1, at + 1):
            if 0 <= place < len(options):
                yield question.key, {**answers, question.key: options[place]}


def _percent(counts: Mapping[str, int], whole: int) -> dict[str, float]:
    ranked = sorted(counts.items(), key=lambda pair: -pair[1])
    return {key: round(100 * count / whole, 1) for key, count in ranked}


def main() -> None:
    definition = parse(json.loads(CONTENT.read_text(encoding="utf-8")))
    for name, group in GROUPS.items():
        print(name, shares(definition, group), sep="\n  ")  # noqa: T201 - its output


if __name__ == "__main__":
    main()
