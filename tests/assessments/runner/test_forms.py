"""The self-check form: fields, posted answers, and errors."""

import pytest
from django.http import QueryDict
from django.utils.html import escape
from django.utils.http import urlencode

from assessments.definition import parse
from assessments.runner.forms import SelfCheckForm, blank_fields, fields_html
from tests.assessments.small import ANSWERS, SMALL, edition_of, small, with_tried

DEFINITION = parse(SMALL)
TOUCH = "Please answer: “How far do you reach?”"
PAIN = "Please answer: “How much does it hurt?”"
LIFTS = "Please answer: “What do you lift?”"


def posted(definition=DEFINITION, **fields):
    return SelfCheckForm(definition, QueryDict(urlencode(fields, doseq=True)))


def errors(**fields):
    """All errors by field name."""
    form = posted(**fields)
    return {form.add_prefix(name): list(messages) for name, messages in form.errors.items()}


def changed(**fields):
    return ANSWERS | fields


def test_complete_form_is_valid_and_gives_answers_for_scoring():
    form = posted(**ANSWERS)

    assert form.is_valid()
    assert form.safety == ["none"]
    assert form.answers == {"touch": "knee", "pain": 3, "lifts": "nothing"}


def test_empty_form_reports_all_errors():
    assert errors() == {
        "safety": ["Check what's true for you, or check “None of these”."],
        "touch": [TOUCH],
        "pain": [PAIN],
    }


def test_missing_answer_to_a_shown_question_is_an_error():
    assert errors(safety="none", touch="knee", pain="3") == {"lifts": [LIFTS]}


def test_hidden_question_needs_no_answer():
    assert errors(safety="none", touch="never", pain="3") == {}
    assert errors(safety="none", touch="never", pain="3", lifts="nonsense") == {}


@pytest.mark.parametrize("pain", ["11", "-1", "2.0", "٣", " 3", "three", "1" * 5000, "\x00"])
def test_scale_accepts_only_its_numbers(pain):
    assert errors(**changed(pain=pain)) == {
        "pain": ["Please pick one of the answers shown for “How much does it hurt?”"]
    }


@pytest.mark.parametrize("touch", ["floor", "KNEE", "knee\x00", "\u202eknee", "x" * 100_000])
def test_choice_accepts_only_its_keys(touch):
    assert errors(**changed(touch=touch))["touch"] == [
        "Please pick one of the answers shown for “How far do you reach?”"
    ]


def test_none_cannot_be_combined_with_other_items():
    assert errors(**changed(safety=["none", "young"])) == {
        "safety": ["You checked “None of these” and something else. Keep just one of them."]
    }


def test_unknown_safety_item_is_rejected():
    assert errors(**changed(safety="dragon")) == {"safety": ["Pick only from the safety list."]}


def test_safety_stop_needs_no_other_answer():
    assert errors(safety="fall") == {}
    assert errors(safety="none", pain="8", touch="nonsense") == {}


def test_unknown_fields_are_named():
    assert errors(**changed(dragon="1", unicorn="2")) == {
        "__all__": ["This self-check doesn't ask for “dragon”, “unicorn”. Open the page again."]
    }


def test_unknown_field_names_are_sanitized():
    names = ["a\u202e\x00b", "x" * 100, "y", "z"]

    all_errors = errors(**changed(**dict.fromkeys(names, "1")))

    assert all_errors["__all__"] == [
        f"This self-check doesn't ask for “ab”, “{'x' * 40}”, “y”. Open the page again."
    ]


def test_technical_fields_are_not_unknown():
    assert errors(**changed(csrfmiddlewaretoken="x", form_token="y")) == {}


def test_posted_answers_stay_checked():
    html = fields_html(posted(safety="young", touch="toes", pain="7"))

    for field in ("id_safety_1", "id_touch_1", "id_pain_7"):
        assert f'id="{field}" checked' in html
    assert html.count(" checked>") == 3


def test_errors_are_shown_at_their_field_and_in_a_summary():
    html = fields_html(posted(safety="none", touch="knee", pain="3"))

    assert f'<li><a target="_self" href="#id_lifts_0">{LIFTS}</a></li>' in html
    assert 'role="radiogroup" aria-invalid="true" aria-describedby="id_lifts_error"' in html
    assert f'<p class="error" id="id_lifts_error">{LIFTS} </p>' in html
    assert html.count("aria-invalid") == 1


def test_help_text_is_linked_to_its_field():
    html = fields_html(SelfCheckForm(DEFINITION))

    assert 'aria-describedby="id_touch_helptext"' in html
    assert '<p class="help" id="id_touch_helptext">Warm up first.</p>' in html


def test_steps_are_open_and_when_to_skip_is_expandable():
    html = fields_html(SelfCheckForm(DEFINITION))

    assert "><li><span>Stand tall.</span></li><li><span>Bend slowly.</span></li></ol>" in html
    assert "<p>Skip it if your back is sore.</p>" in html
    assert html.count("<details>") == 1


def test_conditional_question_says_when_to_skip_it():
    html = fields_html(SelfCheckForm(DEFINITION))

    assert (
        '<p class="when">Skip this if your answer to “How far do you reach?” '
        "is “I do not bend”.</p>"
    ) in html


def test_questions_of_a_group_share_a_heading():
    html = fields_html(SelfCheckForm(DEFINITION))

    assert html.count("<section>") == 2
    assert html.index("<h2>An extra check</h2>") < html.index("Where do you feel the bridge?")


