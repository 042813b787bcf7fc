"""Scores sample answers against a draft: scores, explanation and the runner's page."""

from dataclasses import dataclass
from typing import Any

from django import forms
from django.contrib.admin.widgets import AdminTextInputWidget
from django.core.exceptions import ValidationError
from django.http import HttpRequest, QueryDict
from django.utils.translation import gettext_lazy as _

from assessments.definition import LONGEST_NAME, Definition
from assessments.models import Assessment, Edition, Submission
from assessments.runner.explanation import Explanation, explanation
from assessments.runner.forms import SelfCheckForm
from assessments.runner.rendering import result_page
from assessments.scoring import NONE_TICKED, Result, score
from runfit.lib.translation import use_language

NOT_ANSWERED = ("", _("Not answered"))
KEEP = "keep:"
TOKEN = "x" * 43  # of a result that isn't stored


@dataclass(frozen=True, slots=True)
class Trial:
    """The result of sample answers. `page` is the HTML that a runner would get: blank if no result
    type fits, which is possible in a draft."""

    result: Result
    level: str
    explained: Explanation | None
    page: str


class TrialForm(SelfCheckForm):
    """All questions on one page, each as a select, or as checkboxes if it takes several answers."""

    def __init__(self, definition: Definition, data: QueryDict | None = None) -> None:
        super().__init__(definition, data)
        for name, field in self.fields.items():
            if name != "safety":
                self._use_select(name, field)

    def suggest(self, answers: QueryDict) -> None:
        """Fills in the answers of a link, and for the rest whatever comes first."""
        for name, field in self.fields.items():
            if name == "safety":
                field.initial = [NONE_TICKED]
                continue
            question = self.definition.question(self.add_prefix(name))
            options = [choice.key for choice in question.choices] or [str(question.minimum)]
            given = answers.getlist(question.key) or ([] if question.optional else options[:1])
            field.initial = given if question.kind == "several" else next(iter(given), None)

    def _use_select(self, name: str, field: forms.Field) -> None:
        question = self.definition.question(self.add_prefix(name))
        if question.kind == "several":
            return
        options: list[tuple[Any, str]] = [
            (choice.key, choice.label) for choice in question.choices
        ] or [(number, str(number)) for number in range(question.minimum, question.maximum + 1)]
        field.widget = forms.Select(choices=[NOT_ANSWERED, *options])


class KeepForm(forms.Form):
    """Keeps the tried answers as a case."""

    case_name = forms.CharField(
        label=_("Who is it?"),
        max_length=LONGEST_NAME,
        widget=AdminTextInputWidget,
        help_text=_("For example: Months of it, and stretching helps for an hour"),
    )

    def __init__(self, assessment: Assessment, data: QueryDict | None = None) -> None:
        super().__init__(data)
        self.assessment = assessment

    def add_prefix(self, field_name: str) -> str:
        """Posted beside the answers, so it must not be a possible key of a question."""
        return f"{KEEP}{field_name}"

    def clean_case_name(self) -> str:
        name = str(self.cleaned_data["case_name"])
        if self.assessment.cases.filter(name=name).exists():
            raise ValidationError(_("Another case has this name."))
        return name


@dataclass(frozen=True, slots=True)
class Keeping:
    """The form to keep what was tried, with the answers that it posts again."""

    form: KeepForm
    answers: tuple[tuple[str, str], ...]


def keeping(request: HttpRequest, assessment: Assessment, tried: TrialForm) -> Keeping:
    asked = any(name.startswith(KEEP) for name in request.POST)
    answers = tuple(
        (name, value)
        for name, values in tried.data.lists()
        if name != "csrfmiddlewaretoken"
        for value in values
    )
    return Keeping(KeepForm(assessment, request.POST if asked else None), answers)


def run_trial(
    request: HttpRequest, assessment: Assessment, definition: Definition
) -> tuple[TrialForm, Trial | None]:
    """The form, and its result if valid answers were posted."""
    form = TrialForm(definition, _tried(request.POST) if request.method == "POST" else None)
    if request.GET and request.method != "POST":
        form.suggest(request.GET)
    if not form.is_valid():
        return form, None
    return form, _trial(request, assessment, definition, form.answers, form.safety)


def _tried(posted: QueryDict) -> QueryDict:
    """The posted answers without the form that keeps them."""
    data = posted.copy()
    for name in posted:
        if name.startswith(KEEP):
            del data[name]
    return data


def _trial(
    request: HttpRequest,
    assessment: Assessment,
    definition: Definition,
    answers: dict[str, Any],
    safety: list[str],
) -> Trial:
    scored = score(definition, answers, safety)
    submission = Submission(
        token=TOKEN,
        edition=Edition(assessment=assessment, number=0),
        answers=dict(scored.answers),
        safety=safety,
        result=scored.expect(),
        safety_level=scored.safety_level or "",
        profile=scored.profile or "",
        total=scored.total,
    )
    if not scored.stopped and not scored.profile:
        return Trial(scored, "", None, "")
    with use_language(definition.language):
        page = result_page(request, submission, definition, scored).content.decode()
        explained = explanation(definition, scored) if scored.profile else None
    level = definition.safety.level(scored.safety_level).title if scored.safety_level else ""
    return Trial(scored, level, explained, page)
