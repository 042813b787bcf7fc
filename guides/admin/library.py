"""Admin pages for exercises, their shared rules, and plans."""

from collections.abc import Iterable, Mapping
from functools import cached_property
from typing import Any, ClassVar, cast

from adminsortable2.admin import (
    SortableAdminBase,
    SortableAdminMixin,
    SortableStackedInline,
    SortableTabularInline,
)
from django import forms
from django.contrib import admin, messages
from django.contrib.admin.widgets import AdminTextareaWidget
from django.core.exceptions import BadRequest, PermissionDenied
from django.db import models, transaction
from django.db.models import Count, Prefetch, QuerySet
from django.http import HttpRequest, HttpResponse, HttpResponseNotAllowed, HttpResponseRedirect
from django.utils.html import format_html
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _
from solo.admin import SingletonModelAdmin

from assessments.desk.audit_log import HistoryAdmin
from assessments.desk.concurrent_edits.mixin import desk_lock
from assessments.desk.content.copying import CopyMixin
from assessments.desk.large_lists import NUMBER
from assessments.desk.links import address_of
from assessments.desk.menu import WRITE, MenuPlace
from assessments.desk.mixins import NOT_LIVE, ContinueEditingMixin
from assessments.desk.parts.moves import OrderedFormSet
from assessments.desk.widgets import LabelledTableInline
from assessments.selectors import profiles
from guides.admin.copying import PlanCopyForm, ResultTypeField
from guides.admin.exercise_form import ExerciseForm, PictureForm
from guides.admin.exercise_phone import ExerciseBesideAdmin
from guides.models import Exercise, ExercisePicture, Plan, PlanBlock, PlanStep, SharedRules
from guides.publishing.copying import plan_copy
from guides.publishing.row_mapping import steps_minutes
from runfit.lib.history import MOVED
from runfit.lib.http import json_posted
from runfit.lib.pictures import is_drawing


class GuideDeskMixin:
    """Form defaults: four-row text areas, and URLs that assume https."""

    formfield_overrides: ClassVar[Any] = {
        models.TextField: {"widget": AdminTextareaWidget(attrs={"rows": 4})},
        models.URLField: {"assume_scheme": "https"},
    }


def picture_shown(row: ExercisePicture) -> str:
    if not row.picture:
        return ""
    still = format_html(
        '<img class="shown" src="{}" alt="{}" loading="lazy">', row.picture.url, row.alt
    )
    if is_drawing(row.clip.name or ""):
        return still + format_html(
            '<details><summary>{}</summary><img class="shown" src="{}" alt="{}" loading="lazy">'
            "</details>",
            gettext("See it move"),
            row.clip.url,
            row.alt,
        )
    if row.clip:
        return format_html(
            '<video class="shown" src="{}" poster="{}" aria-label="{}" muted loop playsinline '
            'controls preload="none"></video>',
            row.clip.url,
            row.picture.url,
            row.alt,
        )
    return still


class PictureInline(SortableStackedInline):
    """Drag to order: the first one is also printed and mailed."""

    model = ExercisePicture
    formset = OrderedFormSet
    form = PictureForm
    extra = 0
    readonly_fields = ("shown",)
    fields = ("shown", "picture", "alt", "caption")
    verbose_name_plural = _("pictures, in the order that runners see them")

    @admin.display(description=_("what runners see"))
    def shown(self, row: ExercisePicture) -> str:
        """A file that was just chosen isn't stored until the whole form is right."""
        name = row.picture.name
        stored = name and row.picture.storage.exists(name)
        return picture_shown(row) if stored else gettext("You'll see it here once you've saved.")


@admin.register(Exercise)
class ExerciseAdmin(GuideDeskMixin, SortableAdminMixin, ExerciseBesideAdmin):  # type: ignore[override]
    """Drag to order: guides print exercises in this order, mobility first."""

    inlines = (PictureInline,)
    menu = (MenuPlace(WRITE, 3, _("Exercises")),)
    form = ExerciseForm
    list_display = ("name", "phase", "target", "shown", "in_plans")
    list_filter = ("phase",)
    search_fields = ("name", "target", "equipment", "steps", "cues")
    ordering = ("order",)
    fieldsets = (
        (
            None,
            {
                "fields": (
                    "name",
                    "phase",
                    "steps",
                    ("sets", "reps", "seconds", "per_side"),
                    ("rest_seconds", "days_per_week"),
                )
            },
        ),
        (
            _("What helps runners do it well"),
            {
                "description": _("All of this may stay empty. What's empty takes no space."),
                "fields": (
                    "target",
                    "equipment",
                    "position",
                    "cues",
                    "common_mistakes",
                    "easier",
                    "harder",
                    ("tempo", "effort"),
                    "before_run",
                    "video_url",
                ),
            },
        ),
        (
            _("Safe and honest"),
            {"fields": ("stop_if", "skip_if", "skip_for", "instead", "evidence_note")},
        ),
    )

    def get_queryset(self, request: HttpRequest) -> QuerySet[Exercise]:
        exercises: QuerySet[Exercise] = super().get_queryset(request)
        plans = Count("uses__block__plan", distinct=True)
        return exercises.annotate(plans=plans).prefetch_related("pictures")

    def update_order(self, request: HttpRequest) -> HttpResponse:
        """Saves the order after a drag in the list. The dragged rows are sorted within their
        current positions, since the page may be stale: rows may have been deleted or moved."""
        if request.method != "POST":
            return HttpResponseNotAllowed(["POST"])
        if not self.has_change_permission(request):
            raise PermissionDenied
        dragged = _dragged(json_posted(request))
        with transaction.atomic():
            desk_lock()
            existing = Exercise.objects.in_bulk(dragged)
            positions = sorted(exercise.order for exercise in existing.values())
            moved = [existing[pk] for pk in dragged if pk in existing]
            for exercise, position in zip(moved, positions, strict=True):
                exercise.order = position
                self.log_change(request, exercise, MOVED)
            Exercise.objects.bulk_update(moved, ["order"])  # skips the signals that record history
        return HttpResponse()

    @admin.display(description=_("what runners see"))
    def shown(self, exercise: Exercise) -> str:
        first = next(iter(exercise.pictures.all()), None)
        return picture_shown(first) if first else gettext("No picture yet")

    @admin.display(description=_("in plans"), ordering="plans")
    def in_plans(self, exercise: Any) -> int:
        return int(exercise.plans)


