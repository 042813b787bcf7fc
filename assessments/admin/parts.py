"""Admins of score areas, safety items and levels, result types, FAQs and extra advice."""

from typing import Any

from django.contrib import admin
from django.db.models import QuerySet
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _

from assessments.admin.base import (
    DrawingAdmin,
    DrawingForm,
    PartAdmin,
    TwoStepAdmin,
    with_rule,
)
from assessments.admin.phone import PhoneAdmin
from assessments.admin.rules import DerivedInline, NoticeRuleInline, ProfileRuleInline
from assessments.desk.widgets import LabelledTableInline, TextWidgetsMixin
from assessments.models import (
    DerivedSafety,
    Dimension,
    Faq,
    Notice,
    Profile,
    ProfileFaq,
    SafetyItem,
    SafetyLevel,
    rule_in_words,
)


@admin.register(Dimension)
class DimensionAdmin(PartAdmin):
    list_display = ("label", "plain", "weight", "assessment")
    search_fields = ("label", "plain")
    fields = ("assessment", "label", "plain", "weight", ("balance_side", "balance_label"))
    one_line = ("label", "plain", "balance_label")


@admin.register(SafetyLevel)
class SafetyLevelAdmin(PhoneAdmin, PartAdmin):
    prose = ("body", "tell_them", "note")
    list_display = ("title", "rank", "scores", "guide", "assessment")
    list_filter = ("assessment", "scores", "guide")
    search_fields = ("title", "body", "tell_them", "note")
    ordering = ("assessment", "-rank")
    fields = ("assessment", "title", "body", "tell_them", "note", "rank", "scores", "guide")
    one_line = ("title",)


@admin.register(SafetyItem)
class SafetyItemAdmin(PhoneAdmin, PartAdmin):
    prose = ("note",)
    list_display = ("text", "group", "level", "why", "assessment")
    list_filter = ("assessment", "level")
    list_select_related = ("assessment", "level")
    search_fields = ("text", "why", "group", "note")
    fields = ("assessment", "text", "level", "why", "group", "note")
    one_line = ("why", "group")


class RuledAdmin(TwoStepAdmin):
    """Admin of a part that applies only if its rule holds."""

    def get_queryset(self, request: HttpRequest) -> QuerySet[Any]:
        return super().get_queryset(request).prefetch_related(with_rule("conditions"))

    @admin.display(description=_("when it applies"))
    def rule(self, ruled: DerivedSafety | Profile | Notice) -> str:
        return rule_in_words(ruled.conditions.all())


@admin.register(DerivedSafety)
class DerivedSafetyAdmin(RuledAdmin):
    prose = ("note",)
    list_display = ("why", "level", "rule", "assessment")
    list_filter = ("assessment", "level")
    list_select_related = ("assessment", "level")
    search_fields = ("why", "note")
    fields = ("assessment", "level", "why", "note")
    inlines = (DerivedInline,)
    one_line = ("why",)


@admin.register(Faq)
class FaqAdmin(PhoneAdmin, PartAdmin):
    prose = ("answer",)
    list_display = ("question", "answer", "assessment")
    search_fields = ("question", "answer")
    fields = ("assessment", "question", "answer")
    one_line = ("question",)


class ProfileFaqInline(TextWidgetsMixin, LabelledTableInline, admin.TabularInline):
    model = ProfileFaq
    prose = ("answer",)
    extra = 0
    fields = ("faq", "answer")

    def get_queryset(self, request: HttpRequest) -> QuerySet[ProfileFaq]:
        answers: QuerySet[ProfileFaq] = super().get_queryset(request)
        return answers.select_related("faq")

    def get_formset(self, request: HttpRequest, obj: Any = None, **kwargs: Any) -> Any:
        """Offers the FAQs of the same self-check, with one query for all rows."""
        formset = super().get_formset(request, obj, **kwargs)
        faqs = Faq.objects.filter(assessment=obj.assessment_id)
        field: Any = formset.form.base_fields["faq"]
        field.queryset = faqs
        field.choices = [("", "---------"), *((faq.pk, str(faq)) for faq in faqs)]
        return formset


class PictureForm(DrawingForm):
    column = "picture"
    called = _("Picture")
    remove = _("Remove the picture")
    say_in_words = _("Say in words what the picture shows.")
    use = _("It stands on the result, and on the page to share.")


@admin.register(Profile)
class ProfileAdmin(PhoneAdmin, DrawingAdmin, RuledAdmin):
    form = PictureForm
    prose = ("summary", "honest_note")
    list_display = ("title", "start_phase", "rule", "assessment")
    list_filter = ("assessment", "start_phase")
    search_fields = ("title", "summary", "first_step", "honest_note", "see_someone_if")
    words = ("title", "headline", "start_phase", "summary", "first_step")
    inlines = (ProfileRuleInline, ProfileFaqInline)
    one_line = ("title", "headline", "picture_alt")

    def get_fields(self, request: HttpRequest, obj: Any = None) -> Any:
        notes = ("honest_note", "see_someone_if")
        return ["assessment", *self.words, *notes, *self.drawing_fields(obj)]


@admin.register(Notice)
class NoticeAdmin(PhoneAdmin, RuledAdmin):
    prose = ("text",)
    list_display = ("text", "rule", "place", "assessment")
    list_select_related = ("assessment", "faq")
    search_fields = ("text",)
    fields = ("assessment", "text", "faq", "in_why", "in_guide")
    inlines = (NoticeRuleInline,)
