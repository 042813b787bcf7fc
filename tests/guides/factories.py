"""Factories for exercises, plans, guides and their editions, with minimal content."""

from hashlib import sha256

import factory
from factory.django import DjangoModelFactory

from guides import models
from guides.content import parse_content
from runfit.lib.json_format.writing import canonical
from tests.assessments.factories import AssessmentFactory, ProfileFactory
from tests.guides import samples


class ExercisePictureFactory(DjangoModelFactory):
    exercise = factory.SubFactory("tests.guides.factories.ExerciseFactory")
    picture = "pictures/rock.svg"
    alt = "A runner rocks."

    class Meta:
        model = models.ExercisePicture


class ExerciseFactory(DjangoModelFactory):
    name = factory.Sequence(lambda number: f"Exercise {number}")
    phase = 1
    target = "Hips"
    equipment = "Mat"
    position = "On your back."
    steps = "Lift.\nLower."
    cues = "Slowly"
    common_mistakes = "Racing"
    sets = "2"
    reps = "8"
    rest_seconds = 30
    days_per_week = "3"
    easier = "Less."
    harder = "More."
    stop_if = "Sharp pain"
    order = factory.Sequence(lambda number: number + 1)

    class Meta:
        model = models.Exercise


class SharedRulesFactory(DjangoModelFactory):
    order = "Move\nActivate\nStrengthen"
    warm_up = "Walk."
    pain_rule = "0 to 2: fine.\n3 to 5: less.\nOver 5: stop."
    stop_at_once = "Night pain"
    progress_mobility = "When smooth."
    progress_activation = "When you feel it."
    progress_strength = "When easy."
    progress_one_change = "One thing at a time."
    regress = "If form breaks."
    missed = "Repeat the week."
    with_running = "On easy days."
    runs = "No big jumps."

    class Meta:
        model = models.SharedRules


class PlanFactory(DjangoModelFactory):
    profile = factory.SubFactory(ProfileFactory)
    title = "Two weeks"
    weeks = 2
    start_phase = 1
    running = "As usual."

    class Meta:
        model = models.Plan


class PlanBlockFactory(DjangoModelFactory):
    plan = factory.SubFactory(PlanFactory)
    first_week = 1
    last_week = 2
    days_per_week = 3
    minutes = 10
    goal = "Get going"
    move_on_if = "It is easy"

    class Meta:
        model = models.PlanBlock


class PlanStepFactory(DjangoModelFactory):
    block = factory.SubFactory(PlanBlockFactory)
    exercise = factory.SubFactory(ExerciseFactory)
    dose = "2 x 8"
    order = factory.Sequence(lambda number: number + 1)

    class Meta:
        model = models.PlanStep


class GuideFactory(DjangoModelFactory):
    """A guide with phases and an email, so that it can be published once shared rules exist."""

    assessment = factory.SubFactory(AssessmentFactory)
    title = factory.Sequence(lambda number: f"Guide {number}")
    introduction = "Hello."
    evidence_known = "Little."
    evidence_limits = "Many."
    see_someone = "It hurts at night."
    disclaimer = "For learning."
    secret_title = "A secret"
    secret_text = "We build a thing."
    secret_invitation = "Hear first?"
    phases = factory.RelatedFactoryList("tests.guides.factories.GuidePhaseFactory", "guide", size=3)
    email = factory.RelatedFactory("tests.guides.factories.EmailTextFactory", "guide")

    class Meta:
        model = models.Guide
        skip_postgeneration_save = True


class GuidePhaseFactory(DjangoModelFactory):
    guide = factory.SubFactory(GuideFactory, phases=None)
    number = factory.LazyAttribute(lambda phase: phase.guide.phases.count() + 1)
    title = "Move"
    picture = "The cake"
    text = "You move."

    class Meta:
        model = models.GuidePhase


class ReferenceFactory(DjangoModelFactory):
    guide = factory.SubFactory(GuideFactory)
    text = "Someone 2015"
    order = factory.Sequence(lambda number: number + 1)

    class Meta:
        model = models.Reference


class EmailTextFactory(DjangoModelFactory):
    guide = factory.SubFactory(GuideFactory, email=None)
    subject = "Your guide from {practice}"
    preview = "The link is inside."
    body = "Here is {guide}."
    button = "Open it"

    class Meta:
        model = models.EmailText


class GuideEditionFactory(DjangoModelFactory):
    """An edition of the sample guide."""

    guide = factory.SubFactory(GuideFactory)
    number = factory.Sequence(lambda number: number + 1)
    content = canonical(parse_content(samples.edition()))
    sha256 = sha256(content.encode()).hexdigest()

    class Meta:
        model = models.GuideEdition


class WebhookEndpointFactory(DjangoModelFactory):
    class Meta:
        model = models.WebhookEndpoint

    name = "My list"
    address = "https://hooks.example.org/x"
    consents = True


class NewsEmailFactory(DjangoModelFactory):
    class Meta:
        model = models.NewsEmail

    subject = "It's ready"
    preview = "You asked to hear first"
    body = "Hi"
    language = "en"


class ContactFactory(DjangoModelFactory):
    class Meta:
        model = models.Contact

    email = factory.Sequence(lambda number: f"reader{number}@example.org")
    email_key = factory.SelfAttribute("email")


class ConsentFactory(DjangoModelFactory):
    """A yes to news."""

    class Meta:
        model = models.Consent

    contact = factory.SubFactory(ContactFactory)
    purpose = models.Consent.Purpose.SECRET
    step = models.Consent.Step.CONFIRMED
    text_version = "Tell me first"
    page = "guides:secret"