def _dragged(posted: Any) -> list[int]:
    """The primary keys of the dragged rows, in their new order."""
    try:
        items = [(int(position), str(pk)) for pk, position in posted["updatedItems"]]
    except (ArithmeticError, LookupError, TypeError, ValueError) as error:
        raise BadRequest("Expected updatedItems: pairs of a primary key and a position.") from error
    keys = [pk for _position, pk in sorted(items)]
    if not all(map(NUMBER.fullmatch, keys)):
        raise BadRequest("A primary key is not a number.")
    return [*map(int, dict.fromkeys(keys))]


@admin.register(SharedRules)
class SharedRulesAdmin(GuideDeskMixin, HistoryAdmin, SingletonModelAdmin):
    menu = (MenuPlace(WRITE, 5),)
    fieldsets = (
        (None, {"fields": ("order", "warm_up", "version", "status")}),
        (_("Pain"), {"fields": ("pain_rule", "stop_at_once")}),
        (
            _("Harder and easier"),
            {
                "fields": (
                    "progress_mobility",
                    "progress_activation",
                    "progress_strength",
                    "progress_one_change",
                    "regress",
                    "missed",
                )
            },
        ),
        (_("Running during the plan"), {"fields": ("with_running", "runs")}),
    )

    def response_change(self, request: HttpRequest, obj: Any) -> HttpResponseRedirect:
        messages.success(request, NOT_LIVE)
        return HttpResponseRedirect(request.path)


def worked_out(steps: Iterable[PlanStep]) -> str:
    """The minutes that a session takes, from its doses."""
    minutes = steps_minutes(steps)
    if minutes is None:
        return gettext("Once there are exercises, with doses such as 2 x 8 each side or 2 x 15 s.")
    return gettext(
        "About {minutes} minutes: moves, rests, and changing place, without a warm-up."
    ).format(minutes=minutes)


class BlockInline(GuideDeskMixin, admin.StackedInline):
    """The blocks of a plan. Their exercises are edited on a separate page."""

    model = PlanBlock
    verbose_name = _("weeks with the same exercises")
    verbose_name_plural = _("its weeks, with one box for those that have the same exercises")
    extra = 0
    show_change_link = True
    readonly_fields = ("worked_out", "exercises")
    fields = (
        ("first_week", "last_week", "days_per_week"), ("minutes", "worked_out"), "goal",
        "move_on_if", "exercises",
    )  # fmt: skip

    def get_queryset(self, request: HttpRequest) -> QuerySet[PlanBlock]:
        steps = PlanStep.objects.select_related("exercise")
        return super().get_queryset(request).prefetch_related(Prefetch("steps", steps))

    @admin.display(description=_("exercises"))
    def exercises(self, block: PlanBlock) -> str:
        if not block.pk:
            return gettext("Save first. Then “Change” opens a page where you can add exercises.")
        names = ", ".join(step.exercise.name for step in block.steps.all())
        return names or format_html(
            '{} <a href="{}">{}</a>',
            gettext("None yet."),
            address_of(block),
            gettext("Add exercises"),
        )

    @admin.display(description=_("worked out"))
    def worked_out(self, block: PlanBlock) -> str:
        return worked_out(block.steps.all() if block.pk else ())


class ResultTypeSelect(forms.Select):
    """Each result type says with which phase its plan starts, for the script that fills it in."""

    def create_option(self, name: str, value: Any, *args: Any, **kwargs: Any) -> dict[str, Any]:
        option: dict[str, Any] = super().create_option(name, value, *args, **kwargs)
        if profile := getattr(value, "instance", None):
            option["attrs"]["data-start-phase"] = profile.start_phase
        return option


