"""Runs the cases of a definition: runners to get right, and what must come out for each."""

from collections.abc import Iterator, Sequence

from assessments.definition import CaseExpectation, CaseSpec, Definition
from assessments.scoring import AnswersError, Result, score

NONE = "none"


def case_failures(definition: Definition, case: CaseSpec) -> list[str]:
    """What comes out differently from what the case expects, in words; empty if nothing does."""
    try:
        result = score(definition, case.answers, case.safety)
    except AnswersError as error:
        return [f"its answers don't fit the questions ({', '.join(error.errors)})"]
    return list(_failures(definition, case.expect, result))


def _failures(definition: Definition, expect: CaseExpectation, result: Result) -> Iterator[str]:
    if expect.level and expect.level != (result.safety_level or NONE):
        yield (
            f"the safety level is {_level(definition, result.safety_level)} "
            f"and not {_level(definition, expect.level)}"
        )
    if expect.profile and expect.profile != (result.profile or NONE):
        yield (
            f"the result type is {_profile(definition, result.profile)} "
            f"and not {_profile(definition, expect.profile)}"
        )
    scores = result.dimensions or {}
    measured = {key for key, scored in scores.items() if scored.score is not None}
    yield from _absent(expect.measured, measured, "the score area “{}” isn't measured")
    yield from _present(expect.unmeasured, measured, "the score area “{}” is measured")
    yield from _absent(expect.notices, result.notices, "the advice “{}” is missing")
    yield from _present(expect.no_notices, result.notices, "the advice “{}” is given")


def _absent(expected: Sequence[str], found: set[str] | Sequence[str], words: str) -> Iterator[str]:
    yield from (words.format(key) for key in expected if key not in found)


def _present(refused: Sequence[str], found: set[str] | Sequence[str], words: str) -> Iterator[str]:
    yield from (words.format(key) for key in refused if key in found)


def _level(definition: Definition, key: str | None) -> str:
    level = definition.safety.levels.get(key or NONE)
    return f"“{level.title}”" if level else f"“{key or NONE}”"


def _profile(definition: Definition, key: str | None) -> str:
    titles = {profile.key: profile.title for profile in definition.profiles}
    return f"“{titles.get(key or NONE, key or NONE)}”"
