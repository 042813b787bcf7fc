"""Runs the cases of a definition: runners to get right, and what must come out for each."""

from collections.abc import Iterator, Mapping, Sequence

from assessments.definition import NONE, CaseExpectation, CaseSpec, Definition
from assessments.scoring import AnswersError, Result, score

LONGEST = 80  # characters of a quoted text


def case_failures(definition: Definition, case: CaseSpec) -> list[str]:
    """What comes out differently from what the case expects, in words; empty if nothing does."""
    try:
        result = score(definition, case.answers, case.safety)
    except AnswersError as error:
        return [_fault(definition, one) for one in error.errors]
    return list(_failures(definition, case.expect, result))


def _fault(definition: Definition, error: str) -> str:
    """Why the answers of a case can't be scored."""
    key, _, reason = error.rpartition(":")
    if error.startswith("safety:"):
        return "the safety list doesn't offer what is checked on it"
    if reason == "unknown":
        return f"“{key}” isn't asked anymore"
    question = f"“{cut(definition.question(key).text)}”"
    return (
        f"{question} isn't answered" if reason == "required" else f"{question} has another answer"
    )


def _failures(definition: Definition, expect: CaseExpectation, result: Result) -> Iterator[str]:
    if expect.level and expect.level != (result.safety_level or NONE):
        levels = {key: level.title for key, level in definition.safety.levels.items()}
        yield _instead("safety level", result.safety_level, expect.level, levels)
    if expect.profile and expect.profile != (result.profile or NONE):
        profiles = {profile.key: profile.title for profile in definition.profiles}
        yield _instead("result type", result.profile, expect.profile, profiles)
    scores = result.dimensions or {}
    measured = [key for key, scored in scores.items() if scored.score is not None]
    areas = {dimension.key: dimension.label for dimension in definition.dimensions}
    advice = {notice.key: notice.text for notice in definition.notices}
    yield from _absent(expect.measured, measured, areas, "the score area {} isn't measured")
    yield from _present(expect.unmeasured, measured, areas, "the score area {} is measured")
    yield from _absent(expect.notices, result.notices, advice, "the advice {} is missing")
    yield from _present(expect.no_notices, result.notices, advice, "the advice {} is given")


def _instead(what: str, found: str | None, expected: str, names: Mapping[str, str]) -> str:
    return f"the {what} is {_named(found or NONE, names)} and not {_named(expected, names)}"


def _absent(
    expected: Sequence[str], found: Sequence[str], names: Mapping[str, str], words: str
) -> Iterator[str]:
    yield from (words.format(_named(key, names)) for key in expected if key not in found)


def _present(
    refused: Sequence[str], found: Sequence[str], names: Mapping[str, str], words: str
) -> Iterator[str]:
    yield from (words.format(_named(key, names)) for key in refused if key in found)


def _named(key: str, names: Mapping[str, str]) -> str:
    return f"“{cut(names.get(key, key))}”"


def cut(text: str) -> str:
    """A text on one line, short enough to quote."""
    flat = " ".join(text.split())
    return flat if len(flat) <= LONGEST else f"{flat[: LONGEST - 1].rstrip()}…"
