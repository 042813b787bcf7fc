"""Scores one visit: safety list, answers, scores, profile."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace

from assessments.definition import Definition, SafetyItemSpec
from assessments.scoring.results import (
    AnswersError,
    DimensionScore,
    Move,
    PointsSum,
    Result,
    SafetyResult,
    ScoringStep,
    Trace,
    TriedProfile,
)
from assessments.scoring.rules import answers_hold, rule_holds, try_profile
from assessments.scoring.sums import dimension_score, points_sum, total
from assessments.scoring.walk import Pick, Walk, walk

NONE_TICKED = "none"


def score(definition: Definition, answers: Mapping[str, object], safety: Sequence[str]) -> Result:
    """Score a set of answers.

    Invalid answers raise AnswersError, never anything else. If a ticked or derived safety level
    stops, the other answers may be missing or invalid.
    """
    ticked = _ticked(definition, safety)
    walked = walk(definition, answers)
    derived = tuple(
        rule for rule in definition.safety.derived if answers_hold(rule.when, walked.valid)
    )
    levels = definition.safety.levels
    reached = [item.level for item in ticked] + [rule.level for rule in derived]
    level = max(reached, key=lambda name: levels[name].rank, default=None)
    reasons = Trace(ticked, derived)
    if level is not None and levels[level].stops:
        return _stopped(level, levels[level].guide, walked, reasons)
    if walked.errors:
        raise AnswersError(walked.errors)
    guide = "now" if level is None else levels[level].guide
    return _scored(definition, level, guide, walked, reasons)


def safety_result(definition: Definition, safety: Sequence[str]) -> SafetyResult:
    """What the safety list alone leads to. Raises AnswersError."""
    ticked = _ticked(definition, safety)
    rank = {key: level.rank for key, level in definition.safety.levels.items()}
    level = max((item.level for item in ticked), key=rank.__getitem__, default=None)
    return SafetyResult(level, Trace(ticked, ()))


def profile_of(definition: Definition, answers: Mapping[str, object]) -> str | None:
    """The result type alone, in half the time: without safety list, notices and trace. Raises
    AnswersError."""
    walked = walk(definition, answers)
    if walked.errors:
        raise AnswersError(walked.errors)
    scores = _scores(definition, _tallies(definition, walked))
    held = (
        profile.key
        for profile in definition.profiles
        if rule_holds(profile.rule, walked.valid, scores)
    )
    return next(held, None)


def _ticked(definition: Definition, safety: Sequence[str]) -> tuple[SafetyItemSpec, ...]:
    """The ticked safety items, in list order."""
    if not safety:
        raise AnswersError(["safety:required"])
    if isinstance(safety, str) or not isinstance(safety, Sequence):
        raise AnswersError(["safety:invalid"])
    ticked = {key if isinstance(key, str) else f"({type(key).__name__})" for key in safety}
    if NONE_TICKED in ticked and len(ticked) > 1:
        raise AnswersError(["safety:none_with_others"])
    items = tuple(item for item in definition.safety.items if item.key in ticked)
    unknown = ticked - {NONE_TICKED} - {item.key for item in items}
    if unknown:
        raise AnswersError(f"safety:unknown:{key}" for key in sorted(unknown))
    return items


def _stopped(level: str, guide: str, walked: Walk, trace: Trace) -> Result:
    return Result(
        safety_level=level,
        profile=None,
        start_phase=None,
        dimensions=None,
        total=None,
        notices=(),
        guide=guide,
        answers=walked.valid,
        trace=trace,
    )


def _scored(
    definition: Definition, level: str | None, guide: str, walked: Walk, reasons: Trace
) -> Result:
    tallies = _tallies(definition, walked)
    scores = _scores(definition, tallies)
    tried = tuple(_tried(definition, walked, scores))
    profile = definition.profile(tried[-1].profile) if tried[-1].held else None
    return Result(
        safety_level=level,
        profile=profile.key if profile else None,
        start_phase=profile.start_phase if profile else None,
        dimensions=scores,
        total=total(definition, {key: scored.score for key, scored in scores.items()}),
        notices=tuple(
            notice.key
            for notice in definition.notices
            if rule_holds(notice.rule, walked.valid, scores)
        ),
        guide=guide,
        answers=walked.valid,
        trace=replace(reasons, steps=tuple(_steps(walked)), tallies=tallies, profiles=tried),
    )


def _tallies(definition: Definition, walked: Walk) -> dict[str, PointsSum]:
    return {
        dimension.key: points_sum(dimension.key, walked.chosen.values(), walked.shown)
        for dimension in definition.dimensions
    }


def _scores(definition: Definition, tallies: Mapping[str, PointsSum]) -> dict[str, DimensionScore]:
    percents = definition.confidence
    return {key: dimension_score(points, percents) for key, points in tallies.items()}


def _tried(
    definition: Definition, walked: Walk, scores: Mapping[str, DimensionScore]
) -> Iterator[TriedProfile]:
    """Evaluate profiles in order, up to the first that holds."""
    for profile in definition.profiles:
        tried = try_profile(profile.key, profile.rule, walked.valid, scores)
        yield tried
        if tried.held:
            return


def _steps(walked: Walk) -> Iterator[ScoringStep]:
    for question in walked.shown:
        pick = walked.chosen.get(question.key)
        yield ScoringStep(
            question.key, walked.valid.get(question.key), _moves(pick) if pick else ()
        )


def _moves(pick: Pick) -> tuple[Move, ...]:
    return tuple(
        Move(dimension, need, pick.question.largest[dimension])
        for dimension, need in pick.option.points.items()
        if need is not None
    )
