"""A runner's answers in FHIR R4, which clinics' software reads: the edition as a Questionnaire, and
the answers as a QuestionnaireResponse. They say nothing about who answered.

A question's linkId is its key. Items of the safety list are named `safety.key`, since an item may
have the key of a question.
"""

from collections.abc import Iterator
from datetime import UTC, datetime
from typing import Any, TypeAlias
from uuid import NAMESPACE_URL, uuid5

from django.conf import settings
from django.urls import reverse
from django.utils.html import escape
from django.utils.translation import gettext as _

from assessments import selectors
from assessments.definition import (
    Answer,
    ChoiceCondition,
    ChoiceSpec,
    Definition,
    QuestionSpec,
    ScaleCondition,
)
from assessments.models import Edition, Submission
from assessments.scoring import NONE_TICKED
from runfit.lib.translation import use_language

Json: TypeAlias = dict[str, Any]

MEDIA_TYPE = "application/fhir+json"
SAFETY = "safety"
EXTENSIONS = "http://hl7.org/fhir/StructureDefinition"


def fhir_bundle(submission: Submission) -> Json:
    """Both resources in one file. The same answers give the same file."""
    questionnaire = fhir_questionnaire(submission.edition)
    bundle: Json = {
        "resourceType": "Bundle",
        "type": "collection",
        "timestamp": _instant(submission.created_at),
        "entry": [
            {"fullUrl": _urn(_canonical(submission.edition)), "resource": questionnaire},
            {"fullUrl": _urn(submission.token), "resource": fhir_response(submission)},
        ],
    }
    return {key: _without_blanks(value) for key, value in bundle.items()}


def fhir_questionnaire(edition: Edition) -> Json:
    definition = selectors.edition_definition(edition)
    url = _url(definition)
    return {
        "resourceType": "Questionnaire",
        "language": definition.language,
        "url": url,
        "version": str(edition.number),
        "title": definition.title,
        **_marked_as_wrong(edition),
        "status": "retired" if edition.recalled_at else "active",
        "subjectType": ["Patient"],
        "date": _instant(edition.published_at),
        "publisher": selectors.practice().name,
        "description": definition.statement,
        "item": [
            _safety_list(definition),
            *(_question(definition, question, url) for question in definition.questions),
        ],
    }


def fhir_response(submission: Submission) -> Json:
    definition = selectors.edition_definition(submission.edition)
    return {
        "resourceType": "QuestionnaireResponse",
        "language": definition.language,
        **_marked_as_wrong(submission.edition),
        "questionnaire": _canonical(submission.edition),
        "status": "completed",
        "authored": _instant(submission.created_at),
        "item": [
            *_safety_answers(definition, submission.safety),
            *_answers(definition, submission.answers),
        ],
    }


def _marked_as_wrong(edition: Edition) -> Json:
    """As the narrative, which every program shows: FHIR has no code for a wrong questionnaire with
    right answers."""
    if not edition.recalled_at:
        return {}
    with use_language(selectors.edition_definition(edition).language):
        words = _("The practice marked this version as wrong: {reason}")
    told = escape(words.format(reason=edition.recall_reason))
    div = f'<div xmlns="http://www.w3.org/1999/xhtml"><p>{told}</p></div>'
    return {"text": {"status": "additional", "div": div}}


def _without_blanks(value: Any) -> Any:
    """A self-check may leave texts blank; FHIR has no blank texts."""
    if isinstance(value, dict):
        return {key: _without_blanks(each) for key, each in value.items() if each != ""}
    return [*map(_without_blanks, value)] if isinstance(value, list) else value


def _url(definition: Definition) -> str:
    """The canonical URL of all versions: the page of the self-check."""
    return f"{settings.SITE_URL}{reverse('assessments:check', args=[definition.slug])}"


def _canonical(edition: Edition) -> str:
    return f"{_url(selectors.edition_definition(edition))}|{edition.number}"


def _urn(name: str) -> str:
    return uuid5(NAMESPACE_URL, name).urn


def _instant(moment: datetime) -> str:
    return moment.astimezone(UTC).isoformat(timespec="seconds")


def _safety_list(definition: Definition) -> Json:
    return {
        "linkId": SAFETY,
        "text": selectors.emergency_text(definition.safety.intro),
        "type": "group",
        "item": [
            {
                "linkId": f"{SAFETY}.{item.key}",
                "text": selectors.emergency_text(item.text),
                "type": "boolean",
            }
            for item in definition.safety.items
        ],
    }


