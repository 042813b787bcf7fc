"""The draft of a self-check, as ordinary rows. Runners see only published editions.

Questions are in `questions`, rules in `rules`, and the safety list in `safety`.
"""

from typing import Any

from django.core.exceptions import ValidationError
from django.core.validators import MaxValueValidator, RegexValidator
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from assessments.models.base import KEY_LENGTH, Keyed, Positioned, make_key
from runfit.lib.audit import Recorded
from runfit.lib.json_format.checks import LANGUAGE

PERCENT = [MaxValueValidator(100)]


class Assessment(Recorded):
    """A self-check as the PT edits it. Runners can't see it until it is published."""

    slug = models.SlugField(max_length=KEY_LENGTH, unique=True, editable=False)
    title = models.TextField(help_text=_("For example: Tight hips self-check"))
    language = models.TextField(
        default="en",
        validators=[
            RegexValidator(rf"^(?:{LANGUAGE.pattern})\Z", _("For example: en, de or es-MX"))
        ],
        help_text=_("The language of its pages."),
    )
    translation_of = models.ForeignKey(
        "self",
        models.SET_NULL,
        null=True,
        blank=True,
        related_name="translations",
        verbose_name=_("translates"),
        help_text=_(
            "The self-check that this one says in another language. Once both are "
            "published, visitors can switch between them as soon as you save."
        ),
    )
    translated_from = models.JSONField(
        null=True,
        editable=False,
        help_text=_("The words that each text was translated from. Nothing: it has its own rules."),
    )
    headline = models.TextField(
        _("headline of the first page"),
        blank=True,
        help_text=_("Your reader's own question. For example: Why do my hips stay tight?"),
    )
    benefit = models.TextField(
        _("what it does for them"),
        blank=True,
        help_text=_(
            "One sentence under the headline. For example: Find out where to start, in 5 minutes."
        ),
    )
    minutes = models.PositiveIntegerField(
        null=True,
        blank=True,
        help_text=_("How long it takes, as the home page says. For example: 3"),
    )
    next_check = models.CharField(
        _("offered after a result"),
        max_length=KEY_LENGTH,
        blank=True,
        default="",
        db_default="",
        help_text=_(
            "Another self-check, below the result. It's offered once it's published, in the "
            "runner's language, and never on a page that tells them to see someone first."
        ),
    )
    position = models.PositiveIntegerField(
        _("order"), null=True, blank=True, editable=False, help_text="The last ones have none."
    )
    statement = models.TextField(
        _("what the score is"),
        help_text=_(
            "Shown with the scores. For example: This score is a learning tool. It doesn't "
            "diagnose an injury."
        ),
    )
    direction = models.TextField(
        _("how to read the scores"), blank=True, help_text=_("For example: Higher is better.")
    )
    confidence_high = models.PositiveSmallIntegerField(
        _("sure from"),
        default=80,
        validators=PERCENT,
        help_text=_("Percent of a score area's points that were really answered."),
    )
    confidence_medium = models.PositiveSmallIntegerField(
        _("fairly sure from"), default=50, validators=PERCENT
    )
    confidence_low = models.PositiveSmallIntegerField(
        _("a rough guess from"),
        default=25,
        validators=PERCENT,
        help_text=_("Below this percent there is no score."),
    )
    safety_intro = models.TextField(
        _("before the safety list"), help_text=_("For example: First, a quick safety check.")
    )
    safety_none_label = models.TextField(
        _("nothing applies"), default="None of these", help_text=_("For example: None of these")
    )
    why_title = models.TextField(
        _("title of the why"), blank=True, help_text=_("For example: What may be going on")
    )
    why_text = models.TextField(
        _("why the plan may help"),
        blank=True,
        help_text=_(
            "The idea behind the plan, on each result and on page 2 of the guide. Leave an "
            "empty line between paragraphs. Say what's known, and what it doesn't show."
        ),
    )
    why_more_title = models.TextField(
        _("title of the rest"),
        blank=True,
        help_text=_(
            "Results fold the rest away under this title. For example: The study behind it"
        ),
    )
    why_more = models.TextField(
        _("the rest of the why"),
        blank=True,
        help_text=_(
            "Folded on results, in full in the guide. For example: what a study found, and "
            "what it doesn't show"
        ),
    )
    disclaimer_top = models.TextField(
        _("at the top of each page"), blank=True, help_text=_("For example: For learning only.")
    )
    disclaimer_before_exercise = models.TextField(_("before exercising"), blank=True)
    disclaimer_emergency = models.TextField(_("in an emergency"), blank=True)
    disclaimer_evidence = models.TextField(_("about the evidence"), blank=True)
    disclaimer_privacy = models.TextField(_("about the answers"), blank=True)
    retest_weekly = models.TextField(_("each week"), blank=True)
    retest_full = models.TextField(
        _("when to retake the check"), blank=True, help_text=_("One per line. For example: 4 weeks")
    )
    retest_earliest_days = models.PositiveIntegerField(
        _("days before a second visit makes sense"), null=True, blank=True
    )
    retest_compare = models.TextField(_("how visits are compared"), blank=True)
    retest_better = models.TextField(
        _("headline if it's better"), blank=True, help_text=_("For example: Better than before")
    )
    retest_same = models.TextField(
        _("headline if it's the same"),
        blank=True,
        help_text=_("For example: About the same as before"),
    )
    retest_worse = models.TextField(
        _("headline if it's worse"), blank=True, help_text=_("For example: Some things got worse")
    )
    retest_always_show = models.TextField(_("always shown"), blank=True)

    class Meta:
        verbose_name = _("self-check")
        ordering = ["pk"]
        constraints = [
            models.CheckConstraint(
                condition=Q(confidence_low__lte=F("confidence_medium"))
                & Q(confidence_medium__lte=F("confidence_high"))
                & Q(confidence_high__lte=100),
                name="assessment_confidence_order",
                violation_error_message=_(
                    "“A rough guess” must start at or below “fairly sure”, "
                    "and that at or below “sure”."
                ),
            ),
        ]

    def __str__(self) -> str:
        return self.title

    def save(self, *args: Any, **kwargs: Any) -> None:
        if not self.slug:
            taken = set(Assessment.objects.values_list("slug", flat=True))
            self.slug = make_key(self.title, taken=taken, fallback="self-check", joint="-")
        super().save(*args, **kwargs)

    def clean(self) -> None:
        """An original and its translations are in different languages, and only one step apart."""
        if self.next_check and self.next_check == self.slug:
            raise ValidationError({"next_check": _("Pick another one than this.")})
        if self.pk and self._in_my_language(Assessment.objects.filter(translation_of=self.pk)):
            raise ValidationError({"language": _("A translation of this one has this language.")})
        fault = self.translation_of and self._translation_fault(self.translation_of)
        if fault:
            raise ValidationError({"translation_of": fault})

    def _translation_fault(self, original: "Assessment") -> str:
        if original.pk == self.pk:
            return gettext("A self-check can't translate itself.")
        if original.translation_of_id:
            return gettext(
                "“{title}” is a translation itself. Pick the one that it translates."
            ).format(title=original)
        if self.pk and Assessment.objects.filter(translation_of=self.pk).exists():
            return gettext("Others translate this one, so it can't translate another.")
        family = Assessment.objects.filter(Q(pk=original.pk) | Q(translation_of=original.pk))
        taken = self._in_my_language(family.exclude(pk=self.pk))
        return gettext("“{title}” has this language already.").format(title=taken) if taken else ""

    def _in_my_language(self, others: "models.QuerySet[Assessment]") -> "Assessment | None":
        return others.filter(language__iexact=self.language).first()


