"""Admin of the self-check itself: texts, ordered parts, trial, impact and publishing."""

from collections.abc import Sequence
from typing import Any, ClassVar

from adminsortable2.admin import SortableStackedInline
from django import forms
from django.contrib import admin, messages
from django.db.models import Count, Field, QuerySet
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import URLPattern, reverse
from django.utils.text import Truncator
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from assessments.admin.base import ReadOnlyRowsInline, RowsInline, with_rule
from assessments.admin.cases import CaseInline
from assessments.admin.phone import PhoneAdmin
from assessments.admin.proofread import draft_chapters
from assessments.admin.trial import Trial, TrialForm, keeping, run_trial
from assessments.checker import Finding
from assessments.definition import DefinitionError
from assessments.desk.content.assessment_words import AssessmentWordsAdmin
from assessments.desk.findings import LocatedFinding, located
from assessments.desk.impact_in_words import impact_context
from assessments.desk.links import address_of
from assessments.desk.menu import WRITE, MenuPlace
from assessments.desk.parts.list_order import ListOrderAdmin
from assessments.desk.parts.moves import OrderedFormSet
from assessments.desk.parts.order import OrderAdmin
from assessments.desk.parts.tabs import Tab, TabsAdmin
from assessments.desk.share.pages import SharePages
from assessments.desk.widgets import FOLDED, TextWidgetsMixin
from assessments.hooks import Link
from assessments.models import (
    Assessment,
    DerivedSafety,
    Dimension,
    Edition,
    Faq,
    Notice,
    Profile,
    Question,
    RetestAdvice,
    SafetyItem,
    SafetyLevel,
    rule_in_words,
)
from assessments.publishing.cases import case_keep
from assessments.publishing.drafts import (
    assessment_compile,
    assessment_export,
)
from assessments.publishing.pipeline import DraftStatus
from assessments.publishing.services import (
    assessment_overview,
    assessment_publish,
)
from assessments.selectors import IN_ORDER
from runfit.lib.history import READ_THROUGH

ANSWERS_SHOWN = 80  # characters
KEPT = _("Kept as a case: what came out must come out again. Below, take out what may change.")
RETAKING = _("What runners read when they take the check again, beside what they answered before.")
WHAT_CHANGES = _("What would change")


class QuestionInline(RowsInline):
    model = Question
    readonly_fields = fields = ("answers", "asked_if")

    def get_queryset(self, request: HttpRequest) -> QuerySet[Question]:
        questions: QuerySet[Question] = super().get_queryset(request)
        return questions.prefetch_related("choices", with_rule("show_if"))

    @admin.display(description=_("answers"))
    def answers(self, question: Question) -> str:
        if question.kind == Question.Kind.SCALE:
            return gettext("{lowest} to {highest}").format(
                lowest=question.minimum, highest=question.maximum
            )
        labels = " / ".join(choice.label for choice in question.choices.all())
        any_number = question.kind == Question.Kind.SEVERAL
        return Truncator(
            gettext("Any of: {answers}").format(answers=labels) if any_number else labels
        ).chars(ANSWERS_SHOWN)

    @admin.display(description=_("asked"))
    def asked_if(self, question: Question) -> str:
        conditions = question.show_if.all()
        asked = (
            gettext("If {rule}").format(rule=rule_in_words(conditions))
            if conditions
            else gettext("Always")
        )
        return (
            gettext("{asked}; can be skipped").format(asked=asked) if question.optional else asked
        )


class SafetyItemInline(RowsInline):
    model = SafetyItem
    verbose_name_plural = _("safety list")
    readonly_fields = fields = ("group", "level")

    def get_queryset(self, request: HttpRequest) -> QuerySet[SafetyItem]:
        items: QuerySet[SafetyItem] = super().get_queryset(request)
        return items.select_related("level")


class RuledInline(RowsInline):
    readonly_fields: ClassVar[Any] = ("rule",)
    fields: ClassVar[Any] = ("rule",)

    def get_queryset(self, request: HttpRequest) -> QuerySet[Any]:
        rows: QuerySet[Any] = super().get_queryset(request)
        return rows.prefetch_related(with_rule("conditions"))

    @admin.display(description=_("when it applies"))
    def rule(self, ruled: DerivedSafety | Profile | Notice) -> str:
        return rule_in_words(ruled.conditions.all())


class DerivedSafetyInline(RuledInline):
    classes = FOLDED
    model = DerivedSafety


