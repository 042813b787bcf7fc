"""Checks to do on the result page, for areas that weren't measured: their forms, and what changed
once they were added."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from crispy_forms.helper import FormHelper
from crispy_forms.utils import render_crispy_form
from django import forms
from django.http import QueryDict
from django.template.loader import render_to_string
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from assessments import selectors
from assessments.definition import Definition, QuestionSpec
from assessments.models import Edition, Submission
from assessments.runner.areas import ScoreArea
from assessments.runner.forms import AnswerField, answer_error, posted_answer
from runfit.lib.caching import lru_cached

PLACEHOLDER = "token-of-the-result"


class CheckForm(forms.Form):
    """One check."""

    def __init__(
        self, question: QuestionSpec, edition: Edition, data: QueryDict | None = None
    ) -> None:
        super().__init__(data, auto_id="check_%s")
        self.fields[question.key] = AnswerField(question, drawn_by=edition)
        self.helper = FormHelper()
        self.helper.form_tag = False
        self.helper.disable_csrf = True
        self.helper.form_show_errors = False  # they stand at the question
        self.helper.field_template = "assessments/question.html"  # type: ignore[assignment]


@dataclass(frozen=True, slots=True)
class WhatChanged:
    """What added checks changed: the areas that they measured, in the runner's words, and the
    result types."""

    measured: tuple[tuple[str, str], ...]
    before: str
    now: str

    @property
    def same(self) -> bool:
        return self.before == self.now


def checks_by_area(
    submission: Submission,
    areas: Mapping[str, ScoreArea],
    refused: tuple[QueryDict, Mapping[str, str]] | None = None,
) -> Iterator[tuple[ScoreArea, list[SafeString], bool]]:
    """The areas with the forms of their checks, and whether one of these has errors. A check that
    would measure two areas is offered at the first. `refused` are posted answers, with the errors
    of their questions."""
    offered = set[str]()
    data, errors = refused or (None, {})
    for area in areas.values():
        checks = [check for check in area.checks if check.key not in offered]
        offered.update(check.key for check in checks)
        forms = [
            _form_html(check, submission.edition, submission.token, data, errors[check.key])
            if data is not None and check.key in errors
            else _blank_html(submission, check)
            for check in checks
        ]
        yield area, forms, any(check.key in errors for check in checks)


def posted_checks(definition: Definition, data: QueryDict) -> dict[str, object]:
    return {
        question.key: posted_answer(question, data)
        for question in definition.questions
        if question.key in data
    }


def check_errors(
    definition: Definition, answers: Mapping[str, object], errors: tuple[str, ...]
) -> dict[str, str]:
    """What is wrong with posted checks, in words, by question."""
    found = dict(error.rpartition(":")[::2] for error in errors)
    if found.keys() - answers.keys():  # an answer leads to a question that was never asked
        return dict.fromkeys(answers, _("That leads to more questions. Please retake the check."))
    return {
        key: answer_error(reason, definition.question(key), answers.get(key))
        for key, reason in found.items()
    }


def what_changed(
    definition: Definition, submission: Submission, areas: Mapping[str, ScoreArea]
) -> WhatChanged | None:
    """None unless these answers add checks to earlier ones."""
    first = submission.added_to
    if first is None or first.stopped:
        return None
    measured = (
        area
        for key, area in areas.items()
        if area.score is not None and first.result["dimensions"][key]["score"] is None
    )
    return WhatChanged(
        measured=tuple(
            (area.label, ", ".join(answer for answer, _question in area.said)) for area in measured
        ),
        before=definition.profile(first.profile).heading,
        now=definition.profile(submission.profile).heading,
    )


def _blank_html(submission: Submission, check: QuestionSpec) -> SafeString:
    """Rendered once per edition: only the token differs between results."""
    edition = submission.edition
    if not edition.sha256:  # a draft that is tried: it may change
        return _form_html(check, edition, submission.token)
    country = selectors.practice().country
    html = _cached_html(edition, check.key, get_language() or "", country)
    return mark_safe(html.replace(PLACEHOLDER, submission.token))


@lru_cached(maxsize=64)
def _cached_html(edition: Edition, key: str, _language: str, _country: str) -> str:
    question = selectors.edition_definition(edition).question(key)
    return _form_html(question, edition, PLACEHOLDER)


def _form_html(
    check: QuestionSpec,
    edition: Edition,
    token: str,
    data: QueryDict | None = None,
    error: str = "",
) -> SafeString:
    form = CheckForm(check, edition, data)
    if error:
        form.add_error(check.key, error)
    context = {
        "check": check,
        "token": token,
        "field": SafeString(render_crispy_form(form)),
    }
    return render_to_string("assessments/added_check.html", context)
