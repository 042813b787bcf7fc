"""The self-check as a form: what it asks, what it makes of a post, what it says is wrong."""

import pytest
from django.http import QueryDict
from django.utils.html import escape
from django.utils.http import urlencode

from assessments.definition import parse
from assessments.runner.forms import SelfCheckForm, blank_fields, fields_html
from tests.assessments.small import ANSWERS, SMALL, edition_of, small

DEFINITION = parse(SMALL)
TOUCH = "Please answer: “How far do you reach?”"
PAIN = "Please answer: “How much does it hurt?”"
LIFTS = "Please answer: “What do you lift?”"


def posted(definition=DEFINITION, **fields):
    return SelfCheckForm(definition, QueryDict(urlencode(fields, doseq=True)))


def errors(**fields):
    """Every error by the name of its field."""
    form = posted(**fields)
    return {form.add_prefix(name): list(found) for name, found in form.errors.items()}


def changed(**fields):
    return ANSWERS | fields


def test_a_complete_form_is_valid_and_speaks_scoring_s_language():
    form = posted(**ANSWERS)

    assert form.is_valid()
    assert form.safety == ["none"]
    assert form.answers == {"touch": "knee", "pain": 3, "lifts": "nothing"}


def test_an_empty_form_says_everything_at_once():
    assert errors() == {
        "safety": ["Please tick what is true for you, or tick “None of these”."],
        "touch": [TOUCH],
        "pain": [PAIN],
    }


def test_a_question_that_applies_is_missed():
    assert errors(safety="none", touch="knee", pain="3") == {"lifts": [LIFTS]}


def test_a_question_that_does_not_apply_is_not_missed():
    assert errors(safety="none", touch="never", pain="3") == {}
    assert errors(safety="none", touch="never", pain="3", lifts="nonsense") == {}


@pytest.mark.parametrize("pain", ["11", "-1", "2.0", "٣", " 3", "three", "1" * 5000, "\x00"])
def test_a_scale_takes_its_own_numbers_only(pain):
    assert errors(**changed(pain=pain)) == {
        "pain": ["Please pick one of the answers shown for “How much does it hurt?”"]
    }


@pytest.mark.parametrize("touch", ["floor", "KNEE", "knee\x00", "\u202eknee", "x" * 100_000])
def test_a_choice_takes_its_own_keys_only(touch):
    assert errors(**changed(touch=touch))["touch"] == [
        "Please pick one of the answers shown for “How far do you reach?”"
    ]


def test_none_goes_alone():
    assert errors(**changed(safety=["none", "young"])) == {
        "safety": ["You ticked “None of these” and something else. Please keep only one of them."]
    }


def test_an_unknown_safety_item_is_refused():
    assert errors(**changed(safety="dragon")) == {
        "safety": ["Please choose only from the safety list."]
    }


def test_a_stop_needs_no_other_answer():
    assert errors(safety="fall") == {}
    assert errors(safety="none", pain="8", touch="nonsense") == {}


def test_unknown_fields_are_named():
    assert errors(**changed(dragon="1", unicorn="2")) == {
        "__all__": [
            "This self-check does not ask for “dragon”, “unicorn”. Please open the page again."
        ]
    }


def test_names_from_outside_are_made_safe_to_show():
    names = ["a\u202e\x00b", "x" * 100, "y", "z"]

    found = errors(**changed(**dict.fromkeys(names, "1")))

    assert found["__all__"] == [
        f"This self-check does not ask for “ab”, “{'x' * 40}”, “y”. Please open the page again."
    ]


def test_fields_of_the_page_itself_are_no_strangers():
    assert errors(**changed(csrfmiddlewaretoken="x", form_token="y")) == {}


def test_answers_are_kept():
    html = fields_html(posted(safety="young", touch="toes", pain="7"))

    for field in ("id_safety_1", "id_touch_1", "id_pain_7"):
        assert f'id="{field}" checked' in html
    assert html.count(" checked") == 3


def test_errors_stand_beside_their_fields_and_in_a_summary():
    html = fields_html(posted(safety="none", touch="knee", pain="3"))

    assert f'<li><a href="#id_lifts_0">{LIFTS}</a></li>' in html
    assert 'role="radiogroup" aria-invalid="true" aria-describedby="id_lifts_error"' in html
    assert f'<p class="error" id="id_lifts_error">{LIFTS} </p>' in html
    assert html.count("aria-invalid") == 1


