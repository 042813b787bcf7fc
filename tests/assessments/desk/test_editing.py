"""The desk: what the PT edits, as a browser would post it."""

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile

from assessments.models import (
    Assessment,
    Choice,
    Condition,
    DerivedSafety,
    Dimension,
    Faq,
    Notice,
    Profile,
    Question,
    SafetyItem,
    SafetyLevel,
    rule_in_words,
)
from assessments.publishing.drafts import assessment_compile, assessment_export
from assessments.publishing.services import assessment_check, assessment_load
from tests.assessments.browser import (
    Page,
    address,
    change,
    open_page,
    post,
    said,
)
from tests.assessments.factories import (
    AssessmentFactory,
)
from tests.assessments.small import small
from tests.runfit.hostile import ENDLESS

pytestmark = pytest.mark.django_db


@pytest.mark.once
def test_saving_every_page_unchanged_changes_nothing(admin_client, tight_hips):
    before = assessment_export(slug="tight-hips")
    parts = [Dimension, SafetyLevel, SafetyItem, DerivedSafety, Question, Profile, Notice, Faq]

    for row in [tight_hips, *(row for part in parts for row in part.objects.all())]:
        page = open_page(admin_client, change(row))
        assert admin_client.post(change(row), page.fields).status_code == 302, row

    assert assessment_export(slug="tight-hips") == before


def test_saving_a_part_says_what_is_to_mend_with_a_link_to_it(admin_client, draft):
    Condition.objects.filter(profile__key="ready").delete()
    at = change(draft.profiles.get(key="ready"))

    response = post(admin_client, at, open_page(admin_client, at))

    faults = sum(each.severity == "error" for each in assessment_check(assessment=draft))
    assert response.redirect_chain == [(f"{change(draft)}#profiles-group", 302)]
    assert said(response)[1] == (
        "Saved in the draft. Before you can publish it: "
        f'<a href="{change(draft)}#standing">{faults} to mend</a>.'
    )
    assert 'id="standing"' in response.content.decode()


def test_texts_of_several_lines_are_kept_as_they_were(admin_client, draft):
    draft.statement = "One.\n\nTwo."
    draft.save()

    post(admin_client, change(draft), open_page(admin_client, change(draft)))

    draft.refresh_from_db()
    assert draft.statement == "One.\n\nTwo."


def test_a_self_check_is_begun_with_its_words(admin_client):
    at = address("assessment", "add")

    response = post(
        admin_client, at, open_page(admin_client, at), title="Sore knees", statement="To learn.",
        safety_intro="First, be safe.",
    )  # fmt: skip

    assert response.context["title"] == "Select self-check to change"
    assert Assessment.objects.get().slug == "sore-knees"


def test_a_new_part_belongs_to_the_only_self_check(admin_client, draft):
    opened = open_page(admin_client, address("question", "add"))

    assert opened.fields["assessment"] == [str(draft.pk)]


def test_a_new_part_belongs_to_the_self_check_it_was_opened_from(admin_client, draft):
    AssessmentFactory()
    link = f"{address('question', 'add')}?assessment={draft.pk}"

    assert f'href="{link}"' in admin_client.get(change(draft)).content.decode()
    assert open_page(admin_client, link).fields["assessment"] == [str(draft.pk)]
    assert open_page(admin_client, address("question", "add")).fields["assessment"] == [""]


def test_the_second_step_keeps_the_filters_of_the_list(admin_client, draft):
    filters = f"_changelist_filters=assessment__id__exact%3D{draft.pk}"
    at = f"{address('question', 'add')}?{filters}"

    response = post(admin_client, at, open_page(admin_client, at), kind="choice", text="How far?")

    question = Question.objects.get(key="how_far")
    assert response.redirect_chain == [(f"{change(question)}?{filters}", 302)]


def test_another_question_is_added_where_that_is_asked_for(admin_client, draft):
    at = address("question", "add")
    page = open_page(admin_client, at)

    response = post(admin_client, at, page, kind="choice", text="How far?", _addanother="1")

    assert response.redirect_chain == [(at, 302)]


def test_a_question_is_added_in_two_steps(admin_client, draft):
    at = address("question", "add")
    response = post(
        admin_client, at, open_page(admin_client, at), kind="choice", text="Do you stretch?"
    )
    question = Question.objects.get(key="do_you_stretch")
    assert response.redirect_chain == [(change(question), 302)]

    reach, power = draft.dimensions.all()
    post(
        admin_client,
        change(question),
        Page(response.content.decode()),
        **{
            "choices-TOTAL_FORMS": "2",
            "choices-0-label": "Yes",
            f"choices-0-points_{reach.pk}": "3",
            f"choices-0-points_{power.pk}": "\N{EN DASH}",
            "choices-1-label": "No",
            f"choices-1-points_{reach.pk}": "",
            f"choices-1-points_{power.pk}": "0",
        },
    )

    compiled = assessment_compile(assessment=draft).question("do_you_stretch")
    assert [(each.key, each.label, each.points) for each in compiled.choices] == [
        ("yes", "Yes", {"reach": 3, "power": None}),
        ("no", "No", {"power": 0}),
    ]
    assert [question.assessment, question.position] == [draft, 5]


