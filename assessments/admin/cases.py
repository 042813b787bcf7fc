"""Admin of cases: one field per question, and what must come out for the answers."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, ClassVar

from django import forms
from django.contrib import admin
from django.db.models import prefetch_related_objects
from django.http import HttpRequest
from django.template.loader import render_to_string
from django.utils.functional import cached_property
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from assessments.admin.base import PartForm, RowsInline, TwoStepAdmin, with_rule
from assessments.definition import NONE, DefinitionError
from assessments.models import Assessment, Case, Question, rule_in_words
from assessments.publishing.case_words import outcome_in_words
from assessments.publishing.cases import CaseRun, case_result, case_runs, outcome
from assessments.publishing.drafts import AssessmentDraft

if TYPE_CHECKING:
    from django_stubs_ext import StrPromise

Options = Sequence["tuple[str, str | StrPromise]"]

ANYTHING = ("", _("Whatever comes out"))
MUST, MUST_NOT = "yes", "no"
MEASURED: Options = [ANYTHING, (MUST, _("Measured")), (MUST_NOT, _("Not measured"))]
GIVEN: Options = [ANYTHING, (MUST, _("It's there")), (MUST_NOT, _("It isn't there"))]
CHECKED_HELP = _("Nothing checked here means “None of these”.")
EXPECTED_HELP = _("Pick what must stay as it is. The rest may change freely.")
PARTS = (
    "questions__choices", "safety_items", "safety_levels", "profiles", "dimensions", "notices",
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class PartPicks:
    """Fields that pick for each of some parts whether it must be there, must not, or may."""

    names: Mapping[str, str]  # keys by field name
    labels: Mapping[str, str]  # by field name
    options: Options

    @classmethod
    def of(cls, prefix: str, what: str, parts: Iterable[Any], options: Options) -> "PartPicks":
        named = {f"{prefix}_{part.pk}": part for part in parts}
        return cls(
            {name: part.key for name, part in named.items()},
            {name: f"{what}: {part}" for name, part in named.items()},
            options,
        )

    def fields(self) -> dict[str, forms.Field]:
        return {
            name: forms.ChoiceField(label=label, required=False, choices=self.options)
            for name, label in self.labels.items()
        }

    def initial(self, must: Sequence[str], must_not: Sequence[str]) -> Iterator[tuple[str, str]]:
        for name, key in self.names.items():
            yield name, MUST if key in must else MUST_NOT if key in must_not else ""

    def picked(self, data: Mapping[str, Any], value: str) -> list[str]:
        return [key for name, key in self.names.items() if data.get(name) == value]


class CaseForm(PartForm):
    """Edits a case."""

    questions: ClassVar[Mapping[str, Question]] = {}  # by field name
    areas: ClassVar[PartPicks] = PartPicks({}, {}, MEASURED)
    advice: ClassVar[PartPicks] = PartPicks({}, {}, GIVEN)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        case = self.instance
        given = case.answers_by_question
        self.initial.update(
            {
                "checked": [key for key in case.safety if key != NONE],
                **{name: given.get(question.key) for name, question in self.questions.items()},
                **dict(self.areas.initial(case.measured, case.unmeasured)),
                **dict(self.advice.initial(case.notices, case.no_notices)),
            }
        )
        for name, field in self.fields.items():
            if isinstance(field, forms.ChoiceField):
                _offer_gone(field, self.initial.get(name))

    def clean(self) -> dict[str, Any]:
        data = super().clean() or self.cleaned_data
        if self.instance.pk:
            self._take(data)
        return data

    def _take(self, data: Mapping[str, Any]) -> None:
        case = self.instance
        answers = {
            question.key: data[name]
            for name, question in self.questions.items()
            if data.get(name) not in (None, "", [])
        }
        if answers != case.answers_by_question:
            case.answers = [[key, answer] for key, answer in answers.items()]
        case.safety = _in_old_order(case.safety, data.get("checked") or [NONE])
        case.measured = _in_old_order(case.measured, self.areas.picked(data, MUST))
        case.unmeasured = _in_old_order(case.unmeasured, self.areas.picked(data, MUST_NOT))
        case.notices = _in_old_order(case.notices, self.advice.picked(data, MUST))
        case.no_notices = _in_old_order(case.no_notices, self.advice.picked(data, MUST_NOT))


def _offer_gone(field: Any, picked: Any) -> None:
    """Offer what the case picks, even if the draft doesn't have it anymore: saving the page must
    not change what isn't touched."""
    offered = [key for key, _label in field.choices]
    keys = picked if isinstance(picked, list) else [picked]
    gone = [
        (key, gettext("“{key}”, which is gone").format(key=key))
        for key in keys
        if key and key not in offered
    ]
    field.choices = [*field.choices, *gone]


def _in_old_order(old: list[str], new: list[str]) -> list[str]:
    """The old list if both hold the same, so that a page saved as it was changes nothing."""
    return old if sorted(old) == sorted(new) else new


