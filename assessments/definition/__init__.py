"""The typed shape of an edition: read from JSON, refused by name, written back exactly.

Every attribute is named as in the file format; a key that is a Python word takes an underscore
(`in_`, `from_`). Attributes whose key was absent hold a plain default, and `absent` remembers
them, so that what is written back is what was read.
"""

from assessments.definition.decoding import decode
from assessments.definition.faults import DefinitionError, Fault, FaultsError
from assessments.definition.reading import parse
from assessments.definition.references import RESERVED_QUESTION_KEYS
from assessments.definition.shapes import (
    Answer,
    AnswerCondition,
    Balance,
    Band,
    Choice,
    ChoiceCondition,
    Condition,
    Confidence,
    ConfidenceCondition,
    Definition,
    Derived,
    Dimension,
    Disclaimers,
    Drawing,
    Faq,
    Labels,
    Level,
    Notice,
    Option,
    Points,
    Profile,
    Question,
    Retest,
    Rule,
    Safety,
    SafetyItem,
    ScaleCondition,
    ScoreCondition,
)
from assessments.definition.writing import canonical, file_text, to_data

__all__ = [
    "RESERVED_QUESTION_KEYS",
    "Answer",
    "AnswerCondition",
    "Balance",
    "Band",
    "Choice",
    "ChoiceCondition",
    "Condition",
    "Confidence",
    "ConfidenceCondition",
    "Definition",
    "DefinitionError",
    "Derived",
    "Dimension",
    "Disclaimers",
    "Drawing",
    "Faq",
    "Fault",
    "FaultsError",
    "Labels",
    "Level",
    "Notice",
    "Option",
    "Points",
    "Profile",
    "Question",
    "Retest",
    "Rule",
    "Safety",
    "SafetyItem",
    "ScaleCondition",
    "ScoreCondition",
    "canonical",
    "decode",
    "file_text",
    "parse",
    "to_data",
]
