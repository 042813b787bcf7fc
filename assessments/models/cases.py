"""Cases of a draft: runners to get right."""

from typing import Any

from django.db import models
from django.utils.translation import gettext_lazy as _

from assessments.definition import LONGEST_NAME
from assessments.models.base import KEY_LENGTH, Positioned
from assessments.models.draft import Assessment


class Case(Positioned):
    """One runner's answers, and what must come out for them. A draft that fails a case can't be
    published.

    Cases name questions, answers, and the rest by key and not by row, so they never keep the PT
    from taking something out of a draft: the case fails then, and says so.
    """

    assessment = models.ForeignKey(
        Assessment, models.CASCADE, related_name="cases", verbose_name=_("self-check")
    )
    name = models.CharField(
        _("who it is"),
        max_length=LONGEST_NAME,
        help_text=_("For example: Months of it, and stretching helps for an hour"),
    )
    # Pairs of a question's key and the answer, since PostgreSQL doesn't keep an object's order.
    answers = models.JSONField(default=list, blank=True)
    safety = models.JSONField(_("checked on the safety list"), default=list, blank=True)
    level = models.CharField(_("the safety level"), max_length=KEY_LENGTH, blank=True)
    profile = models.CharField(_("the result type"), max_length=KEY_LENGTH, blank=True)
    measured = models.JSONField(_("measured"), default=list, blank=True)
    unmeasured = models.JSONField(_("not measured"), default=list, blank=True)
    notices = models.JSONField(_("extra advice that is there"), default=list, blank=True)
    no_notices = models.JSONField(_("extra advice that isn't"), default=list, blank=True)
    example = models.BooleanField(
        _("the example result"),
        default=False,
        help_text=_("Visitors can look at this result before they start. Pick one case."),
    )

    class Meta:
        ordering = ["position", "pk"]
        constraints = [
            models.CheckConstraint(condition=~models.Q(name=""), name="case_name_given"),
            models.UniqueConstraint(
                fields=["assessment", "name"],
                name="case_name_unique",
                violation_error_message=_("Another case has this name."),
            ),
            models.UniqueConstraint(
                fields=["assessment"],
                condition=models.Q(example=True),
                name="case_one_example",
                violation_error_message=_(
                    "Another case is the example result. Uncheck it there first."
                ),
            ),
        ]

    def __str__(self) -> str:
        return self.name

    @property
    def answers_by_question(self) -> dict[str, Any]:
        return dict(self.answers)
