"""Exercises, their shared rules, and the plans of result types."""

from typing import Any

from django.core.exceptions import ValidationError
from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.db.models import F, Q
from django.utils.text import format_lazy
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _
from solo.models import SingletonModel

from guides.content import LINE_LENGTH, TEXT_LENGTH
from guides.models.base import Worded, new_key
from runfit.lib.pictures.clips import KINDS as CLIP_KINDS
from runfit.lib.pictures.clips import LARGEST_FILE, LONGEST
from runfit.lib.uploads import MovingPictureField, UploadField

PICTURE_SIDE = 900  # pixels: sharp on paper and on a phone held wide


class Phase(models.IntegerChoices):
    MOBILITY = 1, _("1: mobility")
    ACTIVATION = 2, _("2: activation")
    STRENGTH = 3, _("3: strength")


class Exercise(Worded):
    """An exercise that plans can use."""

    key = models.CharField(max_length=64, unique=True, editable=False)
    name = models.CharField(max_length=LINE_LENGTH, help_text=_("For example: Heels-close bridge"))
    phase = models.PositiveSmallIntegerField(choices=Phase)
    target = models.CharField(
        _("what it works"),
        max_length=LINE_LENGTH,
        blank=True,
        help_text=_(
            "So runners know where to feel it. For example: Glutes, with the hamstrings quiet"
        ),
    )
    equipment = models.CharField(
        max_length=LINE_LENGTH,
        blank=True,
        help_text=_(
            "So runners can get it ready. For example: Mat. Write Nothing if you don't need "
            "anything."
        ),
    )
    position = models.TextField(
        _("start"),
        max_length=TEXT_LENGTH,
        blank=True,
        help_text=_(
            "How to get ready, so the first step is easy. For example: On your back, knees bent."
        ),
    )
    steps = models.TextField(help_text=_("What to do, in order. One per line."))
    cues = models.TextField(
        blank=True,
        help_text=_(
            "Short words that stick in mid-move. One per line. For example: Push the floor away"
        ),
    )
    common_mistakes = models.TextField(
        blank=True,
        help_text=_("What you'd spot and correct in your practice. One per line."),
    )
    sets = models.CharField(max_length=LINE_LENGTH, help_text=_("For example: 2-3"))
    reps = models.CharField(max_length=LINE_LENGTH, blank=True, help_text=_("For example: 8-10"))
    seconds = models.CharField(
        _("seconds to hold"),
        max_length=LINE_LENGTH,
        blank=True,
        help_text=_("For a hold instead of reps. For example: 15-20"),
    )
    per_side = models.BooleanField(_("each side"), default=False)
    rest_seconds = models.PositiveSmallIntegerField(
        _("rest, in seconds"), validators=[MaxValueValidator(3600)]
    )
    days_per_week = models.CharField(
        _("days a week"), max_length=LINE_LENGTH, help_text=_("For example: 3-4")
    )
    tempo = models.CharField(
        _("pace"),
        max_length=LINE_LENGTH,
        blank=True,
        help_text=_("For example: 2 up, 2 hold, 2 down"),
    )
    effort = models.CharField(
        max_length=LINE_LENGTH, blank=True, help_text=_("For example: stop with 2-3 good reps left")
    )
    easier = models.TextField(
        _("easier version"),
        max_length=TEXT_LENGTH,
        blank=True,
        help_text=_("So nobody gives up who can't do it yet."),
    )
    harder = models.TextField(
        _("harder version"),
        max_length=TEXT_LENGTH,
        blank=True,
        help_text=_("So it still does something once it's easy."),
    )
    stop_if = models.TextField(
        blank=True,
        help_text=_(
            "One per line. What's the same for all exercises is printed once, with the pain rule."
        ),
    )
    skip_if = models.TextField(
        max_length=TEXT_LENGTH,
        blank=True,
        help_text=_("So nobody starts who'd better not. For example: You can't kneel."),
    )
    before_run = models.BooleanField(
        _("good before a run"),
        default=False,
        help_text=_("Plans that have it name it as the warm-up before a run."),
    )
    skip_for = models.TextField(
        _("left out for"),
        blank=True,
        help_text=_(
            "Runners who check one of these, and whom a PT or doctor cleared, get a plan "
            "without this exercise."
        ),
    )
    instead = models.ForeignKey(
        "self",
        models.SET_NULL,
        null=True,
        blank=True,
        related_name="+",
        verbose_name=_("what they do instead"),
        help_text=_("At its usual dose. Leave it empty to leave this one out."),
    )
    evidence_note = models.TextField(
        _("how sure we are"),
        max_length=TEXT_LENGTH,
        blank=True,
        help_text=_("What we know, and who says so. Say if it's an opinion."),
    )
    video_url = models.URLField(
        _("video"),
        max_length=500,
        blank=True,
        help_text=_(
            "For more than a short clip can show: where it can be watched. For example: "
            "https://example.org/bridge"
        ),
    )
    order = models.PositiveIntegerField(default=0, db_index=True)

    class Meta:
        ordering = ["order"]
        constraints = [
            models.CheckConstraint(condition=Q(phase__in=Phase.values), name="exercise_phase"),
        ]

    def __str__(self) -> str:
        return self.name

    def save(self, *args: Any, **kwargs: Any) -> None:
        if not self.key:
            taken = set(Exercise.objects.values_list("key", flat=True))
            self.key = new_key(self.name, taken=taken, fallback="exercise")
        super().save(*args, **kwargs)

    def clean(self) -> None:
        super().clean()
        if self.instead and self in self.instead.and_instead():
            raise ValidationError({"instead": gettext("This leads back to the exercise itself.")})
        if not self.reps and not self.seconds:
            raise ValidationError(gettext("Give the reps, or the seconds to hold."))

    def and_instead(self) -> "list[Exercise]":
        """This exercise and those that are done instead, one after the other."""
        chain: list[Exercise] = []
        exercise: Exercise | None = self
        while exercise and exercise not in chain:
            chain.append(exercise)
            exercise = exercise.instead
        return chain


