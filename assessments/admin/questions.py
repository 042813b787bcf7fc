"""Admin of questions: answers, their points in each score area, and show-if conditions."""

from typing import Any, ClassVar

from adminsortable2.admin import SortableAdminBase, SortableTabularInline
from django import forms
from django.contrib import admin, messages
from django.core.exceptions import PermissionDenied, ValidationError
from django.db import transaction
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse, HttpResponseNotAllowed
from django.shortcuts import get_object_or_404, redirect
from django.urls import URLPattern, path
from django.utils.translation import gettext, ngettext
from django.utils.translation import gettext_lazy as _

from assessments.admin.base import (
    DrawingAdmin,
    DrawingForm,
    TwoStepAdmin,
    known_assessment,
    with_rule,
)
from assessments.admin.phone import PhoneAdmin
from assessments.admin.rules import ShowIfInline
from assessments.desk.concurrent_edits.mixin import desk_lock
from assessments.desk.forms import RelatedRowsForm
from assessments.desk.large_lists import NUMBER
from assessments.desk.parts.moves import OrderedFormSet
from assessments.desk.widgets import LabelledTableInline, TextWidgetsMixin
from assessments.models import Band, Choice, Dimension, Question, rule_in_words
from assessments.publishing.cases import cases_answer, cases_unanswered
from assessments.publishing.drafts import AssessmentDraft
from runfit.lib.history import ANSWERED_CASES
from runfit.lib.messages import message

SAYS_NOTHING = "-"
DASHES = {SAYS_NOTHING, "\N{EN DASH}", "\N{EM DASH}"}
MOST_POINTS = 1_000_000
NO_POINTS = _(
    "Where runners can pick any number of answers, none gives points. Use them in rules and extra "
    "advice."
)

POINTS = _(
    "Points in each score area: 0 is best, and more means more to work on. Leave it empty if the "
    "answer says nothing about that area. A dash (-): asked, but doesn't count."
)

SCALE_ANSWERS = _(
    "A scale has no answers to write. Leave these empty: once it's saved, you say how many points "
    "its numbers give."
)


class PointsField(forms.CharField):
    """Points as text: a whole number, a dash for "asked, but doesn't count", or blank."""

    def __init__(self, **kwargs: Any) -> None:
        widget = forms.TextInput(attrs={"size": 4})
        super().__init__(
            required=False,
            widget=widget,
            help_text=_("0 is best. Empty: not about this. A dash (-): asked, but doesn't count."),
            **kwargs,
        )

    def to_python(self, value: Any) -> str:
        text = super().to_python(value) or ""
        if text in DASHES:
            return SAYS_NOTHING
        if text and not (NUMBER.fullmatch(text) and int(text) <= MOST_POINTS):
            raise ValidationError(_("Write a whole number, a dash, or nothing."))
        return text


class PointsForm(RelatedRowsForm):
    """Edits a choice or a band, with one points field per score area."""

    dimensions: ClassVar[dict[str, Dimension]]  # by field name

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if self.instance.pk:
            for points in self.instance.points.all():
                self.initial[_field_name(points.dimension_id)] = (
                    SAYS_NOTHING if points.value is None else str(points.value)
                )

    def has_changed(self) -> bool:
        """A new row's place is filled in by itself, so that isn't something typed."""
        if self.instance.pk:
            return super().has_changed()
        return any(name != "position" for name in self.changed_data)

    def save_related(self) -> None:
        for name, dimension in self.dimensions.items():
            if name in self.changed_data:
                self._save_points(dimension, self.cleaned_data[name])

    def _save_points(self, dimension: Dimension, text: str) -> None:
        points = self.instance.points
        if text:
            value = None if text == SAYS_NOTHING else int(text)
            points.update_or_create(dimension=dimension, defaults={"value": value})
        else:
            points.filter(dimension=dimension).delete()


def _field_name(dimension: int) -> str:
    return f"points_{dimension}"


class PointsInline(TextWidgetsMixin, LabelledTableInline):
    """Adds the score areas of the question's self-check as columns."""

    form = PointsForm
    extra = 0
    line_class = "vTextField"

    def scored(self, request: HttpRequest, obj: Any) -> dict[str, Dimension]:
        """The score areas that are columns, by field name."""
        return _scored(obj)

    def get_formset(self, request: HttpRequest, obj: Any = None, **kwargs: Any) -> Any:
        dimensions = self.scored(request, obj)
        fields = {
            name: PointsField(label=dimension.label) for name, dimension in dimensions.items()
        }
        kwargs["form"] = type("PointsForm", (PointsForm,), {**fields, "dimensions": dimensions})
        return super().get_formset(request, obj, **kwargs)

    def get_queryset(self, request: HttpRequest) -> QuerySet[Any]:
        return super().get_queryset(request).prefetch_related("points")


def _scored(question: Question) -> dict[str, Dimension]:
    """The score areas that its answers can give points in, by field name: none where runners can
    pick more than one answer."""
    if question.kind == Question.Kind.SEVERAL:
        return {}
    return {
        _field_name(dimension.pk): dimension for dimension in question.assessment.dimensions.all()
    }


class ChoiceInline(PointsInline, SortableTabularInline):
    model = Choice
    formset = OrderedFormSet
    one_line = ("label",)

    def get_fields(self, request: HttpRequest, obj: Any = None) -> Any:
        """Asks for positions on the drawing only if there is one, and who stands alone only if
        answers can stand together."""
        alone = ["alone"] if obj.kind == Question.Kind.SEVERAL else []
        position = ["spot_left", "spot_top"] if obj.drawing else []
        return ["label", *alone, *position, *_scored(obj), "position"]