def test_long_scale_uses_a_number_input():
    questions = [dict(question) for question in SMALL["questions"]]
    questions[1] |= {"maximum": 100, "bands": [{"from": 0, "to": 100, "points": {"power": 0}}]}
    definition = parse(small(questions=questions))

    html = fields_html(SelfCheckForm(definition))
    form = posted(definition, **changed(pain="77"))

    assert 'name="pain" min="0" max="100" inputmode="numeric"' in html
    assert form.is_valid()
    assert form.answers["pain"] == 77


ENDS = {"low_label": "<i>None", "high_label": "The worst"}


def with_ends(maximum):
    questions = [dict(question) for question in SMALL["questions"]]
    bands = [{"from": 0, "to": maximum, "points": {"power": 0}}]
    questions[1] |= {"maximum": maximum, "bands": bands, **ENDS}
    return fields_html(SelfCheckForm(parse(small(questions=questions))))


def test_scale_says_what_its_ends_mean():
    html = with_ends(4)

    assert '<span>0<span class="vh"> &lt;i&gt;None</span></span>' in html
    assert '<span>4<span class="vh"> The worst</span></span>' in html
    seen = '<p class="ends" aria-hidden="true"><span>&lt;i&gt;None</span><span>The worst</span></p>'
    assert seen in html
    assert 'class="ends"' not in fields_html(SelfCheckForm(DEFINITION))


def test_typed_scale_says_what_its_ends_mean():
    html = with_ends(100)

    seen = '<p class="ends"><span>0: &lt;i&gt;None</span><span>100: The worst</span></p>'
    assert seen in html


@pytest.mark.parametrize("key", ["errors", "media", "form_html", "non_field_errors", "fields"])
def test_question_key_can_equal_a_form_attribute(key):
    questions = [dict(question) for question in SMALL["questions"]]
    questions[3] |= {"key": key, "optional": False}
    definition = parse(small(questions=questions))

    html = fields_html(posted(definition, **ANSWERS))

    assert html.count('class="summary"') == 1
    assert html.count(f'name="{key}"') == 2
    assert 'class="summary"' not in fields_html(SelfCheckForm(definition))


def test_texts_of_the_pt_are_escaped():
    odd = "<b>{{ 7|add:7 }}{% now %}</b>"
    questions = [
        question | {"text": odd, "help": odd, "group": odd, "skip_if": odd, "how_to": [odd]}
        for question in SMALL["questions"]
    ]

    html = fields_html(SelfCheckForm(parse(small(questions=questions))))

    assert "<b>" not in html
    # 4 questions with 4 texts and the label of a fold, 1 heading, 1 condition, 1 extra check
    assert html.count(escape(odd)) == 4 * (4 + 1) + 3


SEVERAL = parse(with_tried())


@pytest.mark.parametrize(
    ("tried", "answers", "error"),
    [
        (["rolling"], ["rolling"], None),
        (["stretching", "rolling"], ["stretching", "rolling"], None),
        (["nothing"], ["nothing"], None),
        ([], None, "Please answer: “What have you tried?”"),
        ([""], [], "Please answer: “What have you tried?”"),
        (["nothing", "rolling"], ..., "“Nothing yet” can't go with other answers."),
        (["rest"], ..., "Please pick one of the answers shown for “What have you tried?”"),
    ],
)
def test_several_answers_are_a_list(tried, answers, error):
    form = posted(SEVERAL, **ANSWERS, tried=tried)

    assert form.answers.get("tried") == (tried if answers is ... else answers)
    assert form.errors.get("answer:tried", []) == ([error] if error else [])


def test_several_answers_are_checkboxes_with_their_answers_kept():
    html = fields_html(posted(SEVERAL, **ANSWERS, tried=["rolling"]))

    assert "Check all that apply." in html
    assert html.count('type="checkbox" name="tried"') == 3
    assert html.count('type="checkbox" name="tried" value="rolling" id="id_tried_1" checked') == 1


def test_blank_fields_are_cached_per_edition_and_country(db, django_assert_num_queries):
    edition = edition_of(SMALL)
    first = blank_fields(edition, "US")

    with django_assert_num_queries(0):
        again = blank_fields(edition, "US")

    assert again is first
    assert first == fields_html(SelfCheckForm(DEFINITION, edition=edition))


def test_words_before_a_colon_are_bold_in_the_safety_list():
    items = [
        {"key": "a", "level": "stop", "text": "A <bad> fall: I fell.", "why": "x"},
        {"key": "b", "level": "stop", "text": "I fell.", "why": "x"},
        {"key": "c", "level": "stop", "text": f"{'Long ' * 13}: I fell.", "why": "x"},
    ]
    html = fields_html(SelfCheckForm(parse(small(safety=SMALL["safety"] | {"items": items}))))

    assert "<span><strong>A &lt;bad&gt; fall:</strong> I fell.</span>" in html
    assert "<span>I fell.</span>" in html
    assert f"<span>{'Long ' * 13}: I fell.</span>" in html


def test_drawing_has_a_tap_target_per_answer_with_a_spot():
    html = fields_html(SelfCheckForm(DEFINITION))

    assert '<div role="img" aria-label="Someone bends forward."><svg viewBox="0 0 10 10">' in html
    assert (
        '<foreignObject x="40%" y="50%" width="49" height="49">'
        '<label class="spot" for="id_touch_0">1</label></foreignObject>'
    ) in html
    assert html.count('class="spot"') == 2
