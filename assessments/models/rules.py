"""Rules as rows. Every condition reads as a sentence: "Mobility is below 60"."""

from collections.abc import Iterable
from itertools import groupby
from typing import TYPE_CHECKING, ClassVar, Self

from django.db import models
from django.db.models import Prefetch, Q
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from assessments.models.advice import Notice
from assessments.models.draft import Dimension, Profile
from assessments.models.questions import Choice, Question
from assessments.models.safety import DerivedSafety
from runfit.lib.audit import Recorded

if TYPE_CHECKING:
    from django_stubs_ext import StrPromise

OWNERS = ("shown_question", "derived", "profile", "notice")
EMPTY = {
    "question": None,
    "dimension": None,
    "at_least": None,
    "at_most": None,
    "below": None,
    "confidences": "",
}


def _owned_by(name: str) -> Q:
    return Q(**{f"{owner}__isnull": owner != name for owner in OWNERS})


def _nothing_but(*names: str) -> Q:
    return Q(**{name: value for name, value in EMPTY.items() if name not in names})


def _given(name: str) -> Q:
    return Q(**{f"{name}__isnull": False})


class ConditionQuerySet(models.QuerySet["Condition"]):
    def with_parts(self) -> Self:
        """Fetch everything that a condition's sentence needs, in two queries."""
        picks = ConditionChoice.objects.select_related("choice")
        return self.select_related("question", "dimension").prefetch_related(
            Prefetch("picks", picks)
        )


