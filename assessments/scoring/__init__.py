"""From answers to a result, with the trace that explains it.

Whole numbers only: each score is rounded half up exactly, so that an old submission comes out
the same for ever. The steps and their names are those of the file format's description.
"""

from assessments.scoring.comparing import compare
from assessments.scoring.results import (
    AnswersError,
    Change,
    Comparison,
    DimensionScore,
    Move,
    MovedAnswer,
    Result,
    Step,
    Tally,
    Tested,
    Trace,
    TriedAlternative,
    TriedProfile,
)
from assessments.scoring.single import NONE_TICKED, score

__all__ = [
    "NONE_TICKED",
    "AnswersError",
    "Change",
    "Comparison",
    "DimensionScore",
    "Move",
    "MovedAnswer",
    "Result",
    "Step",
    "Tally",
    "Tested",
    "Trace",
    "TriedAlternative",
    "TriedProfile",
    "compare",
    "score",
]