def _safety_answers(definition: Definition, checked: list[str]) -> Iterator[Json]:
    """What was checked is true. Nothing else is false unless the runner said "none of these":
    whoever checks something may not have read on."""
    items = [
        {
            "linkId": f"{SAFETY}.{item.key}",
            "text": selectors.emergency_text(item.text),
            "answer": [{"valueBoolean": item.key in checked}],
        }
        for item in definition.safety.items
        if item.key in checked or NONE_TICKED in checked
    ]
    if items:
        intro = selectors.emergency_text(definition.safety.intro)
        yield {"linkId": SAFETY, "text": intro, "item": items}


def _question(definition: Definition, question: QuestionSpec, url: str) -> Json:
    enabling = _enabling(definition, question, url)
    # Where FHIR can't say when a question is asked, nobody must have to answer it.
    required = not question.optional and bool(enabling or not question.show_if)
    item = {"linkId": question.key, "text": question.text, "required": required, **enabling}
    if question.kind == "scale":
        bounds = {"minValue": question.minimum, "maxValue": question.maximum}
        extension = [
            {"url": f"{EXTENSIONS}/{name}", "valueInteger": bound} for name, bound in bounds.items()
        ]
        return item | {"type": "integer", "extension": extension}
    options = [_option(question, choice, url) for choice in question.choices]
    return item | {
        "type": "choice",
        "repeats": question.kind == "several",
        "answerOption": options,
    }


def _option(question: QuestionSpec, choice: ChoiceSpec, url: str) -> Json:
    option: Json = {"valueCoding": _coding(question, choice.key, url)}
    if choice.alone:
        exclusive = f"{EXTENSIONS}/questionnaire-optionExclusive"
        option["extension"] = [{"url": exclusive, "valueBoolean": True}]
    return option


def _coding(question: QuestionSpec, key: str, url: str) -> Json:
    """The choices of a question are a code system of their own: keys repeat across questions."""
    return {"system": f"{url}#{question.key}", "code": key, "display": question.answer_label(key)}


def _enabling(definition: Definition, question: QuestionSpec, url: str) -> Json:
    """When the question is asked. Empty if it always is, or if FHIR can't say when: it joins all
    conditions with "and," or all with "or." """
    if not question.show_if:
        return {}
    [first, *more] = question.show_if
    if not more and isinstance(first, ChoiceCondition) and first.in_:
        asked = definition.question(first.answer)
        return _joined("any", [_when(asked, "=", key, url) for key in first.in_])
    whens: list[Json] = []
    for condition in question.show_if:
        asked = definition.question(condition.answer)
        if isinstance(condition, ScaleCondition):
            whens += _in_range(condition)
        elif condition.in_ and len(condition.in_) == 1:
            whens.append(_when(asked, "=", condition.in_[0], url))
        elif asked.kind == "several" and condition.in_:
            return {}
        else:
            whens += _none_of_the_others(asked, condition, url)
    return _joined("all", whens)


def _joined(behavior: str, whens: list[Json]) -> Json:
    return {"enableWhen": whens} | ({"enableBehavior": behavior} if len(whens) > 1 else {})


def _when(asked: QuestionSpec, operator: str, key: str, url: str) -> Json:
    return {
        "question": asked.key,
        "operator": operator,
        "answerCoding": _coding(asked, key, url),
    }


def _in_range(condition: ScaleCondition) -> Iterator[Json]:
    for operator, bound in ((">=", condition.at_least), ("<=", condition.at_most)):
        if bound is not None:
            yield {"question": condition.answer, "operator": operator, "answerInteger": bound}


def _none_of_the_others(
    asked: QuestionSpec, condition: ChoiceCondition, url: str
) -> Iterator[Json]:
    """Answered, and with none of the choices that don't count: one of several choices, in a form
    that goes with "and." """
    yield {"question": asked.key, "operator": "exists", "answerBoolean": True}
    for choice in asked.choices:
        counts = (
            choice.key in condition.in_
            if condition.in_
            else choice.key not in (condition.not_in or ())
        )
        if not counts:
            yield _when(asked, "!=", choice.key, url)


def _answers(definition: Definition, answers: dict[str, Any]) -> Iterator[Json]:
    url = _url(definition)
    for question in definition.questions:
        if (answer := answers.get(question.key)) is not None:
            yield {
                "linkId": question.key,
                "text": question.text,
                "answer": [*_values(question, answer, url)],
            }


def _values(question: QuestionSpec, answer: Answer, url: str) -> Iterator[Json]:
    if isinstance(answer, int):
        yield {"valueInteger": answer}
        return
    for key in (answer,) if isinstance(answer, str) else answer:
        yield {"valueCoding": _coding(question, key, url)}