class NewAnswersFormSet(OrderedFormSet):
    """The answers of a question that's being added, whose kind is picked on the same page."""

    def clean(self) -> None:
        super().clean()
        filled: list[Any] = [form for form in self.forms if form.has_changed()]
        if filled and self.instance.kind == Question.Kind.SCALE:
            raise ValidationError(SCALE_ANSWERS)
        if self.instance.kind == Question.Kind.SEVERAL:
            for form in filled:
                for name in form.dimensions:
                    if form.cleaned_data.get(name):
                        form.add_error(name, NO_POINTS)


class NewChoiceInline(ChoiceInline):
    """The answers of a question that's being added to a self-check that's known."""

    formset = NewAnswersFormSet
    extra = 4

    def scored(self, request: HttpRequest, obj: Any) -> dict[str, Dimension]:
        dimensions = Dimension.objects.filter(assessment=known_assessment(request))
        return {_field_name(dimension.pk): dimension for dimension in dimensions}

    def get_fields(self, request: HttpRequest, obj: Any = None) -> Any:
        return ["label", *self.scored(request, obj)]


class BandInline(PointsInline, admin.TabularInline):
    model = Band

    def get_fields(self, request: HttpRequest, obj: Any = None) -> Any:
        return ["lowest", "highest", *_scored(obj)]


@admin.register(Question)
class QuestionAdmin(PhoneAdmin, SortableAdminBase, DrawingAdmin, TwoStepAdmin):
    list_display = ("text", "kind", "optional", "asked_if", "assessment")
    list_filter = ("assessment", "kind", "optional")
    search_fields = ("text", "help", "choices__label")
    search_help_text = _("Search in questions and their answers.")
    fixed = ("assessment", "kind")
    one_line = ("text", "help", "group", "source", "low_label", "high_label", "drawing_alt")
    form = DrawingForm
    change_form_template = "admin/phone/question.html"

    def get_fieldsets(self, request: HttpRequest, obj: Any = None) -> Any:
        shown = ["minimum", "maximum"] if obj is None else []
        if obj is not None and obj.kind == Question.Kind.SCALE:
            shown = ["minimum", "maximum", "low_label", "high_label"]
        fields = ["assessment", "kind", "text", "help", "optional", "group", *shown]
        fold = ["collapse"]
        told = obj is None or obj.kind == Question.Kind.SEVERAL
        return [
            (None, {"fields": fields, "description": NO_POINTS if told else ""}),
            (_("A check to do at home"), {"classes": fold, "fields": ["how_to", "skip_if"]}),
            (_("A drawing"), {"classes": fold, "fields": self.drawing_fields(obj)}),
            (_("For you"), {"classes": fold, "fields": ["basis", "source", "compare_on_retest"]}),
        ]

    def get_inlines(self, request: HttpRequest, obj: Any) -> Any:
        if obj is None:
            return [NewChoiceInline] if known_assessment(request) else []
        return [BandInline if obj.kind == Question.Kind.SCALE else ChoiceInline, ShowIfInline]

    def render_change_form(
        self, request: HttpRequest, context: dict[str, Any], *args: Any, **kwargs: Any
    ) -> HttpResponse:
        question = kwargs.get("obj")
        context["points_help"] = POINTS if question is None or _scored(question) else ""
        return super().render_change_form(request, context, *args, **kwargs)

    def part_context(self, part: Question, draft: AssessmentDraft) -> dict[str, Any]:
        context = super().part_context(part, draft)
        if part.kind == Question.Kind.CHOICE:
            different = (case for case, _how in context["cases"].different)
            context["unanswered"] = cases_unanswered(draft, different, part.key)
        return context

    def get_urls(self) -> list[URLPattern]:
        view = self.admin_site.admin_view(self.answer_cases_view)
        name = "assessments_question_answer-cases"
        return [path("<int:pk>/answer-cases/", view, name=name), *super().get_urls()]

    def answer_cases_view(self, request: HttpRequest, pk: int) -> HttpResponse:
        """Gives one answer to all cases that have none to this question."""
        question = get_object_or_404(Question, pk=pk)
        may = self.has_change_permission(request, question)
        if not (may and request.user.has_perm("assessments.change_case")):
            raise PermissionDenied
        if request.method != "POST":
            return HttpResponseNotAllowed(["POST"])
        choice = question.choices.filter(key=request.POST.get("answer", "")).first()
        if choice is None:
            messages.error(request, gettext("Pick an answer for the cases."))
        else:
            self._answer_cases(request, question, choice)
        return redirect("admin:assessments_question_change", pk)

    def _answer_cases(self, request: HttpRequest, question: Question, choice: Choice) -> None:
        with transaction.atomic():
            desk_lock()
            number = cases_answer(question=question, answer=choice.key)
            self.log_change(request, question, message(ANSWERED_CASES, answer=choice.label))
        told = ngettext(
            "1 case answers “{answer}” now.", "{number} cases answer “{answer}” now.", number
        )
        messages.success(request, told.format(number=number, answer=choice.label))

    def get_queryset(self, request: HttpRequest) -> QuerySet[Question]:
        questions = super().get_queryset(request)
        return questions.prefetch_related("assessment__dimensions", with_rule("show_if"))

    @admin.display(description=_("asked if"))
    def asked_if(self, question: Question) -> str:
        conditions = question.show_if.all()
        return rule_in_words(conditions) if conditions else gettext("Always")
