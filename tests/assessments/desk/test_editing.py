"""Editing in the admin, with forms posted as a browser would."""

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.utils.html import escape

from assessments.desk.deletions.uses import edited_on
from assessments.models import (
    Assessment,
    Case,
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
    spread,
)
from tests.assessments.factories import (
    AssessmentFactory,
)
from tests.assessments.small import small
from tests.runfit.hostile import ENDLESS

pytestmark = pytest.mark.django_db


@pytest.mark.once
def test_saving_unchanged_pages_changes_nothing(admin_client, tight_hips):
    before = assessment_export(slug="tight-hips")
    parts = [
        Dimension,
        SafetyLevel,
        SafetyItem,
        DerivedSafety,
        Question,
        Profile,
        Notice,
        Faq,
    ]
    rows = [row for part in [*parts, Case] for row in spread(part.objects.all())]

    for row in [tight_hips, *rows]:
        page = open_page(admin_client, change(row))
        assert admin_client.post(change(row), page.fields).status_code == 302, row

    assert assessment_export(slug="tight-hips") == before


def test_saving_a_part_links_to_blocking_errors(admin_client, draft):
    Condition.objects.filter(profile__key="ready").delete()
    at = change(draft.profiles.get(key="ready"))

    response = post(admin_client, at, open_page(admin_client, at))

    findings = assessment_check(assessment=draft)
    faults = sum(finding.severity == "error" for finding in findings)
    assert response.redirect_chain == [(f"{change(draft)}#profiles-group", 302)]
    assert said(response)[1] == (
        "Saved in the draft. Before you can publish it: "
        f'<a href="{change(draft)}#standing">{faults} to fix</a>.'
    )
    assert 'id="standing"' in response.content.decode()


def test_line_breaks_are_preserved(admin_client, draft):
    draft.statement = "One.\n\nTwo."
    draft.save()

    post(admin_client, change(draft), open_page(admin_client, change(draft)))

    draft.refresh_from_db()
    assert draft.statement == "One.\n\nTwo."


def test_new_self_check_starts_with_its_texts(admin_client):
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


def test_save_and_add_another_opens_the_add_page(admin_client, draft):
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
    assert [(choice.key, choice.label, choice.points) for choice in compiled.choices] == [
        ("yes", "Yes", {"reach": 3, "power": None}),
        ("no", "No", {"power": 0}),
    ]
    assert [question.assessment, question.position] == [draft, 5]


def test_points_can_be_changed_and_removed(admin_client, draft):
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
    assert [choice.points for choice in compiled.choices] == [
        {},
        {"reach": None},
        {"reach": None, "power": 7},
    ]


@pytest.mark.parametrize("text", ["-1", "1.5", "many", "1000001", "²", ENDLESS])
def test_invalid_points_are_rejected(admin_client, draft, text):
    question = draft.questions.get(key="touch")
    reach = draft.dimensions.get(key="reach")
    opened = open_page(admin_client, change(question))

    response = post(
        admin_client, change(question), opened, **{f"choices-0-points_{reach.pk}": text}
    )

    assert "Write a whole number, a dash, or nothing." in response.content.decode()


def test_scale_bands_have_points(admin_client, draft):
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
        ("pain", {"minimum": "11"}, "The highest number can&#x27;t be below the lowest."),
        ("pain", {"maximum": ""}, "A scale needs a lowest and a highest number."),
        ("pain", {"bands-0-lowest": "5"}, "“To” can&#x27;t be below “from”."),
    ],
)
def test_invalid_scale_is_rejected(admin_client, draft, key, fields, reason):
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
def test_new_scale_question_requires_its_limits(admin_client, draft, kind, numbers, reason):
    at = address("question", "add")

    response = post(
        admin_client, at, open_page(admin_client, at), kind=kind, text="How much?", **numbers
    )

    assert reason in response.content.decode()


def test_safety_level_ranks_are_unique(admin_client, draft):
    level = draft.safety_levels.get(key="wait")

    response = post(admin_client, change(level), open_page(admin_client, change(level)), rank="2")

    assert "Another level has this number." in response.content.decode()


def test_confidence_thresholds_must_descend(admin_client, draft):
    response = post(
        admin_client, change(draft), open_page(admin_client, change(draft)), confidence_low="60"
    )

    assert "“A rough guess” must start at or below “fairly sure”" in response.content.decode()


def test_invalid_language_code_is_rejected(admin_client, draft):
    response = post(
        admin_client,
        change(draft),
        open_page(admin_client, change(draft)),
        language="Plain English",
    )

    assert "Select a valid choice. Plain English is not" in response.content.decode()


def test_answer_used_by_a_rule_cannot_be_deleted(admin_client, draft):
    question = draft.questions.get(key="touch")
    never = question.choices.get(key="never")
    opened = open_page(admin_client, change(question))

    response = post(admin_client, change(question), opened, **{"choices-2-DELETE": "on"})

    html = response.content.decode()
    assert "would require deleting" not in html
    assert f"“{never}” is still used here: " in html
    for pick in never.picked_by.all():
        owner = edited_on(pick)
        assert f'<a href="{change(owner)}">{escape(owner)}</a>' in html
    assert Choice.objects.filter(pk=never.pk).exists()


