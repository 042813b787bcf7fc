"""The self-check as a form. Scoring validates the answers; the form displays its errors."""

import json
import re
from collections.abc import Iterator, Sequence
from itertools import groupby
from typing import Any

from crispy_forms.helper import FormHelper
from crispy_forms.layout import Div, Field, Layout
from crispy_forms.utils import render_crispy_form
from django import forms
from django.http import QueryDict
from django.template.loader import render_to_string
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from assessments.definition import Definition, QuestionSpec, Safety
from assessments.hooks import TOLD_FIRST
from assessments.models import Edition
from assessments.runner.condition_text import when_to_answer
from assessments.runner.drawings import shown_drawing
from assessments.runner.stepper import extras, flow
from assessments.scoring import NONE_TICKED, AnswersError, score
from assessments.selectors import edition_definition, emergency_linked, emergency_text
from runfit.lib.caching import lru_cached
from runfit.lib.json_format.foreign_texts import in_language_of

NO_ANSWERS = frozenset({"csrfmiddlewaretoken", "form_token", "safety", TOLD_FIRST})
# Avoids name clashes with attributes of the form, for question keys such as "errors" or "media".
ANSWER = "answer:"
NUMBER = re.compile(r"-?[0-9]{1,9}")
LONGEST_ROW = 21  # numbers of a scale shown as buttons; longer scales use an input
LONGEST_LEAD = 60  # characters before a colon to show in bold


def posted_answers(definition: Definition, data: QueryDict) -> dict[str, object]:
    """The posted answers, including unknown fields, which scoring rejects by name."""
    answers: dict[str, object] = {name: data[name] for name in data if name not in NO_ANSWERS}
    for question in definition.questions:
        if question.key in answers:
            answers[question.key] = posted_answer(question, data)
    return answers


def posted_answer(question: QuestionSpec, data: QueryDict) -> object:
    """One posted answer as scoring expects it: text, a number, or a list. Two answers to a question
    that takes one are a list too, which scoring refuses: neither may hide the other."""
    answers = [answer for answer in data.getlist(question.key) if answer]
    if question.kind == "several" or len(answers) > 1:
        return answers
    answer = data.get(question.key)
    if question.kind == "scale" and isinstance(answer, str) and NUMBER.fullmatch(answer):
        return int(answer)
    return answer


def posted_safety(data: QueryDict) -> list[str]:
    """The items checked on the safety list."""
    return data.getlist("safety")


class ScaleSelect(forms.RadioSelect):
    """A row of numbers."""


class SafetyList(forms.CheckboxSelectMultiple):
    """The safety list. Each option knows the heading of its group; that of "none" is None."""

    def __init__(self, safety: Safety) -> None:
        self.groups = {item.key: emergency_text(item.group) for item in safety.items}
        items = [(item.key, _with_lead(emergency_text(item.text))) for item in safety.items]
        super().__init__(choices=[*items, (NONE_TICKED, safety.none_label)])

    def create_option(self, name: str, value: Any, *more: Any, **options: Any) -> dict[str, Any]:
        option = super().create_option(name, value, *more, **options)
        return {**option, "group": self.groups.get(value)}


class SafetyField(forms.Field):
    """The safety list. It isn't a question, so it's never hidden."""

    question = None
    when = ""


class AnswerField(forms.Field):
    """A question of the edition. Accepts any value, because scoring validates it. Its drawing is in
    the page, unless it comes from the file of this edition."""

    def __init__(
        self,
        question: QuestionSpec,
        *,
        when: str = "",
        skippable: bool = False,
        drawn_by: Edition | None = None,
    ) -> None:
        self.question = question
        self.when = when
        self.skippable = skippable
        self.drawing = shown_drawing(question, drawn_by)
        super().__init__(
            label=question.text, help_text=question.help, required=False, widget=_widget(question)
        )


class Section(Div):
    """Questions with a heading. (crispy would compile a Fieldset's legend as a template.)"""

    template = "assessments/section.html"

    def __init__(self, title: str, *fields: str) -> None:
        super().__init__(*fields)  # type: ignore[no-untyped-call]
        self.title = title


class SelfCheckForm(forms.Form):
    """The whole self-check: the safety list, then every question. If its edition is given, drawings
    aren't part of the page: they're loaded when they're next."""

    data: QueryDict

    def __init__(
        self,
        definition: Definition,
        data: QueryDict | None = None,
        *,
        edition: Edition | None = None,
    ) -> None:
        super().__init__(data)
        self.definition = definition
        self.fields["safety"] = _safety_field(definition.safety)
        for question in definition.questions:
            self.fields[ANSWER + question.key] = AnswerField(
                question,
                when=when_to_answer(definition, question),
                skippable=question.optional,
                drawn_by=edition,
            )
        self.helper = FormHelper()
        self.helper.form_tag = False
        self.helper.disable_csrf = True
        self.helper.field_template = "assessments/question.html"  # type: ignore[assignment]
        self.helper.layout = Layout(
            Div(Field("safety", template="assessments/safety_list.html"), css_class="safety"),
            *_sections(definition),
        )

    def add_prefix(self, field_name: str) -> str:
        return field_name.removeprefix(ANSWER)

    def clean(self) -> None:
        unknown = []
        for error in self._all_errors():
            key, _colon, reason = error.rpartition(":")
            if error.startswith("safety:"):
                self.add_error("safety", _safety_error(error, self.definition.safety))
            elif reason == "unknown":
                unknown.append(key)
            else:
                question = self.definition.question(key)
                self.add_error(ANSWER + key, answer_error(reason, question, self.answers.get(key)))
        if unknown:
            self.add_error(None, _unknown_fields_error(unknown))

    @property
    def answers(self) -> dict[str, object]:
        return posted_answers(self.definition, self.data)

    @property
    def safety(self) -> list[str]:
        return posted_safety(self.data)

    def _all_errors(self) -> tuple[str, ...]:
        """All scoring errors. An invalid safety list stops scoring, so score again without it."""
        errors = _scoring_errors(self.definition, self.answers, self.safety)
        if any(error.startswith("safety:") for error in errors):
            errors += _scoring_errors(self.definition, self.answers, [NONE_TICKED])
        return errors


