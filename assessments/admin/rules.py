"""Inlines that edit conditions beneath the part they apply to.

A script shows only the fields that a condition's kind uses, and a live sentence. Without
JavaScript all fields show, and the form rejects those that the kind doesn't use.
"""

import json
from dataclasses import dataclass
from typing import Any, ClassVar

from django import forms
from django.contrib import admin
from django.core.serializers.json import DjangoJSONEncoder
from django.db.models import QuerySet
from django.http import HttpRequest
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from assessments.desk.forms import RelatedRowsForm
from assessments.models import Assessment, Choice, Condition, Dimension, Question

Options = list[tuple[Any, Any]]

WAYS = (
    _("the first way"),
    _("or instead: a second way"),
    _("or instead: a third way"),
    _("or instead: a fourth way"),
    _("or instead: a fifth way"),
    _("or instead: a sixth way"),
    _("or instead: a seventh way"),
    _("or instead: an eighth way"),
    _("or instead: a ninth way"),
)
BOUNDS = {"at_least", "at_most", "below"}
SUBJECTS = BOUNDS | {"question", "choices", "dimension", "confidences"}
USES: dict[Condition.Kind, set[str]] = {
    Condition.Kind.IN: {"question", "choices"},
    Condition.Kind.NOT_IN: {"question", "choices"},
    Condition.Kind.NUMBER: {"question", "at_least", "at_most"},
    Condition.Kind.SCORE: {"dimension", "at_least", "below"},
    Condition.Kind.UNMEASURED: {"dimension"},
    Condition.Kind.CONFIDENCE: {"confidences"},
    Condition.Kind.ALWAYS: set(),
}


@dataclass(frozen=True, slots=True)
class ConditionSubjects:
    """Options for conditions of one self-check, queried once for all rows of a page."""

    assessment: Assessment
    questions: Options
    choices: Options
    dimensions: Options

    @classmethod
    def of(cls, assessment: Assessment, without: Question | None) -> "ConditionSubjects":
        numbered = enumerate(assessment.questions.prefetch_related("choices"), start=1)
        questions = {
            f"{number}. {question}": question
            for number, question in numbered
            if question != without
        }
        return cls(
            assessment=assessment,
            questions=[
                ("", "---------"),
                *((question.pk, name) for name, question in questions.items()),
            ],
            choices=[
                (name, [(choice.pk, choice.label) for choice in question.choices.all()])
                for name, question in questions.items()
                if question.kind != Question.Kind.SCALE
            ],
            dimensions=[
                ("", "---------"),
                *((dimension.pk, dimension.label) for dimension in assessment.dimensions.all()),
            ],
        )


class ConditionForm(RelatedRowsForm):
    """A condition on an answer. The question may be blank if answers are picked: they imply it."""

    subjects: ClassVar[ConditionSubjects]
    kinds: ClassVar[tuple[Condition.Kind, ...]] = Condition.ON_ANSWERS

    question = forms.ModelChoiceField(
        Question.objects.all(),
        required=False,
        label=_("question"),
        help_text=_("You can leave this empty if you pick answers below."),
    )
    choices = forms.ModelMultipleChoiceField(
        Choice.objects.select_related("question"),
        required=False,
        label=_("Answers"),
        help_text=_("Hold Ctrl or ⌘ to pick several."),
    )

    class Meta:
        model = Condition
        fields: tuple[str, ...] = ("kind", "question", "at_least", "at_most")

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.offer("kind", [("", "---------"), *((kind, kind.label) for kind in self.kinds)])
        self.fields["kind"].widget.attrs["data-rule"] = _script()
        assessment = self.subjects.assessment
        self.offer("question", self.subjects.questions, assessment=assessment)
        self.offer("choices", self.subjects.choices, question__assessment=assessment)

    def offer(self, name: str, options: Options, **scope: Assessment) -> None:
        """Sets preloaded options, and limits valid values to the scope."""
        field = self.fields[name]
        if isinstance(field, forms.ModelChoiceField) and field.queryset is not None:
            field.queryset = field.queryset.filter(**scope)
        if isinstance(field, forms.ChoiceField):
            field.choices = options

    def clean(self) -> dict[str, Any]:
        data = super().clean() or self.cleaned_data
        if data.get("kind"):
            kind = Condition.Kind(data["kind"])
            self._reject_unused(kind)
            self._require(kind)
        return data

    def save_related(self) -> None:
        """Adds new answers after the existing ones, so that the sentence keeps its order."""
        picked = self.cleaned_data["choices"]
        self.instance.picks.exclude(choice__in=picked).delete()
        for choice in picked:
            self.instance.picks.get_or_create(choice=choice)

    def _reject_unused(self, kind: Condition.Kind) -> None:
        for name, value in list(self.cleaned_data.items()):
            filled = bool(value) or value == 0
            if name in SUBJECTS and name not in USES[kind] and filled:
                self.add_error(
                    name, gettext("Leave this empty for “{kind}”.").format(kind=kind.label)
                )

    def _require(self, kind: Condition.Kind) -> None:
        data = self.cleaned_data
        if kind in {Condition.Kind.IN, Condition.Kind.NOT_IN}:
            self._require_answers()
        elif kind == Condition.Kind.NUMBER:
            if not data.get("question") or data["question"].kind != Question.Kind.SCALE:
                self.add_error("question", _("Pick a question with a scale."))
        elif kind in {Condition.Kind.SCORE, Condition.Kind.UNMEASURED}:
            if not data.get("dimension"):
                self.add_error("dimension", _("Pick a score area."))
        elif kind == Condition.Kind.CONFIDENCE and not data.get("confidences"):
            self.add_error("confidences", _("Check at least one."))
        bounds = USES[kind] & BOUNDS
        if bounds and all(data.get(name) is None for name in bounds):
            self.add_error("at_least", _("Enter a number here or in the next field."))

    def _require_answers(self) -> None:
        questions = {choice.question for choice in self.cleaned_data.get("choices") or ()}
        question = self.cleaned_data.get("question")
        if not questions:
            self.add_error("choices", _("Pick at least one answer."))
        elif len(questions) > 1 or (question and questions != {question}):
            self.add_error(
                "choices", _("Only pick answers to one question. Add a row for each of the others.")
            )
        else:
            [self.cleaned_data["question"]] = questions


