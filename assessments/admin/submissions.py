"""Read-only admin of runners' answers."""

import re
from collections.abc import Iterable
from typing import Any

from django.contrib import admin, messages
from django.contrib.admin.helpers import ACTION_CHECKBOX_NAME
from django.db.models import F, OuterRef, QuerySet, Subquery, TextField
from django.db.models.functions import Cast, Coalesce
from django.http import HttpRequest, HttpResponse
from django.template.response import TemplateResponse
from django.utils.html import format_html_join
from django.utils.safestring import SafeString
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from assessments import selectors
from assessments.admin.statistics import StatisticsMixin
from assessments.admin.submissions_export import AnswersExport
from assessments.desk.audit_log import PersonalDataAdmin
from assessments.desk.large_lists import DateFilter, moment
from assessments.desk.menu import NUMBERS, PEOPLE, MenuPlace
from assessments.models import Assessment, Edition, Profile, SafetyLevel, Submission
from assessments.submissions import in_words
from assessments.submissions.services import submissions_erase
from runfit.lib.audit import erase_log
from runfit.lib.sign_in.recent import recent_sign_in_check

TOKEN = re.compile(r"[A-Za-z0-9_-]{43}")


class TitleFilter(admin.SimpleListFilter):
    """Filters by key, labeled with titles from the drafts. If there are several self-checks,
    labels name them too."""

    model: type[Profile | SafetyLevel]

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, str]]:
        rows = self.model.objects.select_related("assessment").order_by("title", "assessment")
        if len({row.assessment_id for row in rows}) > 1:
            return [
                (f"{row.assessment.slug}/{row.key}", f"{row.title} ({row.assessment})")
                for row in rows
            ]
        return [(row.key, row.title) for row in rows]

    def queryset(self, request: HttpRequest, queryset: QuerySet[Any]) -> QuerySet[Any]:
        slug, _, key = (self.value() or "").rpartition("/")
        if not key:
            return queryset
        matches = queryset.filter(**{str(self.parameter_name): key})
        return matches.filter(**_edition_lookup(slug=slug)) if slug else matches


class SelfCheckFilter(admin.SimpleListFilter):
    title, parameter_name = _("self-check"), "assessment"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, str]]:
        return [(str(row.pk), str(row)) for row in Assessment.objects.order_by("title")]

    def has_output(self) -> bool:
        return len(self.lookup_choices) > 1

    def queryset(self, request: HttpRequest, queryset: QuerySet[Any]) -> QuerySet[Any]:
        value = self.value()
        if value is None or value not in dict(self.lookup_choices):
            return queryset
        return queryset.filter(**_edition_lookup(pk=int(value)))


def _edition_lookup(**assessment: Any) -> dict[str, Any]:
    """Filters by edition ids instead of a join, so that the list can use its index."""
    editions = Edition.objects.filter(assessment__in=Assessment.objects.filter(**assessment))
    return {"edition__in": [*editions.order_by().values_list("pk", flat=True)]}


class ProfileFilter(TitleFilter):
    title, parameter_name, model = _("result type"), "profile", Profile


class SafetyFilter(TitleFilter):
    title, parameter_name, model = _("safety level"), "safety_level", SafetyLevel


