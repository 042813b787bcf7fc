"""Generated keys, positions, rule sentences and database constraints."""

import pytest
from django.core.exceptions import ValidationError
from django.db import IntegrityError, transaction
from django.db.models import RestrictedError

from assessments.models import (
    Assessment,
    Condition,
    ConditionChoice,
    Edition,
    Practice,
    Question,
    rule_in_words,
)
from assessments.models.base import make_key
from assessments.models.practice import contrast_with_white, validate_accent
from tests.assessments.factories import (
    AssessmentFactory,
    BandFactory,
    CaseFactory,
    ChoiceFactory,
    ConditionFactory,
    DerivedSafetyFactory,
    DimensionFactory,
    EditionFactory,
    FaqFactory,
    NoticeFactory,
    PointsFactory,
    ProfileFactory,
    QuestionFactory,
    SafetyItemFactory,
    SafetyLevelFactory,
    ScaleFactory,
)

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize(
    ("text", "key"),
    [
        ("My toes or the floor", "my_toes_or_the_floor"),
        ("2 to 6 weeks", "2_to_6_weeks"),
        ("  It's - well - odd__here!  ", "its_well_odd_here"),
        ("Größe", "groe"),
        ("日本語", "choice"),
        ("", "choice"),
        (
            "How long have your hips felt tight, all in all?",
            "how_long_have_your_hips_felt_tight_all",
        ),
        ("x" * 60, "x" * 40),
        ("Taken", "taken_3"),
    ],
)
def test_key_is_slugified_from_the_text(text, key):
    assert make_key(text, taken={"taken", "taken_2"}, fallback="choice") == key


def test_key_is_stable_when_the_text_changes():
    question = QuestionFactory(text="How far?")

    question.text = "How far do you get?"
    question.save()

    assert question.key == "how_far"


def test_keys_are_unique_within_their_parent_only():
    one, other = QuestionFactory(text="Reach"), QuestionFactory(text="Reach")
    again = QuestionFactory(text="Reach", assessment=one.assessment)
    choices = [ChoiceFactory(question=question, label="Yes") for question in (one, again, again)]

    assert [one.key, other.key, again.key] == ["reach", "reach", "reach_2"]
    assert [choice.key for choice in choices] == ["yes", "yes", "yes_2"]


def test_reserved_keys_are_avoided():
    assert QuestionFactory(text="Safety").key == "safety_2"
    assert SafetyItemFactory(why="None").key == "none_2"


def test_slug_is_made_from_the_title():
    titles = ["Tight hips", "Tight hips", "日本"]

    assert [AssessmentFactory(title=title).slug for title in titles] == [
        "tight-hips",
        "tight-hips-2",
        "self-check",
    ]


def test_new_part_is_added_last():
    first = QuestionFactory()
    second = QuestionFactory(assessment=first.assessment)
    elsewhere = QuestionFactory()

    assert [first.position, second.position, elsewhere.position] == [1, 2, 1]


def test_moved_part_keeps_its_position():
    question = QuestionFactory(position=7)

    question.save()

    assert Question.objects.get().position == 7


def conditions():
    """One condition of each kind with its sentence."""
    reach = QuestionFactory(text="Reach")
    pain = ScaleFactory(text="Worst pain", assessment=reach.assessment)
    mobility = DimensionFactory(label="Mobility", assessment=reach.assessment)
    ankles, toes = (ChoiceFactory(question=reach, label=label) for label in ("Ankles", "Toes"))
    yield (
        {"kind": "in", "question": reach},
        [toes, ankles],
        "“Reach” is answered with one of: “Toes”, “Ankles”",
    )
    yield {"kind": "not_in", "question": reach}, [toes], "“Reach” is answered with none of: “Toes”"
    yield (
        {"kind": "number", "question": pain, "at_least": 6},
        [],
        "“Worst pain” is answered with 6 or more",
    )
    yield (
        {"kind": "number", "question": pain, "at_most": 2},
        [],
        "“Worst pain” is answered with 2 or less",
    )
    yield (
        {"kind": "number", "question": pain, "at_least": 3, "at_most": 5},
        [],
        "“Worst pain” is answered with 3 or more and 5 or less",
    )
    yield {"kind": "score", "dimension": mobility, "below": 60}, [], "Mobility is below 60"
    yield {"kind": "score", "dimension": mobility, "at_least": 0}, [], "Mobility is 0 or more"
    yield {"kind": "unmeasured", "dimension": mobility}, [], "Mobility was not measured"
    yield (
        {"kind": "confidence", "confidences": "low none"},
        [],
        "Any score is a rough guess or not measured",
    )
    yield {"kind": "always"}, [], "Whatever the answers are"


