"""Scores answers: returns a result with a trace that explains it.

Uses only integers, rounded half up, so an old submission always gets the same result. Names
follow the description of the file format.
"""

from assessments.scoring.advice import result_answers, result_notices
from assessments.scoring.comparing import compare
from assessments.scoring.neighbors import Flip, NearMiss, flips, near_misses
from assessments.scoring.open_checks import offered_checks, open_checks
from assessments.scoring.rescoring import Rescored, rescore
from assessments.scoring.results import (
    AnswersError,
    Comparison,
    DimensionScore,
    Move,
    MovedAnswer,
    PointsSum,
    Result,
    SafetyResult,
    ScoreChange,
    ScoringStep,
    Tested,
    Trace,
    TriedAlternative,
    TriedProfile,
)
from assessments.scoring.single import NONE_TICKED, safety_result, score
from assessments.scoring.then_and_now import (
    RealMove,
    ThenAndNow,
    measured_ways,
    real_change,
    same_meaning,
    then_and_now,
)
from assessments.scoring.worst_pain import pain_level

__all__ = [
    "NONE_TICKED",
    "AnswersError",
    "Comparison",
    "DimensionScore",
    "Flip",
    "Move",
    "MovedAnswer",
    "NearMiss",
    "PointsSum",
    "RealMove",
    "Rescored",
    "Result",
    "SafetyResult",
    "ScoreChange",
    "ScoringStep",
    "Tested",
    "ThenAndNow",
    "Trace",
    "TriedAlternative",
    "TriedProfile",
    "compare",
    "flips",
    "measured_ways",
    "near_misses",
    "offered_checks",
    "open_checks",
    "pain_level",
    "real_change",
    "rescore",
    "result_answers",
    "result_notices",
    "safety_result",
    "same_meaning",
    "score",
    "then_and_now",
]
