"""What results add: answers to the questions that runners bring, extra advice, and advice for those
who retake the check."""

from django.contrib.admin import display
from django.db import models
from django.db.models import Q
from django.utils.text import Truncator
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from assessments.models.base import SHORT, Keyed, Positioned
from assessments.models.draft import Assessment, Profile
from runfit.lib.audit import Recorded


class Faq(Keyed, Positioned):
    """A question that runners often ask, and the default answer."""

    key_source = "question"

    assessment = models.ForeignKey(
        Assessment, models.CASCADE, related_name="faq", verbose_name=_("self-check")
    )
    question = models.TextField(help_text=_("For example: Will stretching help?"))
    answer = models.TextField(
        help_text=_(
            "Each result shows it, unless the result type has its own. Extra advice about it "
            "follows."
        )
    )

    class Meta:
        verbose_name = _("question runners ask")
        verbose_name_plural = _("questions runners ask")
        ordering = ["position", "pk"]
        constraints = [
            models.UniqueConstraint(fields=["assessment", "key"], name="faq_key_unique"),
        ]

    def __str__(self) -> str:
        return Truncator(self.question).chars(SHORT)


class ProfileFaq(Recorded):
    """A result type's own answer to a FAQ."""

    profile = models.ForeignKey(Profile, models.CASCADE, related_name="faq_answers")
    faq = models.ForeignKey(Faq, models.CASCADE, related_name="+", verbose_name=_("question"))
    answer = models.TextField()

    class Meta:
        verbose_name = _("own answer to a question runners ask")
        verbose_name_plural = _("own answers to questions runners ask")
        ordering = ["faq__position", "pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["profile", "faq"],
                name="profile_faq_unique",
                violation_error_message=_("This question has an answer already."),
            ),
        ]

    def __str__(self) -> str:
        return str(self.faq)


class Notice(Keyed, Positioned):
    """Extra advice, added to any result if its rule holds."""

    key_source = "text"

    assessment = models.ForeignKey(
        Assessment, models.CASCADE, related_name="notices", verbose_name=_("self-check")
    )
    text = models.TextField(
        help_text=_(
            "For example: You ramped up your running lately. Keep each run short for 2 weeks."
        )
    )
    faq = models.ForeignKey(
        Faq,
        models.SET_NULL,
        null=True,
        blank=True,
        related_name="+",
        verbose_name=_("answers"),
        help_text=_(
            "The question runners ask that this is about. It's then shown there, after the answer."
        ),
    )
    in_why = models.BooleanField(
        _("stands in the why"),
        default=False,
        help_text=_("Right after the why on the result, instead of in the list of advice."),
    )
    in_guide = models.BooleanField(
        _("the guide says it too"),
        default=True,
        help_text=_(
            "Leave it unchecked for words that only fit the result, such as “Do the extra check”."
        ),
    )

    class Meta:
        verbose_name = _("extra advice")
        verbose_name_plural = _("extra advice")
        ordering = ["position", "pk"]
        constraints = [
            models.UniqueConstraint(fields=["assessment", "key"], name="notice_key_unique"),
            models.CheckConstraint(
                condition=Q(in_why=False) | Q(faq=None),
                name="notice_one_place",
                violation_error_message=_("Pick one place: in the why, or after an answer."),
            ),
        ]

    def __str__(self) -> str:
        return Truncator(self.text).chars(SHORT)

    @property
    @display(description=_("place"))
    def place(self) -> str:
        """Where runners read it."""
        on_result = (
            gettext("After “{question}”").format(question=self.faq)
            if self.faq
            else gettext("On the result")
        )
        if self.in_why:
            on_result = gettext("In the why")
        return (
            on_result
            if self.in_guide
            else gettext("{place}, but not in the guide").format(place=on_result)
        )


class RetestAdvice(Positioned):
    """Advice for runners whose result hasn't changed after a while."""

    assessment = models.ForeignKey(
        Assessment, models.CASCADE, related_name="retest_advice", verbose_name=_("self-check")
    )
    after = models.TextField(help_text=_("As in “when to retake the check”. For example: 4 weeks"))
    text = models.TextField(_("if nothing changed"))
    few_done = models.TextField(
        _("if under 70% of the sessions were done"),
        blank=True,
        db_default="",
        help_text=_("Said instead, where we know it. For example: Repeat these weeks."),
    )
    enough_done = models.TextField(
        _("if 70% of the sessions or more were done"), blank=True, db_default=""
    )

    class Meta:
        verbose_name = _("advice if nothing changed")
        verbose_name_plural = _("advice if nothing changed")
        ordering = ["position", "pk"]

    def __str__(self) -> str:
        return self.after
