"""The safety list of a draft: items, what answers say about safety, and how serious each is."""

from django.core.exceptions import ValidationError
from django.db import models
from django.utils.text import Truncator
from django.utils.translation import gettext_lazy as _

from assessments.models.base import SHORT, Keyed, Positioned
from assessments.models.draft import Assessment


class SafetyLevel(Keyed):
    """The severity of a safety answer, with advice for the runner."""

    class Scores(models.TextChoices):
        HIDDEN = "hidden", _("stop: no result at all")
        AFTER_CLEARANCE = "after_clearance", _("wait until a PT or doctor says yes")

    class Guide(models.TextChoices):
        NEVER = "never", _("never")
        AFTER_CLEARANCE = "after_clearance", _("after a PT or doctor says yes")

    key_source = "title"

    assessment = models.ForeignKey(
        Assessment, models.CASCADE, related_name="safety_levels", verbose_name=_("self-check")
    )
    title = models.TextField(help_text=_("For example: See a PT or doctor first"))
    body = models.TextField(
        _("what to do"),
        help_text=_(
            "The first paragraph stands out: what to do. Leave an empty line after it. "
            "For example: See a doctor this week."
        ),
    )
    tell_them = models.TextField(_("what to tell the PT or doctor"), blank=True)
    note = models.TextField(_("good to know"), blank=True)
    rank = models.PositiveIntegerField(
        _("how serious"), help_text=_("The highest number wins. For example: 3 for an emergency")
    )
    scores = models.CharField(_("the result"), max_length=20, choices=Scores)
    guide = models.CharField(_("the guide"), max_length=20, choices=Guide)

    class Meta:
        ordering = ["-rank"]
        constraints = [
            models.UniqueConstraint(fields=["assessment", "key"], name="safety_level_key_unique"),
            models.UniqueConstraint(fields=["assessment", "rank"], name="safety_level_rank_unique"),
        ]

    def __str__(self) -> str:
        return self.title

    def clean(self) -> None:
        if self.siblings().exclude(pk=self.pk).filter(rank=self.rank).exists():
            raise ValidationError({"rank": _("Another level has this number. Pick another one.")})


class SafetyPart(Positioned):
    """Abstract base of rows that set a safety level."""

    level = models.ForeignKey(
        SafetyLevel, models.RESTRICT, related_name="+", verbose_name=_("leads to")
    )
    note = models.TextField(
        _("only for those it applies to"),
        blank=True,
        help_text=_(
            "Shown with the advice, after this answer alone. "
            "For example: Ask whether you need an X-ray or an MRI."
        ),
    )
    why = models.TextField(
        _("why we ask"),
        help_text=_("For the list of reasons. For example: possible bone stress injury"),
    )

    class Meta:
        abstract = True

    def clean(self) -> None:
        if self.level_id and self.level.assessment_id != self.assessment_id:  # type: ignore[attr-defined]
            raise ValidationError({"level": _("This level belongs to another self-check.")})


class SafetyItem(Keyed, SafetyPart):
    """An item of the safety list, which runners see first."""

    key_source = "why"
    reserved_keys = frozenset({"none"})

    assessment = models.ForeignKey(
        Assessment, models.CASCADE, related_name="safety_items", verbose_name=_("self-check")
    )
    text = models.TextField(
        help_text=_(
            "What the runner checks. A few words before a colon stand out. For example: Fever: I "
            "have a fever along with hip pain."
        )
    )
    group = models.TextField(
        _("screen"),
        blank=True,
        help_text=_(
            "Items in a row with the same words here are one short screen, with these words "
            "as its heading. For example: Your hip right now"
        ),
    )

    class Meta:
        ordering = ["position", "pk"]
        constraints = [
            models.UniqueConstraint(fields=["assessment", "key"], name="safety_item_key_unique"),
        ]

    def __str__(self) -> str:
        return Truncator(self.text).chars(SHORT)


class DerivedSafety(SafetyPart):
    """A rule that sets a safety level if all its conditions on answers hold."""

    assessment = models.ForeignKey(
        Assessment, models.CASCADE, related_name="derived_safety", verbose_name=_("self-check")
    )

    class Meta:
        verbose_name = _("safety level from answers")
        verbose_name_plural = _("safety levels from answers")
        ordering = ["position", "pk"]

    def __str__(self) -> str:
        return self.why
