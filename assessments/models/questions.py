"""The questions of a draft, their answers, and the points of each answer."""

from django.core.exceptions import ValidationError
from django.db import models
from django.db.models import F, Q
from django.utils.text import Truncator
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from assessments.definition import RESERVED_QUESTION_KEYS
from assessments.models.base import SHORT, Keyed, Positioned
from assessments.models.draft import PERCENT, Assessment, Dimension
from runfit.lib.audit import Recorded


class Question(Keyed, Positioned):
    """A question, with its choices or, on a scale, its bands."""

    class Kind(models.TextChoices):
        CHOICE = "choice", _("pick one answer")
        SEVERAL = "several", _("pick any number of answers")
        SCALE = "scale", _("a number on a scale")

    key_source = "text"
    reserved_keys = RESERVED_QUESTION_KEYS

    assessment = models.ForeignKey(
        Assessment, models.CASCADE, related_name="questions", verbose_name=_("self-check")
    )
    kind = models.CharField(_("kind of answer"), max_length=8, choices=Kind, default=Kind.CHOICE)
    text = models.TextField(
        _("question"), help_text=_("For example: How long have your hips felt tight?")
    )
    help = models.TextField(
        blank=True, help_text=_("One short line under it. For example: Count from when it began.")
    )
    optional = models.BooleanField(_("can be skipped"), default=False)
    group = models.TextField(
        blank=True,
        help_text=_(
            "Questions of one group stand together under these words. "
            "For example: Two extra checks at home"
        ),
    )
    how_to = models.TextField(
        _("how to do it"), blank=True, help_text=_("For a check to do at home: one step per line.")
    )
    skip_if = models.TextField(_("when to skip it"), blank=True)
    drawing = models.TextField(blank=True, editable=False, help_text=_("SVG, as in a file."))
    drawing_alt = models.TextField(
        _("drawing in words"),
        blank=True,
        help_text=_("For people who can't see it. For example: A runner bends forward."),
    )
    basis = models.TextField(_("where the points come from"), blank=True)
    source = models.TextField(
        blank=True, help_text=_("Who thought of it. For example: article, or added")
    )
    compare_on_retest = models.BooleanField(
        _("counts when two visits are compared"),
        default=True,
        help_text=_("Uncheck what can only grow with time, such as how long it's been going on."),
    )
    minimum = models.IntegerField(
        _("lowest number"), null=True, blank=True, help_text=_("For a scale. For example: 0")
    )
    maximum = models.IntegerField(
        _("highest number"), null=True, blank=True, help_text=_("For a scale. For example: 10")
    )
    low_label = models.TextField(
        _("words at the lowest number"), blank=True, help_text=_("For example: No pain")
    )
    high_label = models.TextField(
        _("words at the highest number"),
        blank=True,
        help_text=_("For example: Worst you can imagine"),
    )

    class Meta:
        ordering = ["position", "pk"]
        constraints = [
            models.UniqueConstraint(fields=["assessment", "key"], name="question_key_unique"),
            models.CheckConstraint(
                condition=Q(kind__in=["choice", "several"], minimum=None, maximum=None)
                | Q(kind="scale", minimum__isnull=False, maximum__gte=F("minimum")),
                name="question_scale_range",
            ),
            models.CheckConstraint(
                condition=Q(drawing="") | ~Q(drawing_alt=""),
                name="question_drawing_alt",
                violation_error_message=_("Say in words what the drawing shows."),
            ),
        ]

    def __str__(self) -> str:
        return Truncator(self.text).chars(SHORT)

    def clean(self) -> None:
        ends = [self.minimum, self.maximum]
        if self.kind != self.Kind.SCALE and ends != [None, None]:
            raise ValidationError(
                {"minimum": _("Leave both numbers empty, or pick a scale above.")}
            )
        if self.kind == self.Kind.SCALE and None in ends:
            raise ValidationError({"minimum": _("A scale needs a lowest and a highest number.")})
        if self.minimum is not None and self.maximum is not None and self.minimum > self.maximum:
            raise ValidationError({"maximum": _("The highest number can't be below the lowest.")})


class Choice(Keyed, Positioned):
    """An answer to pick. Only one of a question that lets runners pick several can stand alone."""

    parent = "question"
    key_source = "label"

    question = models.ForeignKey(Question, models.CASCADE, related_name="choices")
    label = models.TextField(_("answer"), help_text=_("For example: 2 to 6 weeks"))
    spot_left = models.PositiveSmallIntegerField(
        _("on the drawing: from the left"),
        null=True,
        blank=True,
        validators=PERCENT,
        help_text=_("In percent of its width. For example: 40"),
    )
    spot_top = models.PositiveSmallIntegerField(
        _("from the top"),
        null=True,
        blank=True,
        validators=PERCENT,
        help_text=_("In percent of its height. For example: 75"),
    )
    alone = models.BooleanField(
        _("stands alone"),
        default=False,
        help_text=_("It can't go with other answers. For example: Nothing yet"),
    )

    class Meta:
        verbose_name = _("answer")
        ordering = ["position", "pk"]
        constraints = [
            models.UniqueConstraint(fields=["question", "key"], name="choice_key_unique"),
            models.CheckConstraint(
                condition=Q(spot_left=None, spot_top=None)
                | Q(spot_left__isnull=False, spot_left__lte=100)
                & Q(spot_top__isnull=False, spot_top__lte=100),
                name="choice_spot",
                violation_error_message=_("A place on the drawing needs both numbers, up to 100."),
            ),
        ]

    def __str__(self) -> str:
        return self.label


class Band(Recorded):
    """A range of a scale whose numbers give the same points."""

    question = models.ForeignKey(Question, models.CASCADE, related_name="bands")
    lowest = models.IntegerField(_("from"), help_text=_("For example: 0"))
    highest = models.IntegerField(_("to"), help_text=_("For example: 2"))

    class Meta:
        verbose_name = _("part of the scale")
        verbose_name_plural = _("parts of the scale")
        ordering = ["lowest", "pk"]
        constraints = [
            models.CheckConstraint(
                condition=Q(highest__gte=F("lowest")),
                name="band_range",
                violation_error_message=_("“To” can't be below “from”."),
            ),
        ]

    def __str__(self) -> str:
        return gettext("{lowest} to {highest}").format(lowest=self.lowest, highest=self.highest)


class Points(Recorded):
    """Points of need that an answer gives in a score area. 0 is best; empty doesn't count."""

    choice = models.ForeignKey(Choice, models.CASCADE, null=True, blank=True, related_name="points")
    band = models.ForeignKey(Band, models.CASCADE, null=True, blank=True, related_name="points")
    dimension = models.ForeignKey(Dimension, models.CASCADE, related_name="points")
    value = models.PositiveIntegerField(null=True, blank=True)

    class Meta:
        verbose_name_plural = _("points")
        ordering = ["pk"]
        constraints = [
            models.CheckConstraint(
                condition=Q(choice=None, band__isnull=False) | Q(choice__isnull=False, band=None),
                name="points_one_owner",
            ),
            models.UniqueConstraint(fields=["choice", "dimension"], name="points_choice_unique"),
            models.UniqueConstraint(fields=["band", "dimension"], name="points_band_unique"),
        ]

    def __str__(self) -> str:
        points = gettext("says nothing") if self.value is None else self.value
        return f"{self.dimension}: {points}"