def test_conditions_read_as_sentences():
    sentences = []
    for fields, choices, sentence in conditions():
        condition = ConditionFactory(**fields)
        for choice in choices:
            ConditionChoice.objects.create(condition=condition, choice=choice)
        sentences.append((str(condition), sentence))

    assert [said for said, _ in sentences] == [expected for _, expected in sentences]


def test_rule_reads_as_one_sentence():
    profile = ProfileFactory()
    mobility = DimensionFactory(assessment=profile.assessment)
    pain = ScaleFactory(text="Pain", assessment=profile.assessment)
    ConditionFactory(profile=profile, alternative=2, kind="unmeasured", dimension=mobility)
    ConditionFactory(profile=profile, alternative=1, kind="score", dimension=mobility, below=60)
    ConditionFactory(profile=profile, alternative=1, kind="number", question=pain, at_most=3)

    assert rule_in_words(profile.conditions.all()) == (
        "Mobility is below 60, and “Pain” is answered with 3 or less; "
        "or instead: Mobility was not measured"
    )


def test_empty_rule_never_applies():
    assert rule_in_words(ProfileFactory().conditions.all()) == "Never"


def test_rule_sentences_take_two_queries(django_assert_num_queries):
    profile = ProfileFactory()
    for _ in range(3):
        choice = ChoiceFactory()
        condition = ConditionFactory(profile=profile, kind="in", question=choice.question)
        ConditionChoice.objects.create(condition=condition, choice=choice)

    with django_assert_num_queries(2):
        rule_in_words(profile.conditions.with_parts())


def refused(factory, **fields):
    with pytest.raises(IntegrityError), transaction.atomic():
        factory(**fields)
    return True


def test_database_rejects_incomplete_or_overfull_conditions():
    question, dimension = ScaleFactory(), DimensionFactory()

    assert refused(ConditionFactory, kind="in")
    assert refused(ConditionFactory, kind="in", question=question, at_least=3)
    assert refused(ConditionFactory, kind="number", question=question)
    assert refused(ConditionFactory, kind="number", at_least=3)
    assert refused(ConditionFactory, kind="number", question=question, at_least=3, below=5)
    assert refused(ConditionFactory, kind="score", dimension=dimension)
    assert refused(ConditionFactory, kind="score", dimension=dimension, below=3, at_most=2)
    assert refused(ConditionFactory, kind="unmeasured")
    assert refused(ConditionFactory, kind="unmeasured", dimension=dimension, below=3)
    assert refused(ConditionFactory, kind="confidence", dimension=dimension)
    assert refused(ConditionFactory, kind="always", confidences="low")


def test_database_requires_exactly_one_owner_per_condition():
    assert refused(ConditionFactory, profile=None)
    assert refused(ConditionFactory, notice=NoticeFactory())


def test_database_rejects_score_rules_on_questions():
    dimension = DimensionFactory()
    owners = [{"shown_question": QuestionFactory()}, {"derived": DerivedSafetyFactory()}]

    for owner in owners:
        fields = {"profile": None, **owner}
        assert refused(ConditionFactory, kind="unmeasured", dimension=dimension, **fields)
        assert refused(ConditionFactory, kind="always", **fields)
        assert refused(
            ConditionFactory,
            kind="number",
            question=ScaleFactory(),
            at_least=1,
            alternative=2,
            **fields,
        )


def test_database_rejects_invalid_self_checks():
    assessment = AssessmentFactory()
    level = SafetyLevelFactory(assessment=assessment, rank=1)
    points = PointsFactory()

    assert refused(AssessmentFactory, confidence_low=60)
    assert refused(AssessmentFactory, confidence_high=101)
    assert refused(AssessmentFactory, slug=assessment.slug)
    assert refused(SafetyLevelFactory, assessment=assessment, rank=level.rank)
    assert refused(QuestionFactory, kind="scale")
    assert refused(QuestionFactory, minimum=0, maximum=10)
    assert refused(ScaleFactory, minimum=10, maximum=0)
    assert refused(QuestionFactory, kind="several", minimum=0, maximum=10)
    assert refused(BandFactory, lowest=5, highest=4)
    assert refused(ProfileFactory, start_phase=4)
    assert refused(PointsFactory, choice=points.choice, dimension=points.dimension)
    assert refused(PointsFactory, band=BandFactory())
    assert refused(PointsFactory, choice=None, dimension=points.dimension)
    assert refused(NoticeFactory, faq=FaqFactory(), in_why=True)