class Condition(Recorded):
    """A condition of a rule. Its owner is what the rule applies to.

    A rule holds if all conditions of at least one alternative hold. "Always" needs a row of its
    own, because a rule without rows never holds. The rules of questions and derived safety
    levels have a single alternative and don't use scores.
    """

    class Kind(models.TextChoices):
        IN = "in", _("the answer is one of")
        NOT_IN = "not_in", _("the answer is none of")
        NUMBER = "number", _("the number is at least / at most")
        SCORE = "score", _("the score is below / at least")
        UNMEASURED = "unmeasured", _("the score was not measured")
        CONFIDENCE = "confidence", _("any score is this sure")
        ALWAYS = "always", _("whatever the answers are")

    ON_ANSWERS = (Kind.IN, Kind.NOT_IN, Kind.NUMBER)
    CONFIDENCES = {
        "high": _("sure"),
        "medium": _("fairly sure"),
        "low": _("a rough guess"),
        "none": _("not measured"),
    }

    SENTENCES: ClassVar[dict[str, "StrPromise"]] = {
        Kind.IN: _("{0.subject} is answered with one of: {0.answers}"),
        Kind.NOT_IN: _("{0.subject} is answered with none of: {0.answers}"),
        Kind.NUMBER: _("{0.subject} is answered with {0.bounds}"),
        Kind.SCORE: _("{0.subject} is {0.bounds}"),
        Kind.UNMEASURED: _("{0.subject} was not measured"),
        Kind.CONFIDENCE: _("Any score is {0.sureness}"),
        Kind.ALWAYS: _("Whatever the answers are"),
    }
    BOUNDS: ClassVar[dict[str, "StrPromise"]] = {
        "at_least": _("{} or more"),
        "at_most": _("{} or less"),
        "below": _("below {}"),
    }

    shown_question = models.ForeignKey(
        Question, models.CASCADE, null=True, blank=True, related_name="show_if"
    )
    derived = models.ForeignKey(
        DerivedSafety, models.CASCADE, null=True, blank=True, related_name="conditions"
    )
    profile = models.ForeignKey(
        Profile, models.CASCADE, null=True, blank=True, related_name="conditions"
    )
    notice = models.ForeignKey(
        Notice, models.CASCADE, null=True, blank=True, related_name="conditions"
    )
    alternative = models.PositiveSmallIntegerField(
        _("belongs to"),
        default=1,
        help_text=_("All conditions of one way must fit together. One way that fits is enough."),
    )
    kind = models.CharField(_("fits when"), max_length=12, choices=Kind)
    question = models.ForeignKey(
        Question, models.RESTRICT, null=True, blank=True, related_name="asked_by"
    )
    choices = models.ManyToManyField(
        Choice, through="ConditionChoice", related_name="+", blank=True, verbose_name=_("answers")
    )
    dimension = models.ForeignKey(
        Dimension,
        models.RESTRICT,
        null=True,
        blank=True,
        related_name="asked_by",
        verbose_name=_("score area"),
    )
    at_least = models.IntegerField(null=True, blank=True)
    at_most = models.IntegerField(null=True, blank=True)
    below = models.IntegerField(null=True, blank=True)
    confidences = models.CharField(_("how sure"), max_length=40, blank=True)

    objects = ConditionQuerySet.as_manager()

    class Meta:
        ordering = ["alternative", "pk"]
        constraints = [
            models.CheckConstraint(
                condition=_owned_by("shown_question")
                | _owned_by("derived")
                | _owned_by("profile")
                | _owned_by("notice"),
                name="condition_one_owner",
            ),
            models.CheckConstraint(
                condition=Q(shown_question=None, derived=None)
                | Q(alternative=1, kind__in=["in", "not_in", "number"]),
                name="condition_on_answers",
            ),
            models.CheckConstraint(
                condition=~Q(kind__in=["in", "not_in"])
                | _given("question") & _nothing_but("question"),
                name="condition_choices",
            ),
            models.CheckConstraint(
                condition=~Q(kind="number")
                | _given("question")
                & (_given("at_least") | _given("at_most"))
                & _nothing_but("question", "at_least", "at_most"),
                name="condition_number",
            ),
            models.CheckConstraint(
                condition=~Q(kind="score")
                | _given("dimension")
                & (_given("at_least") | _given("below"))
                & _nothing_but("dimension", "at_least", "below"),
                name="condition_score",
            ),
            models.CheckConstraint(
                condition=~Q(kind="unmeasured") | _given("dimension") & _nothing_but("dimension"),
                name="condition_unmeasured",
            ),
            models.CheckConstraint(
                condition=~Q(kind="confidence") | _nothing_but("confidences"),
                name="condition_confidence",
            ),
            models.CheckConstraint(
                condition=~Q(kind="always") | _nothing_but(),
                name="condition_always",
            ),
        ]

    def __str__(self) -> str:
        return self.SENTENCES[self.kind].format(self)

    @property
    def subject(self) -> str:
        """The question's text, or the score area's label."""
        return f"“{self.question}”" if self.question else str(self.dimension)

    @property
    def answers(self) -> str:
        """Empty if unsaved: Django also calls `__str__` on deleted conditions."""
        picks = self.picks.all() if self.pk else ()
        return ", ".join(f"“{pick.choice.label}”" for pick in picks)

    @property
    def bounds(self) -> str:
        return gettext(" and ").join(
            text.format(number)
            for name, text in self.BOUNDS.items()
            if (number := getattr(self, name)) is not None
        )

    @property
    def sureness(self) -> str:
        return gettext(" or ").join(
            str(self.CONFIDENCES[name]) for name in self.confidences.split()
        )


class ConditionChoice(Recorded):
    """An answer used in a condition. It can't be deleted while a rule refers to it."""

    condition = models.ForeignKey(Condition, models.CASCADE, related_name="picks")
    choice = models.ForeignKey(Choice, models.RESTRICT, related_name="picked_by")

    class Meta:
        verbose_name = _("answer in a rule")
        verbose_name_plural = _("answers in rules")
        ordering = ["pk"]
        constraints = [
            models.UniqueConstraint(fields=["condition", "choice"], name="condition_choice_unique"),
        ]

    def __str__(self) -> str:
        return f"{self.condition}"


def rule_in_words(conditions: Iterable[Condition]) -> str:
    """A rule as a sentence: "Mobility is below 60; or instead: Any score is sure"."""
    alternatives = groupby(conditions, key=lambda condition: condition.alternative)
    return gettext("; or instead: ").join(
        gettext(", and ").join(map(str, group)) for _way, group in alternatives
    ) or gettext("Never")
