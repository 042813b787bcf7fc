"""The self-check's own page: its texts, its parts in their order, and the way to publish it."""

from collections.abc import Iterator
from typing import Any, ClassVar

from adminsortable2.admin import SortableAdminBase, SortableStackedInline, SortableTabularInline
from django.contrib import admin, messages
from django.contrib.admin.options import InlineModelAdmin
from django.core.exceptions import PermissionDenied
from django.db.models import Count, Max, QuerySet
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import get_object_or_404
from django.urls import URLPattern, path, reverse
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString

from assessments.admin.base import TextWidgets, with_rule
from assessments.admin.publishing import publish_page
from assessments.models import (
    Assessment,
    DerivedSafety,
    Dimension,
    Faq,
    Notice,
    Profile,
    Question,
    RetestAdvice,
    SafetyItem,
    SafetyLevel,
    rule_in_words,
)

PARTS = (Question, SafetyItem, DerivedSafety, SafetyLevel, Dimension, Profile, Notice, Faq)


class Listed(InlineModelAdmin):
    """Rows that are only listed here. Each opens on a page of its own."""

    extra = 0
    can_delete = False
    show_change_link = True

    def has_add_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False


class RowsInline(Listed, SortableTabularInline):  # type: ignore[misc]
    """Rows to drag into order."""


class QuestionRows(RowsInline):
    model = Question
    readonly_fields = fields = ("kind", "group")


class SafetyItemRows(RowsInline):
    model = SafetyItem
    verbose_name_plural = "safety list"
    readonly_fields = fields = ("level",)

    def get_queryset(self, request: HttpRequest) -> QuerySet[SafetyItem]:
        items: QuerySet[SafetyItem] = super().get_queryset(request)
        return items.select_related("level")


class RuledRows(RowsInline):
    readonly_fields: ClassVar[Any] = ("rule",)
    fields: ClassVar[Any] = ("rule",)

    def get_queryset(self, request: HttpRequest) -> QuerySet[Any]:
        rows: QuerySet[Any] = super().get_queryset(request)
        return rows.prefetch_related(with_rule("conditions"))

    @admin.display(description="when it applies")
    def rule(self, ruled: DerivedSafety | Profile | Notice) -> str:
        return rule_in_words(ruled.conditions.all())


class DerivedSafetyRows(RuledRows):
    model = DerivedSafety


class ProfileRows(RuledRows):
    model = Profile
    verbose_name_plural = "result types: the first whose rule holds is the result"


class NoticeRows(RuledRows):
    model = Notice


class FaqRows(RowsInline):
    model = Faq
    readonly_fields = fields = ("answer",)


class DimensionRows(RowsInline):
    model = Dimension
    readonly_fields = fields = ("plain", "weight")


class SafetyLevelRows(Listed, admin.TabularInline):
    """Not to drag: how serious a level is makes its order."""

    model = SafetyLevel
    readonly_fields = fields = ("rank", "scores", "guide")


class RetestAdviceInline(TextWidgets, SortableStackedInline):  # type: ignore[misc]
    model = RetestAdvice
    extra = 0
    fields = ("after", "text")
    one_line = ("after",)


@admin.register(Assessment)
class AssessmentAdmin(TextWidgets, SortableAdminBase, admin.ModelAdmin):
    list_display = ("title", "live", "questions_in_draft", "language", "minutes")
    search_fields = ("title", "statement")
    readonly_fields = ("add_parts",)
    actions = ("publish",)
    one_line = (
        "title", "language", "direction", "safety_none_label", "retest_compare", "retest_better",
        "retest_same", "retest_worse",
    )  # fmt: skip
    inlines = (
        QuestionRows,
        SafetyItemRows,
        DerivedSafetyRows,
        SafetyLevelRows,
        DimensionRows,
        ProfileRows,
        NoticeRows,
        FaqRows,
        RetestAdviceInline,
    )
    words = ("title", "language", "minutes", "statement", "direction")
    fieldsets = (
        (None, {"fields": ("add_parts", *words)}),
        ("The safety list", {"fields": ("safety_intro", "safety_none_label")}),
        (
            "How sure a score is",
            {"fields": (("confidence_high", "confidence_medium", "confidence_low"),)},
        ),
        (
            "Good to know, for runners",
            {
                "classes": ("collapse",),
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
            "Measuring again",
            {
                "classes": ("collapse",),
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

    def get_queryset(self, request: HttpRequest) -> QuerySet[Assessment]:
        assessments: QuerySet[Assessment] = super().get_queryset(request)
        return assessments.annotate(
            live_number=Max("editions__number"), question_count=Count("questions", distinct=True)
        )

    def get_inlines(self, request: HttpRequest, obj: Any) -> Any:
        return super().get_inlines(request, obj) if obj else []

    def get_urls(self) -> list[URLPattern]:
        publish = path(
            "<int:pk>/publish/",
            self.admin_site.admin_view(self.publish_view),
            name="assessments_assessment_publish",
        )
        return [publish, *super().get_urls()]

    @admin.display(description="live", ordering="live_number")
    def live(self, assessment: Any) -> str:
        number = assessment.live_number
        return f"Version {number}" if number else "Not published"

    @admin.display(description="questions", ordering="question_count")
    def questions_in_draft(self, assessment: Any) -> int:
        return int(assessment.question_count)

    @admin.display(description="parts")
    def add_parts(self, assessment: Assessment) -> SafeString | str:
        """Where to add what is only listed here, and where to publish."""
        if not assessment.pk:
            return "Save it first. Then its questions and all else can be added."
        publish = reverse("admin:assessments_assessment_publish", args=[assessment.pk])
        links = format_html_join(" · ", '<a href="{}">Add {}</a>', _add_links(assessment))
        return format_html('{} · <a href="{}">Check and publish</a>', links, publish)

    @admin.action(description="Check and publish", permissions=["publish"])
    def publish(self, request: HttpRequest, queryset: QuerySet[Assessment]) -> HttpResponse | None:
        if queryset.count() != 1:
            self.message_user(request, "Pick one self-check to publish.", messages.WARNING)
            return None
        address = reverse("admin:assessments_assessment_publish", args=[queryset.get().pk])
        return HttpResponseRedirect(address)

    def has_publish_permission(self, request: HttpRequest) -> bool:
        return request.user.has_perm("assessments.add_edition")

    def publish_view(self, request: HttpRequest, pk: int) -> HttpResponse:
        if not self.has_publish_permission(request):
            raise PermissionDenied
        return publish_page(self, request, get_object_or_404(Assessment, pk=pk))


def _add_links(assessment: Assessment) -> Iterator[tuple[str, str]]:
    for part in PARTS:
        address = reverse(f"admin:assessments_{part.__name__.lower()}_add")
        yield f"{address}?assessment={assessment.pk}", str(part._meta.verbose_name)