def test_database_requires_a_name_of_its_own_for_each_case():
    case = CaseFactory(name="Knees")

    assert refused(CaseFactory, assessment=case.assessment, name="Knees")
    assert refused(CaseFactory, name="")
    assert str(CaseFactory(name="Knees")) == "Knees"


def test_answer_used_by_a_rule_is_protected():
    choice = ChoiceFactory()
    condition = ConditionFactory(kind="in", question=choice.question)
    ConditionChoice.objects.create(condition=condition, choice=choice)

    with pytest.raises(RestrictedError):
        choice.delete()
    with pytest.raises(RestrictedError):
        choice.question.delete()

    condition.delete()
    choice.question.delete()
    assert not Question.objects.exists()


def test_score_area_used_by_a_rule_is_protected():
    dimension = DimensionFactory()
    ConditionFactory(kind="unmeasured", dimension=dimension)

    with pytest.raises(RestrictedError):
        dimension.delete()


def test_unpublished_draft_can_be_deleted():
    choice = ChoiceFactory()
    assessment = choice.question.assessment
    item = SafetyItemFactory(assessment=assessment)
    derived = DerivedSafetyFactory(assessment=assessment, level=item.level)
    condition = ConditionFactory(profile=None, derived=derived, kind="in", question=choice.question)
    ConditionChoice.objects.create(condition=condition, choice=choice)
    PointsFactory(choice=choice)

    assessment.delete()

    assert not Assessment.objects.exists()
    assert not Condition.objects.exists()


def test_safety_item_requires_a_level_of_the_same_self_check():
    stranger = SafetyLevelFactory()

    with pytest.raises(ValidationError, match="another self-check"):
        SafetyItemFactory.build(assessment=AssessmentFactory(), level=stranger).clean()
    SafetyItemFactory.build(assessment=stranger.assessment, level=stranger).clean()


def test_edition_is_immutable():
    edition = EditionFactory()

    edition.note = "Other words"

    with pytest.raises(TypeError, match="never changed"):
        edition.save()
    assert Edition.objects.get().note == ""


@pytest.mark.parametrize(
    ("colour", "contrast"), [("#ffffff", 1.0), ("#000000", 21.0), ("#767676", 4.54)]
)
def test_contrast_follows_wcag(colour, contrast):
    assert round(contrast_with_white(colour), 2) == contrast


@pytest.mark.parametrize("colour", ["#767676", "#0B6B5D", "#000000"])
def test_readable_accent_color_is_valid(colour):
    validate_accent(colour)


@pytest.mark.parametrize(
    ("colour", "reason"),
    [
        ("#777777", "too light"),
        ("#ffff00", "too light"),
        ("red", "six digits"),
        ("#12345", "six digits"),
        ("#b5401a\n", "six digits"),
    ],
)
def test_unreadable_accent_color_is_invalid(colour, reason):
    with pytest.raises(ValidationError, match=reason):
        validate_accent(colour)


def test_default_practice_is_valid_and_anonymous():
    practice = Practice()

    practice.full_clean()

    assert [practice.name, practice.sender_name, practice.credentials] == ["RunFit", "RunFit", ""]


def test_picture_needs_alt_text():
    with pytest.raises(ValidationError, match="Say in words what the photo shows"):
        Practice(photo="practice/me.jpg").full_clean()
    assert refused(Practice.objects.create, logo="practice/logo.png")


def test_names_must_be_single_line():
    with pytest.raises(ValidationError, match="Use one line"):
        Practice(sender_name="RunFit\nBcc: x@example.org").full_clean()


def test_translation_is_one_step_away_in_another_language():
    original = AssessmentFactory(title="Hips", language="en")
    spanish = AssessmentFactory(title="Caderas", language="es", translation_of=original)
    spanish.full_clean()
    original.full_clean()

    def fault(assessment, **changes):
        for name, value in changes.items():
            setattr(assessment, name, value)
        with pytest.raises(ValidationError) as raised:
            assessment.full_clean()
        assessment.refresh_from_db()
        return raised.value.message_dict

    other = AssessmentFactory(title="Hüfte", language="de")
    assert [
        fault(other, translation_of=other),
        fault(other, translation_of=spanish),
        fault(original, translation_of=other),
        fault(other, translation_of=original, language="EN"),
        fault(other, translation_of=original, language="es"),
        fault(original, language="ES"),
    ] == [
        {"translation_of": ["A self-check can't translate itself."]},
        {"translation_of": ["“Caderas” is a translation itself. Pick the one that it translates."]},
        {"translation_of": ["Others translate this one, so it can't translate another."]},
        {"translation_of": ["“Hips” has this language already."]},
        {"translation_of": ["“Caderas” has this language already."]},
        {"language": ["A translation of this one has this language."]},
    ]