class ProfileInline(RuledInline):
    model = Profile
    verbose_name_plural = _("result types: from the top, the first that fits is the result")


class NoticeInline(RuledInline):
    model = Notice
    readonly_fields = fields = ("rule", "place")

    def get_queryset(self, request: HttpRequest) -> QuerySet[Notice]:
        return super().get_queryset(request).select_related("faq")


class FaqInline(RowsInline):
    model = Faq
    readonly_fields = fields = ("answer",)


class DimensionInline(RowsInline):
    model = Dimension
    readonly_fields = fields = ("plain", "weight")


class SafetyLevelInline(ReadOnlyRowsInline, admin.TabularInline):
    """Not sortable: levels are ordered by how serious they are."""

    classes = FOLDED
    model = SafetyLevel
    readonly_fields = fields = ("rank", "scores", "guide")


class RetestAdviceInline(TextWidgetsMixin, SortableStackedInline):
    classes = FOLDED
    model = RetestAdvice
    formset = OrderedFormSet
    verbose_name_plural = _("retaking the check: advice if nothing changed")
    extra = 0
    fields = ("after", "text", "few_done", "enough_done")
    one_line = ("after",)


def _next_choices() -> list[tuple[str, str]]:
    originals = Assessment.objects.filter(translation_of=None).order_by(*IN_ORDER)
    return [("", gettext("None")), *originals.values_list("slug", "title")]


