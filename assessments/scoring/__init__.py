"""From answers to a result, with the trace that explains it.

Whole numbers only: each score is rounded half up exactly, so that an old submission comes out
the same for ever. The steps and their names are those of the file format's description.
"""

from assessments.scoring.comparing import compare
from assessments.scoring.results import (
    AnswersError,
    Comparison,
    DimensionScore,
    Move,
    MovedAnswer,
    PointsSum,
    Result,
    ScoreChange,
    ScoringStep,
    Tested,
    Trace,
    TriedAlternative,
    TriedProfile,
)
from assessments.scoring.single import NONE_TICKED, score

__all__ = [
    "NONE_TICKED",
    "AnswersError",
    "Comparison",
    "DimensionScore",
    "Move",
    "MovedAnswer",
    "PointsSum",
    "Result",
    "ScoreChange",
    "ScoringStep",
    "Tested",
    "Trace",
    "TriedAlternative",
    "TriedProfile",
    "compare",
    "score",
]