class ExercisePicture(Worded):
    """A picture of an exercise. The first one is also printed and mailed.

    A picture that moves has its `clip`, too; then `picture` is a still of it.
    """

    exercise = models.ForeignKey(Exercise, models.CASCADE, related_name="pictures")
    picture = MovingPictureField(
        _("picture or clip"),
        upload_to="pictures/",
        side=PICTURE_SIDE,
        drawings=True,
        help_text=format_lazy(
            _(
                "A photo, a plain SVG drawing, an animated GIF or WebP, or a clip: {kinds}, at "
                "most {seconds} seconds and {megabytes} MB. We turn it upright, make it small, and "
                "leave the sound out. About twice as wide as high is best."
            ),
            kinds=CLIP_KINDS,
            seconds=LONGEST,
            megabytes=LARGEST_FILE // 2**20,
        ),
    )
    clip = UploadField(upload_to="pictures/", blank=True, editable=False)
    alt = models.CharField(
        _("in words"),
        max_length=LINE_LENGTH,
        help_text=_(
            "For people who can't see it. For example: A runner lies on her back, hips up."
        ),
    )
    caption = models.CharField(
        max_length=LINE_LENGTH,
        blank=True,
        help_text=_("Only if something has to be said below it. For example: From the side"),
    )
    order = models.PositiveIntegerField(default=0)

    class Meta:
        verbose_name = _("picture")
        ordering = ["order", "pk"]

    def __str__(self) -> str:
        return self.alt


class SharedRules(Worded, SingletonModel):
    """Rules for every exercise (a single row)."""

    version = models.CharField(max_length=LINE_LENGTH, blank=True, help_text=_("For example: 1.0"))
    status = models.CharField(
        max_length=LINE_LENGTH, blank=True, help_text=_("A note to yourself, such as: draft")
    )
    order = models.TextField(_("the three steps"), help_text=_("One per line."))
    warm_up = models.TextField(max_length=TEXT_LENGTH)
    pain_rule = models.TextField(
        help_text=_("One per line. Three lines print as a traffic light: fine, careful, stop.")
    )
    stop_at_once = models.TextField(
        _("stop at once if"),
        help_text=_("One per line. Say what to do, too. {emergency} becomes the emergency number."),
    )
    progress_mobility = models.TextField(_("harder mobility"), max_length=TEXT_LENGTH)
    progress_activation = models.TextField(_("harder activation"), max_length=TEXT_LENGTH)
    progress_strength = models.TextField(_("harder strength"), max_length=TEXT_LENGTH)
    progress_one_change = models.TextField(_("one change at a time"), max_length=TEXT_LENGTH)
    regress = models.TextField(_("when to make it easier"), max_length=TEXT_LENGTH)
    missed = models.TextField(_("after missed days"), max_length=TEXT_LENGTH)
    with_running = models.TextField(_("around runs"), help_text=_("One per line."))
    runs = models.TextField(_("the runs themselves"), max_length=TEXT_LENGTH)
    no_plan = models.JSONField(default=list, editable=False, help_text="[name, why there is none]")

    class Meta:
        verbose_name = verbose_name_plural = _("rules for all exercises")

    def __str__(self) -> str:
        return gettext("Rules for all exercises")