def test_points_can_be_changed_and_taken_back(admin_client, draft):
    question = draft.questions.get(key="touch")
    reach, power = draft.dimensions.all()
    opened = open_page(admin_client, change(question))
    shown = [opened.fields[f"choices-{number}-points_{reach.pk}"] for number in range(3)]

    post(
        admin_client,
        change(question),
        opened,
        **{
            f"choices-0-points_{reach.pk}": "",
            f"choices-1-points_{reach.pk}": "-",
            f"choices-2-points_{power.pk}": "7",
        },
    )

    assert shown == [["4"], ["0"], ["-"]]
    compiled = assessment_compile(assessment=draft).question("touch")
    assert [each.points for each in compiled.choices] == [
        {},
        {"reach": None},
        {"reach": None, "power": 7},
    ]


@pytest.mark.parametrize("text", ["-1", "1.5", "many", "1000001", "²", ENDLESS])
def test_points_that_are_none_are_refused(admin_client, draft, text):
    question = draft.questions.get(key="touch")
    reach = draft.dimensions.get(key="reach")
    opened = open_page(admin_client, change(question))

    response = post(
        admin_client, change(question), opened, **{f"choices-0-points_{reach.pk}": text}
    )

    assert "Write a whole number, a dash, or nothing." in response.content.decode()


def test_a_scale_has_parts_with_points(admin_client, draft):
    pain = draft.questions.get(key="pain")
    power = draft.dimensions.get(key="power")

    post(
        admin_client,
        change(pain),
        open_page(admin_client, change(pain)),
        **{"bands-0-highest": "6", "bands-1-lowest": "7", f"bands-1-points_{power.pk}": "5"},
    )

    bands = assessment_compile(assessment=draft).question("pain").bands
    assert [(band.from_, band.to, band.points) for band in bands] == [
        (0, 6, {"power": 0}),
        (7, 10, {"power": 5}),
    ]


@pytest.mark.parametrize(
    ("key", "fields", "reason"),
    [
        ("pain", {"minimum": "11"}, "The highest number must not be below the lowest."),
        ("pain", {"maximum": ""}, "A scale needs a lowest and a highest number."),
        ("pain", {"bands-0-lowest": "5"}, "“To” must not be below “from”."),
    ],
)
def test_a_scale_that_is_none_is_refused(admin_client, draft, key, fields, reason):
    question = draft.questions.get(key=key)

    response = post(
        admin_client, change(question), open_page(admin_client, change(question)), **fields
    )

    assert reason in response.content.decode()


@pytest.mark.parametrize(
    ("kind", "numbers", "reason"),
    [
        ("scale", {}, "A scale needs a lowest and a highest number."),
        ("choice", {"minimum": "0"}, "Leave both numbers empty, or pick a scale above."),
    ],
)
def test_a_new_question_is_a_choice_or_a_whole_scale(admin_client, draft, kind, numbers, reason):
    at = address("question", "add")

    response = post(
        admin_client, at, open_page(admin_client, at), kind=kind, text="How much?", **numbers
    )

    assert reason in response.content.decode()


def test_two_levels_are_never_as_serious(admin_client, draft):
    level = draft.safety_levels.get(key="wait")

    response = post(admin_client, change(level), open_page(admin_client, change(level)), rank="2")

    assert "Another level has this number." in response.content.decode()


def test_how_sure_a_score_is_goes_down_in_order(admin_client, draft):
    response = post(
        admin_client, change(draft), open_page(admin_client, change(draft)), confidence_low="60"
    )

    assert "“A rough guess” must start at or below “fairly sure”" in response.content.decode()


def test_a_language_is_a_code(admin_client, draft):
    response = post(
        admin_client,
        change(draft),
        open_page(admin_client, change(draft)),
        language="Plain English",
    )

    assert "For example: en, de or es-MX</li>" in response.content.decode()


def test_an_answer_that_a_rule_names_is_not_deleted(admin_client, draft):
    question = draft.questions.get(key="touch")
    never = question.choices.get(key="never")
    opened = open_page(admin_client, change(question))

    response = post(admin_client, change(question), opened, **{"choices-2-DELETE": "on"})

    assert "would require deleting the following protected related objects" in (
        response.content.decode()
    )
    assert Choice.objects.filter(pk=never.pk).exists()


