"""The file for clinics, read by a library that knows the types of FHIR."""

import json
from pathlib import Path

import pytest
from django.utils import timezone
from fhir.resources.R4B.bundle import Bundle

from assessments import selectors
from assessments.scoring import score
from assessments.scoring.rules import answers_hold
from assessments.submissions.fhir import fhir_bundle, fhir_questionnaire, fhir_response
from tests.assessments.factories import SubmissionFactory
from tests.assessments.small import edition_of, with_tried

pytestmark = pytest.mark.django_db

ANSWERS = {"touch": "knee", "pain": 3, "lifts": "nothing", "tried": ["stretching", "rolling"]}
TIGHT_HIPS = Path("content/tight-hips.json")


def answered(edition, answers, safety=("none",)):
    result = score(selectors.edition_definition(edition), answers, safety)
    return SubmissionFactory(
        edition=edition,
        answers=json.loads(json.dumps(dict(result.answers))),
        safety=list(safety),
        result=result.expect(),
        profile=result.profile or "",
    )


def test_every_case_of_the_default_content_is_valid_fhir():
    edition = edition_of(json.loads(TIGHT_HIPS.read_text(encoding="utf-8")))
    cases = selectors.edition_definition(edition).cases
    assert cases
    for case in cases:
        written = fhir_bundle(answered(edition, case.answers, case.safety or ("none",)))

        read = Bundle.model_validate_json(json.dumps(written))
        questionnaire, response = (entry.resource for entry in read.entry)
        assert response.questionnaire == f"{questionnaire.url}|{questionnaire.version}"
        assert [item.linkId for item in response.item] == [
            item.linkId
            for item in questionnaire.item
            if item.linkId in case.answers or item.linkId == "safety"
        ]


def test_answers_have_the_types_and_codes_of_their_questions():
    edition = edition_of(with_tried())
    asked = {item["linkId"]: item for item in fhir_questionnaire(edition)["item"]}
    said = {item["linkId"]: item for item in fhir_response(answered(edition, ANSWERS))["item"]}

    assert asked["pain"]["type"] == "integer"
    assert [bound["valueInteger"] for bound in asked["pain"]["extension"]] == [0, 10]
    assert said["pain"]["answer"] == [{"valueInteger": 3}]
    assert (asked["tried"]["type"], asked["tried"]["repeats"]) == ("choice", True)
    for key in ("touch", "lifts", "tried"):
        options = [option["valueCoding"] for option in asked[key]["answerOption"]]
        assert all(answer["valueCoding"] in options for answer in said[key]["answer"])
    assert [answer["valueCoding"]["code"] for answer in said["tried"]["answer"]] == ANSWERS["tried"]
    assert asked["bridge"]["required"] is False
    assert "bridge" not in said


@pytest.mark.parametrize(
    ("safety", "expected"),
    [
        (("none",), {"safety.fall": False, "safety.young": False}),
        (("young",), {"safety.young": True}),  # the other one may not have been read
    ],
)
def test_only_none_of_these_makes_the_safety_list_false(safety, expected):
    [listed, *_] = fhir_response(answered(edition_of(with_tried()), ANSWERS, safety))["item"]

    said = {item["linkId"]: item["answer"][0]["valueBoolean"] for item in listed["item"]}
    assert said == expected


def test_blank_texts_are_left_out():
    data = with_tried()
    data["statement"] = data["safety"]["intro"] = data["questions"][0]["text"] = ""
    written = fhir_bundle(answered(edition_of(data), ANSWERS))

    Bundle.model_validate_json(json.dumps(written))
    assert '""' not in json.dumps(written)


TOUCH = ("knee", "toes", "never")
CONDITIONS = [
    [{"answer": "touch", "in": ["knee"]}],
    [{"answer": "touch", "in": ["knee", "toes"]}],
    [{"answer": "touch", "not_in": ["never"]}],
    [{"answer": "touch", "in": ["knee", "toes"]}, {"answer": "pain", "at_least": 2, "at_most": 5}],
]


@pytest.mark.parametrize("conditions", CONDITIONS)
def test_questions_are_asked_when_the_self_check_asks_them(conditions):
    data = with_tried()
    data["questions"][2]["show_if"] = conditions
    edition = edition_of(data)
    question = selectors.edition_definition(edition).question("lifts")
    [item] = [each for each in fhir_questionnaire(edition)["item"] if each["linkId"] == "lifts"]

    for touch in (*TOUCH, None):
        for pain in range(11):
            answers = {"touch": touch, "pain": pain} if touch else {"pain": pain}
            assert enabled(item, answers) == answers_hold(question.show_if, answers), answers


def test_a_condition_that_fhir_cannot_say_leaves_the_question_open():
    data = with_tried()
    shown = [
        {"answer": "tried", "in": ["stretching", "rolling"]},
        {"answer": "pain", "at_least": 2},
    ]
    later = data["questions"][2] | {"key": "later", "show_if": shown}
    edition = edition_of(data | {"questions": [*data["questions"], later]})
    item = fhir_questionnaire(edition)["item"][-1]

    assert item["required"] is False
    assert "enableWhen" not in item


def enabled(item, answers):
    """As R4 defines enableWhen."""
    held = [holds(when, answers.get(when["question"])) for when in item["enableWhen"]]
    return any(held) if item.get("enableBehavior") == "any" else all(held)


def holds(when, answer):
    expected = when.get("answerCoding", {}).get("code", when.get("answerInteger"))
    return {
        "exists": lambda: answer is not None,
        "=": lambda: answer == expected,
        "!=": lambda: answer != expected,
        ">=": lambda: answer is not None and answer >= expected,
        "<=": lambda: answer is not None and answer <= expected,
    }[when["operator"]]()


def test_a_version_marked_as_wrong_says_so():
    edition = edition_of(with_tried())
    submission = answered(edition, ANSWERS)
    assert "text" not in fhir_response(submission) | fhir_questionnaire(edition)
    edition.recalled_at, edition.recall_reason = timezone.now(), "Reach <counted> twice."

    bundle = Bundle.model_validate_json(json.dumps(fhir_bundle(submission)))

    questionnaire, response = (entry.resource for entry in bundle.entry)
    assert (questionnaire.status, response.status) == ("retired", "completed")
    for resource in (questionnaire, response):
        assert resource.text.status == "additional"
        assert "marked this version as wrong: Reach &lt;counted&gt; twice." in resource.text.div