class ClearanceForm(forms.Form):
    """Asks the runner to confirm that a doctor or PT cleared them."""

    cleared = forms.BooleanField(
        label=gettext_lazy("My doctor or PT cleared me"),
        error_messages={"required": gettext_lazy("Check this box once you're cleared.")},
    )


@lru_cached(maxsize=64)
def blank_fields(edition: Edition, country: str) -> SafeString:
    """The fields of an empty form. Cached, by the country of their emergency numbers too: they are
    most of the page."""
    return fields_html(SelfCheckForm(edition_definition(edition), edition=edition))


def fields_html(form: SelfCheckForm) -> SafeString:
    """All fields of the form except the form token."""
    definition = form.definition
    context = {
        "fields": SafeString(render_crispy_form(form)),
        "definition": definition,
        "flow": json.dumps(flow(definition), ensure_ascii=False, separators=(",", ":")),
        "extras": extras(definition),
    }
    return render_to_string("assessments/fields.html", context)


def _widget(question: QuestionSpec) -> forms.Widget:
    if question.kind == "scale":
        return _scale_widget(question)
    choices = [(choice.key, choice.label) for choice in question.choices]
    if question.kind == "several":
        return forms.CheckboxSelectMultiple(choices=choices)
    return forms.RadioSelect(choices=choices)


def _scale_widget(question: QuestionSpec) -> forms.Widget:
    low, high = question.minimum, question.maximum
    if high - low >= LONGEST_ROW:
        return forms.NumberInput(attrs={"min": low, "max": high, "inputmode": "numeric"})
    choices: dict[int, int | SafeString] = {number: number for number in range(low, high + 1)}
    for number, label in ((low, question.low_label), (high, question.high_label)):
        if label:
            choices[number] = format_html('{}<span class="vh"> {}</span>', number, label)
    return ScaleSelect(choices=choices.items())


def _safety_field(safety: Safety) -> forms.Field:
    return SafetyField(
        label=_("Safety check"),
        help_text=emergency_linked(safety.intro),
        required=False,
        widget=SafetyList(safety),
    )


def _with_lead(text: str) -> str:
    """Show “Fever” of “Fever: I have …” in bold, so a long list is quick to scan. The PT only
    types a colon; there's no markup to learn."""
    lead, colon, rest = text.partition(":")
    if not colon or len(lead) > LONGEST_LEAD:
        return text
    parts = (in_language_of(text, part) for part in (lead + colon, rest))
    return format_html("<strong>{}</strong>{}", *parts)


def _sections(definition: Definition) -> Iterator[Section]:
    """Adjacent questions of the same group share a heading."""
    for title, questions in groupby(definition.questions, lambda question: question.group):
        names = (ANSWER + question.key for question in questions)
        yield Section(title or _("Your questions"), *names)


def _scoring_errors(
    definition: Definition, answers: dict[str, object], safety: Sequence[str]
) -> tuple[str, ...]:
    try:
        score(definition, answers, safety)
    except AnswersError as error:
        return error.errors
    return ()


def _safety_error(error: str, safety: Safety) -> str:
    words = {"none": f"“{safety.none_label}”"}
    if error == "safety:required":
        return _("Check what's true for you, or check %(none)s.") % words
    if error == "safety:none_with_others":
        return _("You checked %(none)s and something else. Keep just one of them.") % words
    return _("Pick only from the safety list.")


def answer_error(reason: str, question: QuestionSpec, answer: object) -> str:
    words = {"question": question.text}
    if reason == "required":
        return _("Please answer: “%(question)s”") % words
    if label := _alone(question, answer):
        return _("“%(choice)s” can't go with other answers.") % {"choice": label}
    return _("Please pick one of the answers shown for “%(question)s”") % words


def _alone(question: QuestionSpec, answer: object) -> str:
    """The label of an answer that can't go with the other ones that were picked; else empty."""
    picked = answer if isinstance(answer, list) and len(answer) > 1 else ()
    labels = (choice.label for choice in question.choices if choice.alone and choice.key in picked)
    return next(labels, "")


def _unknown_fields_error(names: Sequence[str]) -> str:
    """Field names are user input: strip control characters, and limit length and number."""
    shown = ("".join(char for char in name if char.isprintable())[:40] for name in names[:3])
    return _("This self-check doesn't ask for %(names)s. Open the page again.") % {
        "names": ", ".join(f"“{name}”" for name in shown)
    }