def test_parts_are_dragged_into_order(admin_client, draft):
    opened = open_page(admin_client, change(draft))
    places = [f"questions-{number}-position" for number in range(4)]
    assert [opened.fields[place] for place in places] == [["1"], ["2"], ["3"], ["4"]]

    post(
        admin_client, change(draft), opened, **dict(zip(places, ["3", "1", "4", "2"], strict=True))
    )

    keys = [question.key for question in draft.questions.all()]
    assert keys == ["pain", "bridge", "touch", "lifts"]


def add_condition(client, row, **fields):
    """Fill in the next free row of conditions."""
    opened = open_page(client, change(row))
    number = int(opened.fields["conditions-TOTAL_FORMS"][0])
    names = {f"conditions-{number}-{name}": value for name, value in fields.items()}
    return post(client, change(row), opened, **{"conditions-TOTAL_FORMS": str(number + 1)}, **names)


def test_a_rule_is_added_as_a_sentence(admin_client, draft):
    profile = draft.profiles.get(key="ready")
    toes, knee = (Choice.objects.get(key=key) for key in ("toes", "knee"))

    add_condition(
        admin_client, profile, alternative="2", kind="in", choices=[str(toes.pk), str(knee.pk)]
    )
    add_condition(
        admin_client, profile, alternative="3", kind="confidence", confidences=["low", "none"]
    )

    assert rule_in_words(profile.conditions.all()) == (
        "Whatever the answers are; "
        "or instead: “How far do you reach?” is answered with one of: “My knees”, “My toes”; "
        "or instead: Any score is a rough guess or not measured"
    )


NAMED = {"choices": Choice, "question": Question, "dimension": Dimension}


def posted(fields):
    """Fields as a page posts them: what is named by its key goes by its number."""
    return {
        name: [str(NAMED[name].objects.get(key=key).pk) for key in value]
        if name in NAMED
        else value
        for name, value in fields.items()
    }


@pytest.mark.parametrize(
    ("fields", "reason"),
    [
        ({"kind": "in"}, "Pick at least one answer."),
        ({"kind": "in", "choices": ["toes", "back"]}, "Pick answers of one question."),
        ({"kind": "in", "question": ["bridge"], "choices": ["toes"]}, "Pick answers of one"),
        ({"kind": "in", "choices": ["toes"], "below": "0"}, "Leave this empty for"),
        ({"kind": "number", "question": ["pain"]}, "Fill in a number here"),
        ({"kind": "number", "question": ["touch"], "at_least": "1"}, "Pick a question with a"),
        ({"kind": "number", "at_least": "1"}, "Pick a question with a scale."),
        ({"kind": "score", "below": "60"}, "Pick a score area."),
        ({"kind": "score", "dimension": ["reach"]}, "Fill in a number here"),
        ({"kind": "unmeasured", "dimension": ["reach"], "at_most": "3"}, "Leave this empty for"),
        ({"kind": "confidence"}, "Tick at least one."),
        ({"kind": "always", "question": ["touch"]}, "Leave this empty for"),
    ],
)
def test_a_condition_that_makes_no_sentence_is_refused(admin_client, draft, fields, reason):
    notice = draft.notices.get(key="sore")

    response = add_condition(admin_client, notice, alternative="1", **posted(fields))

    assert reason in response.content.decode()
    assert notice.conditions.count() == 1


def test_when_a_question_is_asked_knows_answers_only(admin_client, draft):
    opened = admin_client.get(change(draft.questions.get(key="lifts"))).content.decode()

    assert '<option value="in" selected>' not in opened
    assert '<option value="not_in" selected>' in opened
    assert '<option value="score"' not in opened
    assert "What do you lift?</option>" not in opened  # itself
    assert "How far do you reach?</option>" in opened


def test_rules_offer_only_their_own_self_check(admin_client, draft):
    other = assessment_load(data=small(slug="other")).assessment

    stranger = other.questions.get(key="pain")
    at = change(draft.profiles.get(key="stiff"))

    response = post(
        admin_client, at, open_page(admin_client, at), **{"conditions-2-question": str(stranger.pk)}
    )

    assert "Select a valid choice." in response.content.decode()


def test_a_safety_item_offers_the_levels_of_its_self_check(admin_client, draft):
    assessment_load(data=small(slug="other", title="Other"))
    item = draft.safety_items.first()

    opened = admin_client.get(change(item)).content.decode()

    assert opened.count("Get help now</option>") == 1


DRAWING = '<svg viewBox="0 0 4 4"><path d="M0 0L4 4"/></svg>'


def drawing_file(text):
    return SimpleUploadedFile("reach.svg", text.encode(), "image/svg+xml")


@pytest.fixture
def bridge(draft):
    return draft.questions.get(key="bridge")