class PlanForm(forms.ModelForm):
    """A plan starts where its result type does, unless another phase is picked. What comes next is
    a plan of the same self-check."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if field := self.fields.get("start_phase"):
            field.required = False
            field.help_text = _("Leave it empty, and it's where the result type starts.")
        if field := self.fields.get("next_plan"):
            others = Plan.objects.exclude(pk=self.instance.pk).filter(profile__isnull=False)
            check = self.instance.check_id
            offered = others.filter(profile__assessment=check) if check else others
            cast(forms.ModelChoiceField, field).queryset = offered
            field.widget.can_delete_related = False  # it would delete that plan itself

    def clean(self) -> dict[str, Any]:
        data: dict[str, Any] = super().clean() or self.cleaned_data
        if "start_phase" in data and not data["start_phase"]:
            if profile := data.get("profile"):
                data["start_phase"] = profile.start_phase
            else:
                self.add_error("start_phase", self.fields["start_phase"].error_messages["required"])
        return data


@admin.register(Plan)
class PlanAdmin(GuideDeskMixin, CopyMixin, ContinueEditingMixin):
    form = PlanForm
    menu = (MenuPlace(WRITE, 4, _("Plans")),)
    change_form_template = "admin/guides/plan/change_form.html"
    copy_form = PlanCopyForm
    copy_brings = _("It gets all the weeks with their exercises, which both plans share.")
    list_display = ("title", "profile", "assessment", "start_phase", "weeks")
    list_filter = ("profile__assessment", "start_phase")
    list_select_related = ("profile__assessment",)
    search_fields = ("title", "profile__title", "running")
    fields = (
        "profile", "title", "start_phase", "weeks", "running", ("next_plan", "next_week"),
    )  # fmt: skip
    inlines = (BlockInline,)

    def get_changeform_initial_data(self, request: HttpRequest) -> dict[str, Any]:
        """A new plan begins where its result type does."""
        initial: dict[str, Any] = super().get_changeform_initial_data(request)
        asked = str(initial.get("profile", ""))
        profile = profiles().filter(pk=asked).first() if asked.isdigit() else None
        return initial if profile is None else {"start_phase": profile.start_phase, **initial}

    def copy_row(self, original: Plan, picked: Mapping[str, Any]) -> Plan:
        return plan_copy(plan=original, **picked)

    def formfield_for_foreignkey(
        self, db_field: Any, request: HttpRequest, **kwargs: Any
    ) -> forms.ModelChoiceField | None:
        if db_field.name == "profile":
            kwargs |= {
                "form_class": ResultTypeField,
                "queryset": profiles(),
                "widget": ResultTypeSelect,
            }
        return super().formfield_for_foreignkey(db_field, request, **kwargs)

    @admin.display(description=_("self-check"), ordering="profile__assessment")
    def assessment(self, plan: Plan) -> str:
        return str(plan.profile.assessment) if plan.profile else gettext("Set aside")


class StepForm(forms.ModelForm):
    """Takes its exercise choices as an argument, so that one query serves every row."""

    def __init__(self, *args: Any, exercises: list[tuple[Any, str]], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["exercise"].widget.choices = exercises


class StepFormSet(OrderedFormSet):
    @cached_property
    def exercises(self) -> list[tuple[Any, str]]:
        exercises = Exercise.objects.order_by("phase", "order")
        return [("", "---------"), *((exercise.pk, exercise.name) for exercise in exercises)]

    def get_form_kwargs(self, index: int | None) -> dict[str, Any]:
        return {**super().get_form_kwargs(index), "exercises": self.exercises}


class StepInline(LabelledTableInline, SortableTabularInline):
    """Drag to order."""

    model = PlanStep
    form = StepForm
    formset = StepFormSet
    extra = 0
    fields = ("exercise", "dose")
    verbose_name_plural = _("exercises, in the order of the session")

    def get_queryset(self, request: HttpRequest) -> QuerySet[PlanStep]:
        return super().get_queryset(request).select_related("exercise")


@admin.register(PlanBlock)
class PlanBlockAdmin(GuideDeskMixin, SortableAdminBase, HistoryAdmin):
    """One block of a plan, opened from the plan's page."""

    list_display = ("__str__", "plan", "goal", "days_per_week", "minutes")
    list_filter = ("plan",)
    list_select_related = ("plan",)
    search_fields = ("goal", "move_on_if", "plan__title")
    readonly_fields = ("worked_out",)
    fields = (
        "plan", ("first_week", "last_week"), "days_per_week", ("minutes", "worked_out"), "goal",
        "move_on_if",
    )  # fmt: skip
    inlines = (StepInline,)

    @admin.display(description=_("worked out"))
    def worked_out(self, block: PlanBlock) -> str:
        return worked_out(block.steps.select_related("exercise") if block.pk else ())

    def has_module_permission(self, request: HttpRequest) -> bool:
        """Hidden from the admin index: it's reached through its plan."""
        return False

    def response_post_save_change(self, request: HttpRequest, obj: Any) -> HttpResponseRedirect:
        return HttpResponseRedirect(address_of(obj.plan))