def case_form(assessment: Assessment) -> type[CaseForm]:
    """The form of a draft's cases. Its parts are prefetched."""
    questions = {f"answer_{question.pk}": question for question in assessment.questions.all()}
    areas = PartPicks.of("area", gettext("Score area"), assessment.dimensions.all(), MEASURED)
    advice = PartPicks.of("notice", gettext("Advice"), assessment.notices.all(), GIVEN)
    fields = {
        "checked": _boxes(
            [(item.key, item.text) for item in assessment.safety_items.all()],
            label=gettext("Checked on the safety list"),
            help_text=str(CHECKED_HELP),
        ),
        **{name: _answer_field(question) for name, question in questions.items()},
        "level": _one_of(
            gettext("Safety level"),
            (NONE, gettext("None")),
            ((level.key, level.title) for level in assessment.safety_levels.all()),
        ),
        "profile": _one_of(
            gettext("Result type"),
            (NONE, gettext("None: a safety level stops it")),
            ((profile.key, profile.title) for profile in assessment.profiles.all()),
        ),
        **areas.fields(),
        **advice.fields(),
    }
    shared = {"questions": questions, "areas": areas, "advice": advice}
    return type("CaseForm", (CaseForm,), {**fields, **shared})


def _answer_field(question: Question) -> forms.Field:
    field = _field_of_kind(question)
    conditions = question.show_if.all()
    field.label, field.required = question.text, False
    rule = gettext("Asked only if {rule}")
    field.help_text = rule.format(rule=rule_in_words(conditions)) if conditions else ""
    return field


def _field_of_kind(question: Question) -> forms.Field:
    if question.kind == Question.Kind.SCALE:
        return forms.IntegerField(min_value=question.minimum, max_value=question.maximum)
    options = [(choice.key, choice.label) for choice in question.choices.all()]
    if question.kind == Question.Kind.SEVERAL:
        return _boxes(options)
    return forms.ChoiceField(choices=[("", gettext("Not answered")), *options])


def _boxes(options: Options, *, label: str = "", help_text: str = "") -> forms.Field:
    return forms.MultipleChoiceField(
        choices=options,
        required=False,
        label=label,
        help_text=help_text,
        widget=forms.CheckboxSelectMultiple,
    )


def _one_of(label: str, none: tuple[str, str], options: Iterable[tuple[str, str]]) -> forms.Field:
    return forms.ChoiceField(label=label, required=False, choices=[ANYTHING, none, *options])


class CaseInline(RowsInline):
    """Cases, with what must come out and whether it does with the draft as it is now."""

    model = Case
    verbose_name_plural = _("cases: runners to get right")
    readonly_fields = fields = ("answered", "expected", "now")
    draft: AssessmentDraft

    @cached_property
    def runs(self) -> dict[str, CaseRun]:
        return case_runs(self.draft)

    def get_formset(self, request: HttpRequest, obj: Any = None, **kwargs: Any) -> Any:
        self.draft = AssessmentDraft(obj)
        return super().get_formset(request, obj, **kwargs)

    @admin.display(description=_("answers"))
    def answered(self, case: Case) -> str:
        words = self.runs[case.name].words
        return render_to_string("admin/assessments/answered.html", {"case": words})

    @admin.display(description=_("what must come out"))
    def expected(self, case: Case) -> str:
        return "\n".join(self.runs[case.name].words.expected) or gettext("Nothing yet")

    @admin.display(description=_("now"))
    def now(self, case: Case) -> str:
        failures = self.runs[case.name].failures
        if failures is None:
            return gettext("Can't tell yet: the draft isn't finished")
        if failures:
            differs = gettext("Comes out differently: {failures}")
            return differs.format(failures="; ".join(failures))
        return gettext("Comes out as it must")


@admin.register(Case)
class CaseAdmin(TwoStepAdmin):
    change_form_template = "admin/assessments/case.html"
    list_display = ("name", "assessment")
    search_fields = ("name",)

    def get_object(
        self, request: HttpRequest, object_id: str, from_field: str | None = None
    ) -> Any:
        case = super().get_object(request, object_id, from_field)
        if case is not None:
            prefetch_related_objects([case.assessment], *PARTS, with_rule("questions__show_if"))
        return case

    def get_form(
        self, request: HttpRequest, obj: Any = None, change: bool = False, **kwargs: Any
    ) -> Any:
        if obj is not None:
            kwargs["form"] = case_form(obj.assessment)
        return super().get_form(request, obj, change=change, **kwargs)

    def get_fieldsets(self, request: HttpRequest, obj: Any = None) -> Any:
        own = ["assessment", "name"]
        if obj is None:
            return [(None, {"fields": own})]
        form = case_form(obj.assessment)
        expected = ["level", "profile", *form.areas.names, *form.advice.names]
        return [
            (None, {"fields": [*own, "example"]}),
            (gettext("Answers"), {"fields": ["checked", *form.questions]}),
            (gettext("What must come out"), {"fields": expected, "description": EXPECTED_HELP}),
        ]

    def part_context(self, part: Case, draft: AssessmentDraft) -> dict[str, Any]:
        """What comes out for the case as it's stored."""
        try:
            [case] = (case for case in draft.content.cases if case.name == part.name)
        except DefinitionError:
            return {}
        result = case_result(draft.content, case)
        return {"comes_out": [*outcome_in_words(outcome(result), draft.data)] if result else []}