def test_help_describes_its_field():
    html = fields_html(SelfCheckForm(DEFINITION))

    assert 'aria-describedby="id_touch_helptext"' in html
    assert '<p class="help" id="id_touch_helptext">Warm up first.</p>' in html


def test_how_to_and_when_to_skip_open_in_place():
    html = fields_html(SelfCheckForm(DEFINITION))

    assert "<ol><li>Stand tall.</li><li>Bend slowly.</li></ol>" in html
    assert "<p>Skip it if your back is sore.</p>" in html
    assert html.count("<details>") == 2


def test_a_question_with_a_condition_says_when_to_skip_it():
    html = fields_html(SelfCheckForm(DEFINITION))

    assert (
        '<p class="when">Skip this if your answer to “How far do you reach?” '
        "is “I do not bend”.</p>"
    ) in html


def test_questions_of_a_group_share_its_heading():
    html = fields_html(SelfCheckForm(DEFINITION))

    assert html.count("<section>") == 2
    assert html.index("<h2>An extra check</h2>") < html.index("Where do you feel the bridge?")


def test_a_long_scale_is_typed():
    questions = [dict(question) for question in SMALL["questions"]]
    questions[1] |= {"maximum": 100, "bands": [{"from": 0, "to": 100, "points": {"power": 0}}]}
    definition = parse(small(questions=questions))

    html = fields_html(SelfCheckForm(definition))
    form = posted(definition, **changed(pain="77"))

    assert 'name="pain" min="0" max="100" inputmode="numeric"' in html
    assert form.is_valid()
    assert form.answers["pain"] == 77


@pytest.mark.parametrize("key", ["errors", "media", "form_html", "non_field_errors", "fields"])
def test_a_question_may_be_called_like_a_part_of_the_form(key):
    questions = [dict(question) for question in SMALL["questions"]]
    questions[3] |= {"key": key, "optional": False}
    definition = parse(small(questions=questions))

    html = fields_html(posted(definition, **ANSWERS))

    assert html.count('class="summary"') == 1
    assert html.count(f'name="{key}"') == 2
    assert 'class="summary"' not in fields_html(SelfCheckForm(definition))


def test_the_pt_s_words_are_never_code():
    odd = "<b>{{ 7|add:7 }}{% now %}</b>"
    questions = [
        question | {"text": odd, "help": odd, "group": odd, "skip_if": odd, "how_to": [odd]}
        for question in SMALL["questions"]
    ]

    html = fields_html(SelfCheckForm(parse(small(questions=questions))))

    assert "<b>" not in html
    # 4 of each, 2 in the names of what unfolds, 1 heading, 1 condition, 1 extra check at the gate
    assert html.count(escape(odd)) == 4 * (4 + 2) + 3


def test_blank_fields_are_rendered_once_for_an_edition(db, django_assert_num_queries):
    edition = edition_of(SMALL)
    first = blank_fields(edition)

    with django_assert_num_queries(0):
        again = blank_fields(edition)

    assert again is first
    assert first == fields_html(SelfCheckForm(DEFINITION))


def test_lead_words_stand_out_in_the_safety_list():
    items = [
        {"key": "a", "level": "stop", "text": "A <bad> fall: I fell.", "why": "x"},
        {"key": "b", "level": "stop", "text": "I fell.", "why": "x"},
        {"key": "c", "level": "stop", "text": f"{'Long ' * 9}: I fell.", "why": "x"},
    ]
    html = fields_html(SelfCheckForm(parse(small(safety=SMALL["safety"] | {"items": items}))))

    assert "<span><strong>A &lt;bad&gt; fall:</strong> I fell.</span>" in html
    assert "<span>I fell.</span>" in html
    assert f"<span>{'Long ' * 9}: I fell.</span>" in html


def test_a_drawing_has_a_place_to_tap_for_each_answer_that_is_on_it():
    html = fields_html(SelfCheckForm(DEFINITION))

    assert '<div role="img" aria-label="Someone bends forward."><svg viewBox="0 0 10 10">' in html
    assert (
        '<foreignObject x="40%" y="50%" width="44" height="44">'
        '<label class="spot" for="id_touch_0">1</label></foreignObject>'
    ) in html
    assert html.count('class="spot"') == 2
