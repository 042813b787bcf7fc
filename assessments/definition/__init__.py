"""A self-check as typed, immutable data that round-trips through JSON exactly.

`runfit.lib.json_format` reads and writes it. A missing key gives the attribute its default and is
listed in `absent`, so that writing reproduces the input.
"""

from assessments.definition.cases import NONE, CaseExpectation, CaseSpec
from assessments.definition.conditions import (
    Answer,
    AnswerCondition,
    ChoiceCondition,
    Condition,
    ConfidenceCondition,
    Points,
    Rule,
    ScaleCondition,
    ScoreCondition,
)
from assessments.definition.reading import DefinitionError, parse
from assessments.definition.references import (
    LONGEST_NAME,
    NO_EARLIER_QUESTION,
    RESERVED_QUESTION_KEYS,
)
from assessments.definition.shapes import (
    Balance,
    BandSpec,
    ChoiceSpec,
    Confidence,
    Definition,
    Derived,
    DimensionSpec,
    Disclaimers,
    Drawing,
    FaqSpec,
    Labels,
    Level,
    NoticeSpec,
    Option,
    ProfileSpec,
    QuestionSpec,
    Retest,
    Safety,
    SafetyItemSpec,
    Why,
)

__all__ = [
    "LONGEST_NAME",
    "NONE",
    "NO_EARLIER_QUESTION",
    "RESERVED_QUESTION_KEYS",
    "Answer",
    "AnswerCondition",
    "Balance",
    "BandSpec",
    "CaseExpectation",
    "CaseSpec",
    "ChoiceCondition",
    "ChoiceSpec",
    "Condition",
    "Confidence",
    "ConfidenceCondition",
    "Definition",
    "DefinitionError",
    "Derived",
    "DimensionSpec",
    "Disclaimers",
    "Drawing",
    "FaqSpec",
    "Labels",
    "Level",
    "NoticeSpec",
    "Option",
    "Points",
    "ProfileSpec",
    "QuestionSpec",
    "Retest",
    "Rule",
    "Safety",
    "SafetyItemSpec",
    "ScaleCondition",
    "ScoreCondition",
    "Why",
    "parse",
]
