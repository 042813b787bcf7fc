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
from assessments.definition.tidying import LONGEST_FILE as LONGEST_DRAWING_FILE
from assessments.definition.tidying import drawing_tidy
from assessments.definition.writing import canonical, file_text, to_data
from runfit.lib.svg import LONGEST as LONGEST_DRAWING
from runfit.lib.svg import drawing_fault

__all__ = [
    "LONGEST_DRAWING",
    "LONGEST_DRAWING_FILE",
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
    "drawing_fault",
    "drawing_tidy",
    "file_text",
    "parse",
    "to_data",
]