def test_parts_can_be_reordered(admin_client, draft):
    opened = open_page(admin_client, change(draft))
    places = [f"questions-{number}-position" for number in range(4)]
    assert [opened.fields[place] for place in places] == [["1"], ["2"], ["3"], ["4"]]

    post(
        admin_client, change(draft), opened, **dict(zip(places, ["3", "1", "4", "2"], strict=True))
    )

    keys = [question.key for question in draft.questions.all()]
    assert keys == ["pain", "bridge", "touch", "lifts"]


def add_condition(client, row, **fields):
    """Fills in the next empty row of conditions."""
    opened = open_page(client, change(row))
    number = int(opened.fields["conditions-TOTAL_FORMS"][0])
    names = {f"conditions-{number}-{name}": value for name, value in fields.items()}
    return post(client, change(row), opened, **{"conditions-TOTAL_FORMS": str(number + 1)}, **names)


def test_rule_conditions_read_as_a_sentence(admin_client, draft):
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
    """Fields as a page posts them, with keys replaced by primary keys."""
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
        ({"kind": "in", "choices": ["toes", "back"]}, "Only pick answers to one question."),
        ({"kind": "in", "question": ["bridge"], "choices": ["toes"]}, "Only pick answers to one"),
        ({"kind": "in", "choices": ["toes"], "below": "0"}, "Leave this empty for"),
        ({"kind": "number", "question": ["pain"]}, "Enter a number here"),
        ({"kind": "number", "question": ["touch"], "at_least": "1"}, "Pick a question with a"),
        ({"kind": "number", "at_least": "1"}, "Pick a question with a scale."),
        ({"kind": "score", "below": "60"}, "Pick a score area."),
        ({"kind": "score", "dimension": ["reach"]}, "Enter a number here"),
        ({"kind": "unmeasured", "dimension": ["reach"], "at_most": "3"}, "Leave this empty for"),
        ({"kind": "confidence"}, "Check at least one."),
        ({"kind": "always", "question": ["touch"]}, "Leave this empty for"),
    ],
)
def test_invalid_condition_is_rejected(admin_client, draft, fields, reason):
    notice = draft.notices.get(key="sore")

    response = add_condition(admin_client, notice, alternative="1", **posted(fields))

    assert reason in response.content.decode()
    assert notice.conditions.count() == 1


def test_show_if_conditions_offer_answers_only(admin_client, draft):
    opened = admin_client.get(change(draft.questions.get(key="lifts"))).content.decode()

    assert '<option value="in" selected>' not in opened
    assert '<option value="not_in" selected>' in opened
    assert '<option value="score"' not in opened
    assert "What do you lift?</option>" not in opened  # the question itself
    assert "How far do you reach?</option>" in opened


def test_rules_offer_parts_of_the_same_self_check_only(admin_client, draft):
    other = assessment_load(data=small(slug="other")).assessment

    stranger = other.questions.get(key="pain")
    at = change(draft.profiles.get(key="stiff"))

    response = post(
        admin_client, at, open_page(admin_client, at), **{"conditions-2-question": str(stranger.pk)}
    )

    assert "Select a valid choice." in response.content.decode()


def test_safety_item_offers_levels_of_the_same_self_check(admin_client, draft):
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


def test_drawing_is_uploaded_as_a_file(admin_client, bridge):
    page = open_page(admin_client, change(bridge))

    shown = post(
        admin_client, change(bridge), page,
        drawing_file=drawing_file(DRAWING), drawing_alt="A bridge", _continue="1",
    )  # fmt: skip

    bridge.refresh_from_db()
    assert (bridge.drawing, bridge.drawing_alt) == (DRAWING, "A bridge")
    assert f'<div class="drawing">{DRAWING}</div>' in shown.content.decode()


def test_editor_metadata_is_removed_from_drawings(admin_client, bridge):
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


def test_answers_can_have_positions_on_the_drawing(admin_client, draft):
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
def test_incomplete_position_is_rejected(admin_client, draft, left, top, reason):
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
def test_unsafe_drawing_is_rejected(admin_client, bridge, text, alt, reason):
    page = open_page(admin_client, change(bridge))

    shown = post(
        admin_client, change(bridge), page, drawing_file=drawing_file(text), drawing_alt=alt
    )

    assert reason in shown.content.decode()
    bridge.refresh_from_db()
    assert bridge.drawing == ""


def test_drawing_requires_alt_text(admin_client, bridge):
    page = open_page(admin_client, change(bridge))

    shown = post(admin_client, change(bridge), page, drawing_file=drawing_file(DRAWING))

    assert shown.context["adminform"].form.errors == {
        "drawing_alt": ["Say in words what the drawing shows."],
        "drawing_file": [
            "Choose the file for “Drawing” again: browsers don't keep it after an error."
        ],
    }


def test_alt_text_requires_a_drawing(admin_client, bridge):
    page = open_page(admin_client, change(bridge))

    shown = post(admin_client, change(bridge), page, drawing_alt="A bridge")

    assert shown.context["adminform"].form.errors == {
        "drawing_alt": ["There's no drawing yet. Choose one, or clear these words."]
    }


def test_removing_a_drawing_removes_positions(admin_client, draft):
    touch = draft.questions.get(key="touch")

    post(admin_client, change(touch), open_page(admin_client, change(touch)), drawing_remove="on")

    [written] = [
        question for question in assessment_compile(assessment=draft).questions
        if question.key == "touch"
    ]  # fmt: skip
    assert written.drawing is None
    assert {choice.spot for choice in written.choices} == {None}


def test_result_type_has_its_own_faq_answers(admin_client, draft):
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
