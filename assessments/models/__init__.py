"""Drafts that the PT edits, published editions, submissions, the practice, and counts."""

from assessments.models.advice import Faq, Notice, ProfileFaq, RetestAdvice
from assessments.models.cases import Case
from assessments.models.counting import DayCount, Sight
from assessments.models.draft import Assessment, Dimension, Profile
from assessments.models.limits import RequestCount
from assessments.models.practice import Practice
from assessments.models.published import Edition, Submission
from assessments.models.questions import Band, Choice, Points, Question
from assessments.models.retention import Retention
from assessments.models.rules import Condition, ConditionChoice, rule_in_words
from assessments.models.safety import DerivedSafety, SafetyItem, SafetyLevel

__all__ = [
    "Assessment",
    "Band",
    "Case",
    "Choice",
    "Condition",
    "ConditionChoice",
    "DayCount",
    "DerivedSafety",
    "Dimension",
    "Edition",
    "Faq",
    "Notice",
    "Points",
    "Practice",
    "Profile",
    "ProfileFaq",
    "Question",
    "RequestCount",
    "Retention",
    "RetestAdvice",
    "SafetyItem",
    "SafetyLevel",
    "Sight",
    "Submission",
    "rule_in_words",
]
