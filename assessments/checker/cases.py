"""Runs the cases of a definition: runners to get right, and what must come out for each."""

from collections.abc import Iterator, Mapping

from assessments.definition import NONE, CaseExpectation, CaseSpec, Definition
from assessments.scoring import AnswersError, Result, score
from runfit.lib.messages import message as _

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
    key, reason = error.rsplit(":", 1)
    if error.startswith("safety:"):
        return _("the safety list doesn't offer what is checked on it")
    if reason == "unknown":
        return _("“{name}” isn't asked anymore", name=key)
    question = cut(definition.question(key).text)
    if reason == "required":
        return _("“{name}” isn't answered", name=question)
    return _("“{name}” has another answer", name=question)


def _failures(definition: Definition, expect: CaseExpectation, result: Result) -> Iterator[str]:
    if expect.level and expect.level != (result.safety_level or NONE):
        levels = {key: level.title for key, level in definition.safety.levels.items()}
        yield _(
            "the safety level is {found} and not {expected}",
            found=_named(result.safety_level or NONE, levels),
            expected=_named(expect.level, levels),
        )
    if expect.profile and expect.profile != (result.profile or NONE):
        profiles = {profile.key: profile.title for profile in definition.profiles}
        yield _(
            "the result type is {found} and not {expected}",
            found=_named(result.profile or NONE, profiles),
            expected=_named(expect.profile, profiles),
        )
    scores = result.dimensions or {}
    measured = [key for key, scored in scores.items() if scored.score is not None]
    areas = {dimension.key: dimension.label for dimension in definition.dimensions}
    advice = {notice.key: notice.text for notice in definition.notices}
    for key in expect.measured:
        if key not in measured:
            yield _("the score area {name} isn't measured", name=_named(key, areas))
    for key in expect.unmeasured:
        if key in measured:
            yield _("the score area {name} is measured", name=_named(key, areas))
    for key in expect.notices:
        if key not in result.notices:
            yield _("the advice {name} is missing", name=_named(key, advice))
    for key in expect.no_notices:
        if key in result.notices:
            yield _("the advice {name} is given", name=_named(key, advice))


def _named(key: str, names: Mapping[str, str]) -> str:
    return _("“none”") if key == NONE and key not in names else f"“{cut(names.get(key, key))}”"


def cut(text: str) -> str:
    """A text on one line, short enough to quote."""
    flat = " ".join(text.split())
    return flat if len(flat) <= LONGEST else f"{flat[: LONGEST - 1].rstrip()}…"
