"""Runners' pages of a draft, each opened where one of its parts shows."""

from collections.abc import Callable
from dataclasses import replace
from typing import TYPE_CHECKING, Any

from crispy_forms.layout import Div, Field, Layout
from crispy_forms.utils import render_crispy_form
from django.http import HttpRequest
from django.template.loader import render_to_string
from django.utils import timezone
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from assessments.checker import answers_to, answers_with_advice
from assessments.definition import Definition, SafetyItemSpec
from assessments.desk.phone import NothingToShowError
from assessments.models import (
    Assessment,
    Edition,
    Faq,
    Notice,
    Profile,
    Question,
    SafetyItem,
    SafetyLevel,
    Submission,
)
from assessments.runner.forms import ANSWER, SelfCheckForm
from assessments.runner.rendering import result_page
from assessments.runner.stepper import extras, flow
from assessments.scoring import NONE_TICKED, score
from runfit.lib.translation import use_language

if TYPE_CHECKING:
    from django_stubs_ext import StrPromise

TOKEN = "x" * 43  # of a result that isn't stored

NO_ITEM = gettext_lazy("No item of the safety list has this level yet.")
NO_RESULT_TYPE = gettext_lazy(
    "We found no answers that lead to this result type, so no runner would see it. Check when it "
    "applies, and its place among the others."
)
NO_ADVICE = gettext_lazy(
    "We found no answers that lead to this extra advice, so no runner would see it. Check when it "
    "applies."
)
NO_RESULT = gettext_lazy("We found no answers that lead to a result yet.")

Page = Callable[[HttpRequest, Definition, Any], str]


def start_page(request: HttpRequest, definition: Definition, assessment: Assessment) -> str:
    """The self-check as a runner opens it, with the first screen of its safety list."""
    items = definition.safety.items
    first = [item for item in items if item.group == items[0].group] if items else []
    return _safety_page(request, definition, assessment, first, stepping=False)


def safety_item_page(request: HttpRequest, definition: Definition, item: SafetyItem) -> str:
    """The screen of the safety list that has this item."""
    items = definition.safety.items
    group = next(each.group for each in items if each.key == item.key)
    screen = [each for each in items if each.group == group]
    stepping = screen[0] is not items[0]
    return _safety_page(request, definition, item.assessment, screen, stepping=stepping)


def question_page(request: HttpRequest, definition: Definition, question: Question) -> str:
    """The question, as the script on a runner's phone shows it: alone."""
    spec = definition.question(question.key)
    more = extras(definition)
    words = flow(definition)["words"]
    is_extra = spec in more
    # Of the questions that only some runners get, this one.
    group = [
        each
        for each in definition.questions
        if (each in more) == is_extra and (each is spec or not each.show_if)
    ]
    number = group.index(spec) + 1
    count = words["extra" if is_extra else "question"]
    return _step_page(
        request,
        definition,
        question.assessment,
        field=_field(SelfCheckForm(definition), ANSWER + spec.key),
        stepping=True,
        screening=False,
        count=count.replace("{n}", str(number)).replace("{all}", str(len(group))),
        number=number,
        numbers=len(group),
        button=words["skip" if spec.optional else "next"],
        quiet=spec.optional,
    )


def level_page(request: HttpRequest, definition: Definition, level: SafetyLevel) -> str:
    """What a runner is told who checks an item of this level."""
    items = (item for item in definition.safety.items if item.level == level.key)
    item = next(items, None)
    if item is None:
        raise NothingToShowError(NO_ITEM)
    answers = _any_answers(definition) or {}
    return _result(request, definition, level.assessment, answers, item.key, cleared=False)


def page_of_result(
    answers_for: Callable[[Definition, str], dict[str, Any] | None], nothing: "StrPromise"
) -> Page:
    """The page of a part that shows on results: the result of a runner who gets it."""

    def page(request: HttpRequest, definition: Definition, part: Any) -> str:
        answers = answers_for(definition, part.key)
        if answers is None:
            raise NothingToShowError(nothing)
        return _result(request, definition, part.assessment, answers, NONE_TICKED, cleared=True)

    return page


PAGES: dict[type[Any], Page] = {
    Assessment: start_page,
    Question: question_page,
    SafetyItem: safety_item_page,
    SafetyLevel: level_page,
    Profile: page_of_result(answers_to, NO_RESULT_TYPE),
    Notice: page_of_result(answers_with_advice, NO_ADVICE),
    Faq: page_of_result(lambda definition, _key: _any_answers(definition), NO_RESULT),
}


def page_of(request: HttpRequest, definition: Definition, part: Any) -> str:
    """The page that shows this part of the draft. Raises NothingToShowError."""
    with use_language(definition.language):
        return PAGES[type(part)](request, definition, part)


def _any_answers(definition: Definition) -> dict[str, Any] | None:
    """Each result shows the common questions."""
    found = (answers_to(definition, profile.key) for profile in definition.profiles)
    return next((answers for answers in found if answers), None)


def _result(
    request: HttpRequest,
    definition: Definition,
    assessment: Assessment,
    answers: dict[str, Any],
    ticked: str,
    *,
    cleared: bool,
) -> str:
    scored = score(definition, answers, [ticked])
    submission = Submission(
        token=TOKEN,
        edition=Edition(assessment=assessment, number=0),
        answers=dict(scored.answers),
        safety=[ticked],
        result=scored.expect(),
        safety_level=scored.safety_level or "",
        profile=scored.profile or "",
        total=scored.total,
    )
    if cleared:
        submission.cleared_at = timezone.now()
    return result_page(request, submission, definition, scored).content.decode()


def _safety_page(
    request: HttpRequest,
    definition: Definition,
    assessment: Assessment,
    items: list[SafetyItemSpec],
    *,
    stepping: bool,
) -> str:
    part = replace(definition, safety=replace(definition.safety, items=tuple(items)))
    list_ = Div(Field("safety", template="assessments/safety_list.html"), css_class="safety")
    screens = list(dict.fromkeys(item.group for item in definition.safety.items))
    number = screens.index(items[0].group) + 1 if items else 1
    count = _("Safety check %(number)s of %(all)s") % {"number": number, "all": len(screens)}
    return _step_page(
        request,
        definition,
        assessment,
        field=_field(SelfCheckForm(part), list_),
        stepping=stepping,
        screening=True,
        count=count if len(screens) > 1 else "",
        number=number,
        numbers=len(screens),
        button=definition.safety.none_label,
        quiet=False,
    )


def _field(form: SelfCheckForm, field: Any) -> SafeString:
    form.helper.layout = Layout(field)
    return SafeString(render_crispy_form(form))


def _step_page(
    request: HttpRequest, definition: Definition, assessment: Assessment, **step: Any
) -> str:
    context = {
        "definition": definition,
        "edition": Edition(assessment=assessment, number=0),
        "languages": [],
        "faulty": False,
        "token_field": "",
        "fields": render_to_string("admin/phone/step.html", step),
        **step,
    }
    return render_to_string("admin/phone/check.html", context, request)