class Dimension(Keyed, Positioned):
    """A score area, from 0 to 100."""

    class Side(models.TextChoices):
        FRONT = "front", _("the front")
        BACK = "back", _("the back")

    key_source = "label"

    assessment = models.ForeignKey(
        Assessment, models.CASCADE, related_name="dimensions", verbose_name=_("self-check")
    )
    label = models.TextField(_("name"), help_text=_("For example: Mobility"))
    plain = models.TextField(
        _("in plain words"), help_text=_("For example: How freely your hips and legs move")
    )
    weight = models.PositiveIntegerField(
        help_text=_("Its share in the total, next to the others. For example: 30")
    )
    balance_side = models.CharField(
        _("in the picture of the hip"),
        max_length=8,
        choices=Side,
        blank=True,
        help_text=_("Results show one score area in front and one at the back, side by side."),
    )
    balance_label = models.TextField(
        _("called there"), blank=True, help_text=_("For example: Hip flexors")
    )

    class Meta:
        verbose_name = _("score area")
        ordering = ["position", "pk"]
        constraints = [
            models.UniqueConstraint(fields=["assessment", "key"], name="dimension_key_unique"),
            models.CheckConstraint(
                condition=Q(balance_side="", balance_label="")
                | (~Q(balance_side="") & ~Q(balance_label="")),
                name="dimension_balance",
                violation_error_message=_("For the picture, pick a side and say what it's called."),
            ),
        ]

    def __str__(self) -> str:
        return self.label


class Profile(Keyed, Positioned):
    """A result type. The first one whose rule holds, in order, is the result."""

    class Phase(models.IntegerChoices):
        MOBILITY = 1, _("1: mobility")
        ACTIVATION = 2, _("2: activation")
        STRENGTH = 3, _("3: strength")

    key_source = "title"

    assessment = models.ForeignKey(
        Assessment, models.CASCADE, related_name="profiles", verbose_name=_("self-check")
    )
    start_phase = models.PositiveSmallIntegerField(_("starts with"), choices=Phase)
    title = models.TextField(help_text=_("For example: Mobility first"))
    headline = models.TextField(
        _("in two words"),
        blank=True,
        help_text=_(
            "The largest words on the result. If you leave it empty, that's the title. "
            "For example: Get strong"
        ),
    )
    summary = models.TextField(
        _("what we found"),
        help_text=_(
            "The first sentence stands out: say what was found and what to do first. "
            "For example: Your hips move freely, so start with strength."
        ),
    )
    first_step = models.TextField(_("what to do first"))
    honest_note = models.TextField(_("what this doesn't say"), blank=True)
    see_someone_if = models.TextField(_("see someone if"), blank=True)
    picture = models.TextField(blank=True, editable=False, help_text=_("SVG, as in a file."))
    picture_alt = models.TextField(
        _("picture in words"),
        blank=True,
        help_text=_("For people who can't see it. For example: A runner stretches one hip."),
    )

    class Meta:
        verbose_name = _("result type")
        ordering = ["position", "pk"]
        constraints = [
            models.CheckConstraint(
                condition=Q(picture="") | ~Q(picture_alt=""),
                name="profile_picture_alt",
                violation_error_message=_("Say in words what the picture shows."),
            ),
            models.UniqueConstraint(fields=["assessment", "key"], name="profile_key_unique"),
            models.CheckConstraint(
                condition=Q(start_phase__in=[1, 2, 3]), name="profile_start_phase"
            ),
        ]

    def __str__(self) -> str:
        return self.title
