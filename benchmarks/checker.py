"""What the checker saves: `.venv/bin/python -m benchmarks.checker`.

Proves the default self-check, whose safety list and questions have millions of combinations, and
shorter ones of its first questions both by the checker's search and by scoring every way to
answer. Prints seconds side by side; only the ratios of one run mean something.
"""

import json
from collections.abc import Callable
from itertools import product
from math import prod
from pathlib import Path
from time import perf_counter
from typing import Any

from assessments.checker import check
from assessments.definition import Definition, parse
from assessments.scoring import score

CONTENT = Path(__file__).resolve().parent.parent / "content" / "tight-hips.json"
QUESTIONS = (3, 4, 5, 6)
MOST_SECONDS = 2


def main() -> int:
    data = json.loads(CONTENT.read_text(encoding="utf-8"))
    whole = parse(data)
    print("| Questions | Ways to answer | Checker | Every way scored | Ratio |")
    print("|---|---|---|---|---|")
    for number in QUESTIONS:
        short = parse(shortened(data, number))
        searched, tried = timed(lambda d=short: check(d)), timed(lambda d=short: every(d))
        print(
            f"| {number} | {ways(short):,} | {searched:.3f} s | {tried:.3f} s | "
            f"{tried / searched:.0f} |"
        )
    searched = timed(lambda: check(whole))
    print(f"| {len(whole.questions)} | {ways(whole):,} | {searched:.3f} s | not tried | |")
    return 0 if searched < MOST_SECONDS and check(whole) == [] else 1


def shortened(data: dict[str, Any], number: int) -> dict[str, Any]:
    """The first questions, with one result type and no rules on what is left out."""
    kept = data["questions"][:number]
    fed = {
        key
        for question in kept
        for each in question.get("choices", question.get("bands", []))
        for key in each["points"]
    }
    safety = {**data["safety"], "derived": []}
    first = {**data["profiles"][-1], "faq": {}}
    dimensions = [each for each in data["dimensions"] if each["key"] in fed]
    return {
        **data,
        "questions": kept,
        "dimensions": dimensions,
        "safety": safety,
        "profiles": [first],
        "notices": [],
    }


def ways(definition: Definition) -> int:
    return prod(len(kinds(question)) for question in definition.questions)


def kinds(question: Any) -> list[Any]:
    numbers = range(question.minimum, question.maximum + 1) if question.kind == "scale" else ()
    answers = [choice.key for choice in question.choices] or list(numbers)
    return [*answers, *([None] if question.optional else [])]


def every(definition: Definition) -> None:
    keys = [question.key for question in definition.questions]
    for answers in product(*map(kinds, definition.questions)):
        given = {key: each for key, each in zip(keys, answers, strict=True) if each is not None}
        score(definition, given, ["none"])


def timed(run: Callable[[], object]) -> float:
    start = perf_counter()
    run()
    return perf_counter() - start


if __name__ == "__main__":
    raise SystemExit(main())