class Plan(Worded):
    """The training plan of one result type."""

    # SET_NULL: one wrong click must not delete weeks of work. Restoring an edition of the guide
    # reattaches its plans by result type key.
    profile = models.OneToOneField(
        "assessments.Profile",
        models.SET_NULL,
        null=True,
        related_name="plan",
        verbose_name=_("result type"),
        help_text=_("Whose guide it's in. A plan whose result type was removed is set aside."),
    )
    title = models.CharField(
        max_length=LINE_LENGTH, help_text=_("For example: Bake the cake (6 weeks)")
    )
    weeks = models.PositiveSmallIntegerField(
        help_text=_("How many in all."), validators=[MinValueValidator(1), MaxValueValidator(104)]
    )
    start_phase = models.PositiveSmallIntegerField(_("starts with phase"), choices=Phase)
    running = models.TextField(
        _("running during the plan"),
        max_length=TEXT_LENGTH,
        help_text=_("For example: Run as usual if pain is 2 or less."),
    )
    next_plan = models.ForeignKey(
        "self",
        models.SET_NULL,
        null=True,
        blank=True,
        related_name="+",
        verbose_name=_("next plan"),
        help_text=_(
            "Once this one is over, it's one tap away with the same link. Leave it empty if it "
            "depends on the runner."
        ),
    )
    next_week = models.PositiveSmallIntegerField(
        _("from its week"),
        null=True,
        blank=True,
        validators=[MinValueValidator(1), MaxValueValidator(104)],
        help_text=_("If it doesn't begin with week 1."),
    )

    class Meta:
        ordering = ["pk"]
        constraints = [
            models.CheckConstraint(condition=Q(start_phase__in=Phase.values), name="plan_phase"),
        ]

    def __str__(self) -> str:
        return self.title

    def clean(self) -> None:
        super().clean()
        then = self.next_plan
        if then and self in then.and_next():
            raise ValidationError({"next_plan": gettext("This leads back to the plan itself.")})
        if then and self.profile and then.check_id != self.check_id:
            raise ValidationError({"next_plan": gettext("This plan is for another self-check.")})
        if self.next_week and self.next_week > (then.weeks if then else 0):
            raise ValidationError({"next_week": gettext("The next plan has no such week.")})

    @property
    def check_id(self) -> int | None:
        """The self-check that it's for. None if it's set aside."""
        return self.profile.assessment_id if self.profile else None

    def and_next(self) -> "list[Plan]":
        """This plan and those that come after it."""
        chain = [self]
        while (plan := chain[-1].next_plan) and plan not in chain:
            chain.append(plan)
        return chain


class PlanBlock(Worded):
    """Consecutive weeks of a plan with the same session."""

    plan = models.ForeignKey(Plan, models.CASCADE, related_name="blocks")
    first_week = models.PositiveSmallIntegerField(validators=[MinValueValidator(1)])
    last_week = models.PositiveSmallIntegerField(validators=[MaxValueValidator(104)])
    days_per_week = models.PositiveSmallIntegerField(
        _("days a week"), validators=[MinValueValidator(1), MaxValueValidator(7)]
    )
    minutes = models.PositiveSmallIntegerField(
        _("minutes a session"),
        validators=[MinValueValidator(1), MaxValueValidator(300)],
        help_text=_("Without a warm-up."),
    )
    goal = models.CharField(
        max_length=LINE_LENGTH, help_text=_("For example: Find and use more range")
    )
    move_on_if = models.TextField(
        _("move on when"),
        max_length=TEXT_LENGTH,
        help_text=_("For example: You feel the glute in the bridge on both sides"),
    )

    class Meta:
        verbose_name = _("weeks of a plan")
        verbose_name_plural = _("weeks of plans")
        ordering = ["plan", "first_week", "pk"]
        constraints = [
            models.CheckConstraint(
                condition=Q(first_week__gte=1, last_week__gte=F("first_week")),
                name="block_weeks",
                violation_error_message=_("The last week can't come before the first."),
            ),
        ]

    def __str__(self) -> str:
        if self.first_week == self.last_week:
            return gettext("Week {number}").format(number=self.first_week)
        return gettext("Weeks {first} to {last}").format(first=self.first_week, last=self.last_week)


class PlanStep(Worded):
    """One exercise of a block, with its dose."""

    block = models.ForeignKey(PlanBlock, models.CASCADE, related_name="steps")
    exercise = models.ForeignKey(Exercise, models.PROTECT, related_name="uses")
    dose = models.CharField(
        _("how much"), max_length=LINE_LENGTH, help_text=_("For example: 2 x 8 each side")
    )
    order = models.PositiveIntegerField(default=0)

    class Meta:
        verbose_name = _("exercise")
        ordering = ["order", "pk"]

    def __str__(self) -> str:
        return f"{self.exercise}: {self.dose}"