@admin.register(Assessment)
class AssessmentAdmin(
    ListOrderAdmin, TabsAdmin, OrderAdmin, PhoneAdmin, TextWidgetsMixin, AssessmentWordsAdmin
):  # fmt: skip
    menu = (MenuPlace(WRITE, 1, _("Self-checks")),)
    list_display = ("title", "address", "live", "questions_in_draft", "in_language")
    readonly_fields = ("address",)
    search_fields = ("title", "statement")
    prose = ("why_text", "why_more")
    one_line = (
        "title", "headline", "benefit", "language", "direction", "safety_none_label", "why_title",
        "why_more_title", "retest_compare", "retest_better", "retest_same", "retest_worse",
    )  # fmt: skip
    change_form_template = "admin/assessments/tabs.html"
    tabs = (
        Tab(_("Its words"), (RetestAdviceInline,)),
        Tab(_("Questions"), (QuestionInline,)),
        Tab(_("Safety list"), (SafetyItemInline, DerivedSafetyInline, SafetyLevelInline)),
        Tab(_("Score areas"), (DimensionInline,)),
        Tab(_("Result types"), (ProfileInline,)),
        Tab(_("Extra advice"), (NoticeInline, FaqInline)),
        Tab(_("Cases"), (CaseInline,)),
    )
    inlines = [rows for tab in tabs for rows in tab.lists]
    edition_model = Edition
    unfinished = DefinitionError
    words = (
        "title", "headline", "benefit", "language", "translation_of", "minutes", "statement",
        "direction", "next_check",
    )  # fmt: skip
    fieldsets = (
        (_("Its words"), {"fields": (*words, "address")}),
        (
            _("The why"),
            {
                "classes": FOLDED,
                "fields": ("why_title", "why_text", "why_more_title", "why_more"),
                "description": _("The idea behind the plan, open on each result."),
            },
        ),
        (
            _("Around the safety list"),
            {"classes": FOLDED, "fields": ("safety_intro", "safety_none_label")},
        ),
        (
            _("How sure a score is"),
            {
                "classes": FOLDED,
                "fields": (("confidence_high", "confidence_medium", "confidence_low"),),
            },
        ),
        (
            _("Good to know, for runners"),
            {
                "classes": FOLDED,
                "fields": (
                    "disclaimer_top",
                    "disclaimer_before_exercise",
                    "disclaimer_emergency",
                    "disclaimer_evidence",
                    "disclaimer_privacy",
                ),
            },
        ),
        (
            _("Retaking the check"),
            {
                "classes": FOLDED,
                "description": RETAKING,
                "fields": (
                    "retest_weekly",
                    "retest_full",
                    "retest_earliest_days",
                    "retest_compare",
                    "retest_better",
                    "retest_same",
                    "retest_worse",
                    "retest_always_show",
                ),
            },
        ),
    )

    def formfield_for_dbfield(
        self, db_field: "Field[Any, Any]", request: HttpRequest, **kwargs: Any
    ) -> forms.Field | None:
        if db_field.name == "next_check":
            kwargs["widget"] = forms.Select(choices=_next_choices())
        return super().formfield_for_dbfield(db_field, request, **kwargs)

    def get_queryset(self, request: HttpRequest) -> QuerySet[Assessment]:
        assessments: QuerySet[Assessment] = super().get_queryset(request)
        return assessments.annotate(question_count=Count("questions", distinct=True))

    def get_urls(self) -> list[URLPattern]:
        return [
            self.desk_path("try", self.try_view),
            self.desk_path("impact", self.impact_view),
            self.desk_path("read", self.read_view),
            *SharePages(self).urls(),
            *super().get_urls(),
        ]

    @admin.display(description=_("address"), ordering="slug")
    def address(self, assessment: Assessment) -> str:
        """The public URL, which tells copies with the same title apart."""
        slug = assessment.slug
        return reverse("assessments:check", args=[slug]) if slug else gettext("Made from the title")

    @admin.display(description=_("questions"), ordering="question_count")
    def questions_in_draft(self, assessment: Any) -> int:
        return int(assessment.question_count)

    def desk_links(self, draft: Assessment) -> list[Link]:
        versions = reverse("admin:assessments_edition_changelist")
        return [
            Link(address_of(draft, "read"), gettext("Read through")),
            Link(address_of(draft, "try"), gettext("Try it")),
            Link(address_of(draft, "impact"), str(WHAT_CHANGES)),
            Link(address_of(draft, "share"), gettext("Share")),
            Link(f"{versions}?assessment__id__exact={draft.pk}", gettext("Versions"), more=True),
            Link(address_of(draft, "copy"), gettext("Make a copy")),
            Link(address_of(draft, "translate"), gettext("Translate")),
            *super().desk_links(draft),
        ]

    def file_text(self, draft: Assessment) -> str:
        return assessment_export(slug=draft.slug)

    def overview(self, draft: Assessment) -> tuple[DraftStatus, list[Finding]]:
        return assessment_overview(assessment=draft)

    def place(self, draft: Assessment, findings: Sequence[Finding]) -> list[LocatedFinding]:
        return located(draft, findings)

    def publish_draft(self, draft: Assessment, **how: Any) -> Edition:
        return assessment_publish(assessment=draft, **how)

    def publish_context(self, draft: Assessment) -> dict[str, Any]:
        try:
            return impact_context(draft)
        except DefinitionError:
            return {}

    def try_view(self, request: HttpRequest, pk: int) -> HttpResponse:
        """Scores answers against the draft without storing them."""
        draft = self.draft_of(request, pk)
        try:
            definition = assessment_compile(assessment=draft)
        except DefinitionError:
            return self.unfinished_page(request, draft, gettext("Try it"))
        form, trial = run_trial(request, draft, definition)
        keep = None
        if trial and trial.page and request.user.has_perm("assessments.add_case"):
            keep = keeping(request, draft, form)
            if keep.form.is_valid():
                return self._keep(request, draft, form, trial, keep.form.cleaned_data["case_name"])
        return self.desk_page(
            request,
            "admin/assessments/trial.html",
            draft,
            gettext("Try it"),
            form=form,
            trial=trial,
            keep=keep,
            definition=definition,
        )

    def _keep(
        self,
        request: HttpRequest,
        draft: Assessment,
        form: TrialForm,
        trial: Trial,
        name: str,
    ) -> HttpResponse:
        case = case_keep(
            assessment=draft,
            name=name,
            answers=trial.result.answers,
            safety=form.safety,
            result=trial.result,
        )
        messages.success(request, KEPT)
        return HttpResponseRedirect(address_of(case))

    def impact_view(self, request: HttpRequest, pk: int) -> HttpResponse:
        """Shows which recent results the draft would change."""
        draft = self.draft_of(request, pk)
        try:
            context = impact_context(draft)
        except DefinitionError:
            return self.unfinished_page(request, draft, str(WHAT_CHANGES))
        template = "admin/assessments/impact.html"
        return self.desk_page(request, template, draft, str(WHAT_CHANGES), **context)

    def read_view(self, request: HttpRequest, pk: int) -> HttpResponse:
        """Shows every text that a runner can see. POST completes the "Read it through" step."""
        draft = self.draft_of(request, pk)
        if request.method == "POST":
            self.log_change(request, draft, READ_THROUGH)
            messages.success(request, gettext("Got it: you've read it through."))
            return HttpResponseRedirect(reverse("admin:index"))
        return self.desk_page(
            request,
            "admin/desk/proofread.html",
            draft,
            gettext("Read through"),
            chapters=draft_chapters(draft),
        )