class RuleConditionForm(ConditionForm):
    """A condition on an answer or on a score."""

    kinds = tuple(Condition.Kind)

    dimension = forms.ModelChoiceField(
        Dimension.objects.all(), required=False, label=_("Score area")
    )
    alternative = forms.TypedChoiceField(
        coerce=int,
        label=_("Belongs to"),
        help_text=Condition._meta.get_field("alternative").help_text,
    )
    confidences = forms.MultipleChoiceField(
        choices=list(Condition.CONFIDENCES.items()),
        required=False,
        label=_("How sure"),
        widget=forms.CheckboxSelectMultiple,
    )

    class Meta(ConditionForm.Meta):
        fields = ("alternative", *ConditionForm.Meta.fields, "below", "dimension", "confidences")

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.initial["confidences"] = self.instance.confidences.split()
        numbers = range(1, max(len(WAYS), self.instance.alternative) + 1)
        self.offer("alternative", [(number, _way_label(number)) for number in numbers])
        self.offer("dimension", self.subjects.dimensions, assessment=self.subjects.assessment)

    def clean_confidences(self) -> str:
        return " ".join(self.cleaned_data["confidences"])


def _script() -> str:
    """What the script needs, in the language of the page."""
    rules = {
        "uses": {kind: sorted(names) for kind, names in USES.items()},
        "sentences": Condition.SENTENCES,
        "bounds": Condition.BOUNDS,
        "and": gettext(" and "),
        "or": gettext(" or "),
        "instead": gettext("Or instead: {rule}"),
        "empty": gettext("Pick when it fits"),
    }
    return json.dumps(rules, cls=DjangoJSONEncoder)


def _way_label(number: int) -> str:
    if number <= len(WAYS):
        return str(WAYS[number - 1])
    return gettext("or instead: one more way ({number})").format(number=number)


class ConditionInline(admin.StackedInline):
    """Conditions that must all hold."""

    model = Condition
    form: type[ConditionForm] = ConditionForm
    extra = 0
    verbose_name = _("condition")

    def get_fields(self, request: HttpRequest, obj: Any = None) -> Any:
        return ["kind", "question", "choices", ("at_least", "at_most")]

    def get_queryset(self, request: HttpRequest) -> QuerySet[Condition]:
        return Condition.objects.with_parts().prefetch_related("choices")

    def get_formset(self, request: HttpRequest, obj: Any = None, **kwargs: Any) -> Any:
        without = obj if isinstance(obj, Question) else None
        subjects = ConditionSubjects.of(obj.assessment, without=without)
        kwargs["form"] = type(self.form.__name__, (self.form,), {"subjects": subjects})
        return super().get_formset(request, obj, **kwargs)


class ShowIfInline(ConditionInline):
    fk_name = "shown_question"
    verbose_name_plural = _("only ask it if all of these fit (none: always ask it)")


class DerivedInline(ConditionInline):
    fk_name = "derived"
    verbose_name_plural = _("all of these must fit")


class RuleInline(ConditionInline):
    """The rule of a result type or an extra advice."""

    form = RuleConditionForm
    verbose_name_plural = _("when it applies")

    def get_fields(self, request: HttpRequest, obj: Any = None) -> Any:
        return [
            ("kind", "alternative"),
            "question",
            "choices",
            "dimension",
            ("at_least", "at_most", "below"),
            "confidences",
        ]


class ProfileRuleInline(RuleInline):
    fk_name = "profile"


class NoticeRuleInline(RuleInline):
    fk_name = "notice"