def test_a_drawing_is_given_to_a_question_as_a_file(admin_client, bridge):
    page = open_page(admin_client, change(bridge))

    shown = post(
        admin_client, change(bridge), page,
        drawing_file=drawing_file(DRAWING), drawing_alt="A bridge", _continue="1",
    )  # fmt: skip

    bridge.refresh_from_db()
    assert (bridge.drawing, bridge.drawing_alt) == (DRAWING, "A bridge")
    assert f'<div class="drawing">{DRAWING}</div>' in shown.content.decode()


def test_what_a_drawing_program_adds_to_it_is_not_kept(admin_client, bridge):
    page = open_page(admin_client, change(bridge))
    saved = (
        '<?xml version="1.0"?><!-- Inkscape --><svg id="svg1" xmlns="http://www.w3.org/2000/svg" '
        'viewBox="0 0 4 4"><metadata/><path style="fill:none;-inkscape-stroke:none" d="M0 0"/></svg>'
    )

    post(
        admin_client, change(bridge), page,
        drawing_file=drawing_file(saved), drawing_alt="A bridge",
    )  # fmt: skip

    bridge.refresh_from_db()
    assert bridge.drawing == (
        '<svg viewBox="0 0 4 4" xmlns="http://www.w3.org/2000/svg"><path d="M0 0" fill="none" /></svg>'
    )


def test_answers_get_their_places_on_it(admin_client, draft):
    touch = draft.questions.get(key="touch")
    page = open_page(admin_client, change(touch))

    post(
        admin_client,
        change(touch),
        page,
        **{"choices-2-spot_left": "10", "choices-2-spot_top": "20"},
    )

    never = touch.choices.get(key="never")
    assert (never.spot_left, never.spot_top) == (10, 20)


@pytest.mark.parametrize(
    ("left", "top", "reason"),
    [
        ("10", "", "A place on the drawing needs both numbers, up to 100."),
        ("10", "101", "less than or equal to 100"),
    ],
)
def test_half_a_place_is_refused(admin_client, draft, left, top, reason):
    touch = draft.questions.get(key="touch")
    page = open_page(admin_client, change(touch))

    shown = post(
        admin_client,
        change(touch),
        page,
        **{"choices-2-spot_left": left, "choices-2-spot_top": top},
    )

    assert reason in shown.content.decode()


@pytest.mark.parametrize(
    ("text", "alt", "reason"),
    [
        ("<svg><script/></svg>", "A bridge", "The drawing must be one &lt;svg&gt; with a viewBox"),
        ("\x00", "A bridge", "The drawing has a character that cannot be printed."),
        (DRAWING, "", "Say in words what the drawing shows."),
    ],
)
def test_a_drawing_that_may_not_stand_in_a_page_is_refused(admin_client, bridge, text, alt, reason):
    page = open_page(admin_client, change(bridge))

    shown = post(
        admin_client, change(bridge), page, drawing_file=drawing_file(text), drawing_alt=alt
    )

    assert reason in shown.content.decode()
    bridge.refresh_from_db()
    assert bridge.drawing == ""


def test_words_that_a_drawing_lacks_are_asked_for_at_their_field(admin_client, bridge):
    page = open_page(admin_client, change(bridge))

    shown = post(admin_client, change(bridge), page, drawing_file=drawing_file(DRAWING))

    assert shown.context["adminform"].form.errors == {
        "drawing_alt": ["Say in words what the drawing shows."],
        "drawing_file": [
            "Choose the file for “Drawing” again: browsers don't keep it after an error."
        ],
    }


def test_words_for_a_drawing_come_with_one(admin_client, bridge):
    page = open_page(admin_client, change(bridge))

    shown = post(admin_client, change(bridge), page, drawing_alt="A bridge")

    assert shown.context["adminform"].form.errors == {
        "drawing_alt": ["There's no drawing yet. Choose one, or clear these words."]
    }


def test_a_drawing_that_is_taken_away_takes_its_places_along(admin_client, draft):
    touch = draft.questions.get(key="touch")

    post(admin_client, change(touch), open_page(admin_client, change(touch)), drawing_remove="on")

    [written] = [
        each for each in assessment_compile(assessment=draft).questions
        if each.key == "touch"
    ]  # fmt: skip
    assert written.drawing is None
    assert {choice.spot for choice in written.choices} == {None}


def test_a_result_type_answers_what_runners_bring_in_its_own_words(admin_client, draft):
    ready = draft.profiles.get(key="ready")
    at = change(ready)
    page = open_page(admin_client, at)

    post(
        admin_client, at, page,
        **{
            "faq_answers-TOTAL_FORMS": "1",
            "faq_answers-0-profile": str(ready.pk),
            "faq_answers-0-faq": str(draft.faq.get(key="run").pk),
            "faq_answers-0-answer": "As you like.",
        },
    )  # fmt: skip

    profile = assessment_compile(assessment=draft).profile("ready")
    assert profile.faq == {"run": "As you like."}
