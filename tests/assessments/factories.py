"""Factories for drafts, editions and answers, with minimal content."""

from datetime import date
from hashlib import sha256

import factory
from factory.django import DjangoModelFactory

from assessments import models
from assessments.definition import parse
from runfit.lib.json_format.writing import canonical
from tests.assessments.small import SMALL


class AssessmentFactory(DjangoModelFactory):
    title = factory.Sequence(lambda number: f"Check {number}")
    statement = "A learning tool."
    safety_intro = "First, be safe."

    class Meta:
        model = models.Assessment


class PartFactory(DjangoModelFactory):
    assessment = factory.SubFactory(AssessmentFactory)

    class Meta:
        abstract = True


class DimensionFactory(PartFactory):
    label = "Mobility"
    plain = "How you move"
    weight = 1

    class Meta:
        model = models.Dimension


class SafetyLevelFactory(PartFactory):
    title = "Get help"
    body = "Call someone."
    rank = factory.Sequence(lambda number: 100 + number)
    scores = "hidden"
    guide = "never"

    class Meta:
        model = models.SafetyLevel


class SafetyItemFactory(PartFactory):
    level = factory.SubFactory(SafetyLevelFactory, assessment=factory.SelfAttribute("..assessment"))
    text = "I had a fall."
    why = "may be broken"

    class Meta:
        model = models.SafetyItem


class DerivedSafetyFactory(PartFactory):
    level = factory.SubFactory(SafetyLevelFactory, assessment=factory.SelfAttribute("..assessment"))
    why = "much pain"

    class Meta:
        model = models.DerivedSafety


class QuestionFactory(PartFactory):
    text = "How far do you reach?"

    class Meta:
        model = models.Question


class ScaleFactory(QuestionFactory):
    kind = "scale"
    text = "How much does it hurt?"
    minimum = 0
    maximum = 10


class ChoiceFactory(DjangoModelFactory):
    question = factory.SubFactory(QuestionFactory)
    label = "My toes"

    class Meta:
        model = models.Choice


class BandFactory(DjangoModelFactory):
    question = factory.SubFactory(ScaleFactory)
    lowest = 0
    highest = 10

    class Meta:
        model = models.Band


class PointsFactory(DjangoModelFactory):
    choice = factory.SubFactory(ChoiceFactory)
    dimension = factory.SubFactory(
        DimensionFactory, assessment=factory.SelfAttribute("..choice.question.assessment")
    )
    value = 1

    class Meta:
        model = models.Points


class ProfileFactory(PartFactory):
    start_phase = 1
    title = "Mobility first"
    summary = "You move little."
    first_step = "Move."
    honest_note = "We did not see you."
    see_someone_if = "It hurts."

    class Meta:
        model = models.Profile


class NoticeFactory(PartFactory):
    text = "Mind the pain."

    class Meta:
        model = models.Notice


class FaqFactory(PartFactory):
    question = "Can I run?"
    answer = "Yes."

    class Meta:
        model = models.Faq


class CaseFactory(PartFactory):
    name = factory.Sequence(lambda number: f"Runner {number}")
    safety = ["none"]

    class Meta:
        model = models.Case


class ConditionFactory(DjangoModelFactory):
    """A condition that always holds, for a result type. Override the owner and the kind."""

    profile = factory.SubFactory(ProfileFactory)
    kind = "always"

    class Meta:
        model = models.Condition


class EditionFactory(DjangoModelFactory):
    assessment = factory.SubFactory(AssessmentFactory)
    number = factory.Sequence(lambda number: number + 1)
    definition = canonical(parse(SMALL))
    sha256 = sha256(definition.encode()).hexdigest()

    class Meta:
        model = models.Edition


class SubmissionFactory(DjangoModelFactory):
    token = factory.Sequence(lambda number: f"{number:043}")
    edition = factory.SubFactory(EditionFactory)
    answers = {"touch": "toes", "pain": 3, "lifts": "weights"}
    safety = ["none"]
    profile = "ready"
    total = 100
    result = {
        "safety_level": None,
        "profile": "ready",
        "start_phase": 3,
        "dimensions": {
            "reach": {"score": 100, "confidence": "high"},
            "power": {"score": None, "confidence": "none"},
        },
        "total": 100,
        "notices": ["sore"],
        "guide": "now",
    }

    class Meta:
        model = models.Submission


class SightFactory(DjangoModelFactory):
    day = date(2026, 3, 2)
    step = "visit"
    number = 1

    class Meta:
        model = models.Sight


class DayCountFactory(DjangoModelFactory):
    """A daily count, unfiltered and on one Monday by default."""

    day = date(2026, 3, 2)
    step = "visit"
    number = 1

    class Meta:
        model = models.DayCount