@admin.register(Submission)
class SubmissionAdmin(StatisticsMixin, AnswersExport, PersonalDataAdmin):
    """Admin of one runner's anonymous answers."""

    menu = (
        MenuPlace(PEOPLE, 2),
        MenuPlace(NUMBERS, 1, _("Visits, answers, and guides"), "assessments_submission_numbers"),
        MenuPlace(
            NUMBERS,
            2,
            AnswersExport.export_title,
            "assessments_submission_export",
            "assessments.export_submission",
        ),
    )
    list_display = ("__str__", "date", "version", "result_type", "level", "first")
    list_defer = ("answers", "safety", "result")
    list_filter = (ProfileFilter, SafetyFilter, SelfCheckFilter, ("created_at", DateFilter))
    list_select_related = ("edition__assessment",)
    sortable_by = ("date",)
    search_fields = ("token__exact",)
    search_help_text = _("Paste the link to a result page to find its answers.")
    fields = readonly_fields = (
        "date", "first", "retakes", "edition", "safety_in_words", "answers_in_words",
        "result_in_words", "cleared_at",
    )  # fmt: skip
    actions = ("erase",)

    def get_queryset(self, request: HttpRequest) -> QuerySet[Submission]:
        submissions: QuerySet[Submission] = super().get_queryset(request)
        return submissions.defer("edition__definition").annotate(
            profile_title=_title(Profile, "profile"),
            level_title=_title(SafetyLevel, "safety_level"),
        )

    def get_search_results(
        self, request: HttpRequest, queryset: QuerySet[Any], search_term: str
    ) -> tuple[QuerySet[Any], bool]:
        token = TOKEN.search(search_term)
        return super().get_search_results(request, queryset, token[0] if token else search_term)

    @admin.display(description=_("date"), ordering="created_at")
    def date(self, submission: Submission) -> str:
        return moment(submission.created_at)

    @admin.display(description=_("version"))
    def version(self, submission: Submission) -> str:
        return str(submission.edition)

    @admin.display(description=_("result type"))
    def result_type(self, submission: Any) -> str:
        return str(submission.profile_title)

    @admin.display(description=_("safety level"))
    def level(self, submission: Any) -> str:
        return str(submission.level_title)

    @admin.display(description=_("adds checks to"))
    def first(self, submission: Submission) -> str:
        return (
            gettext("Answers {number}").format(number=submission.added_to_id)
            if submission.added_to_id
            else ""
        )

    @admin.display(description=_("takes the check again after"))
    def retakes(self, submission: Submission) -> str:
        return (
            gettext("Answers {number}").format(number=submission.retest_of_id)
            if submission.retest_of_id
            else ""
        )

    @admin.display(description=_("safety list"))
    def safety_in_words(self, submission: Submission) -> SafeString:
        return _list((text,) for text in in_words.safety_in_words(submission))

    @admin.display(description=_("answers"))
    def answers_in_words(self, submission: Submission) -> SafeString:
        return _pairs(in_words.answers_in_words(submission))

    @admin.display(description=_("result"))
    def result_in_words(self, submission: Submission) -> SafeString:
        return _pairs(in_words.result_in_words(submission))

    @admin.action(description=_("Erase these answers for good"), permissions=["erase"])
    def erase(self, request: HttpRequest, queryset: QuerySet[Submission]) -> HttpResponse | None:
        recent_sign_in_check(request)
        connected = selectors.submission_keys_of_runners(queryset.values_list("pk", flat=True))
        queryset = self.get_queryset(request).filter(pk__in=connected)
        if "confirmed" in request.POST:
            for submission in queryset:
                erase_log(submission)
            erased = submissions_erase(pks=connected)
            self.message_user(
                request, gettext("Erased: {number}.").format(number=erased), messages.SUCCESS
            )
            return None
        context = {
            **self.admin_site.each_context(request),
            "title": gettext("Erase these answers for good?"),
            "opts": self.opts,
            "submissions": queryset,
            "action_checkbox_name": ACTION_CHECKBOX_NAME,
        }
        return TemplateResponse(request, "admin/assessments/erase.html", context)

    def has_erase_permission(self, request: HttpRequest) -> bool:
        return request.user.has_perm("assessments.delete_submission")


def _title(model: type[Profile | SafetyLevel], column: str) -> Coalesce:
    """The draft's title for a key, or the key itself if the draft no longer has it."""
    # Not "edition__assessment", which would join the editions wherever answers are counted.
    row = model.objects.filter(assessment__editions=OuterRef("edition"), key=OuterRef(column))
    return Coalesce(Subquery(row.values("title")[:1]), Cast(F(column), TextField()))


def _pairs(pairs: Iterable[tuple[str, str]]) -> SafeString:
    return _list((f"{name}: {text}",) for name, text in pairs)


def _list(rows: Iterable[tuple[str]]) -> SafeString:
    return format_html_join("", "<p>{}</p>", rows)
