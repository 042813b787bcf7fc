"""The words of a guide's emails."""

from collections.abc import Iterable
from typing import ClassVar

from django.core.exceptions import ValidationError
from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.utils.text import format_lazy
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from guides.content import (
    LINE_LENGTH,
    MOST_SUBJECTS,
    SERIES_DAYS,
    VARIABLES,
    has_lone_brace,
    text_variables,
)
from guides.content.marks import partial_links
from guides.models.base import Worded


def in_brackets(variables: Iterable[str]) -> str:
    return ", ".join(f"{{{name}}}" for name in variables)


def check_links(field: str, text: str) -> None:
    """Raises ValidationError for a link that leads nowhere from an email or from paper."""
    if partial := next(partial_links(text), None):
        message = gettext(
            "The link to “{start}” needs a whole address, such as https://example.org."
        )
        raise ValidationError({field: message.format(start=partial)})


class EmailWords(Worded):
    """The words of an email. Its button is the link."""

    texts: ClassVar[tuple[str, ...]] = ("subject", "preview", "body", "button")
    variables: ClassVar[tuple[str, ...]] = VARIABLES

    subject = models.CharField(
        max_length=LINE_LENGTH,
        help_text=_(
            "Don't mention health: other people may see it. For example: Your guide from {practice}"
        ),
    )
    preview = models.CharField(
        max_length=LINE_LENGTH,
        help_text=_("The line that mail programs show next to the subject. Don't mention health."),
    )
    body = models.TextField(
        help_text=format_lazy(
            _(
                "One paragraph per line. You can use {variables}. The days are how long the link "
                "to the guide works. In the email four weeks later, they're how long ago the "
                "runner said yes, and in the one for the weekly check-in always 7."
            ),
            variables=in_brackets(VARIABLES),
        )
    )
    button = models.CharField(max_length=LINE_LENGTH, help_text=_("For example: Open your guide"))

    class Meta:
        abstract = True

    def clean(self) -> None:
        super().clean()
        check_links("body", self.body)
        known = in_brackets(self.variables)
        for name in self.texts:
            unknown = sorted(text_variables(getattr(self, name)) - set(self.variables))
            if unknown:
                message = gettext("{unknown} doesn't work here. Use {variables}.").format(
                    unknown=f"{{{unknown[0]}}}", variables=known
                )
                raise ValidationError({name: message})
            if has_lone_brace(getattr(self, name)):
                message = gettext("There's a stray curly bracket here. Use {variables}.").format(
                    variables=known
                )
                raise ValidationError({name: message})


class EmailText(EmailWords):
    """An email of which a guide has one."""

    texts = (*EmailWords.texts, "other_subjects")

    class Kind(models.TextChoices):
        GUIDE = "guide", _("brings the guide")
        FOLLOW_UP = "follow_up", _("invites them to retake the check, four weeks later")
        CHECK_IN = "check_in", _("reminds them of the weekly check-in, if they want that")

    guide = models.ForeignKey("guides.Guide", models.CASCADE, related_name="emails")
    kind = models.CharField(_("which email"), max_length=16, choices=Kind, default=Kind.GUIDE)
    other_subjects = models.TextField(
        _("more subject lines"),
        blank=True,
        db_default="",
        default="",
        help_text=_(
            "Only for the email that brings the guide: up to two more, one per line. Each runner "
            "gets one of the lines, and the numbers show how many then opened the guide."
        ),
    )

    class Meta:
        verbose_name = _("email text")
        constraints = [
            models.UniqueConstraint(fields=["guide", "kind"], name="guide_email_unique"),
        ]

    def __str__(self) -> str:
        return self.get_kind_display()

    def clean(self) -> None:
        super().clean()
        self._check_subjects()

    def _check_subjects(self) -> None:
        """Raises ValidationError if its subject lines can't be shared out among runners."""
        others = [line.strip() for line in self.other_subjects.split("\n") if line.strip()]
        lines = [self.subject.strip(), *others]
        if others and self.kind != self.Kind.GUIDE:
            message = gettext(
                "Only the email that brings the guide can have more than one subject line."
            )
        elif len(lines) > MOST_SUBJECTS:
            message = gettext("Keep {number} lines at most, besides the subject above.").format(
                number=MOST_SUBJECTS - 1
            )
        elif any(len(line) > LINE_LENGTH for line in others):
            message = gettext("Keep each line to {number} characters.").format(number=LINE_LENGTH)
        elif len(set(lines)) < len(lines):
            message = gettext("Two of the subject lines are the same. Change one, or take it out.")
        else:
            return
        raise ValidationError({"other_subjects": message})


class SeriesEmail(EmailWords):
    """An email of a guide's series, which runners get during their plan if they said yes."""

    body = models.TextField(
        help_text=format_lazy(
            _(
                "One paragraph per line. You can use {variables}. The days are this email's day: "
                "how long ago the runner asked for the guide."
            ),
            variables=in_brackets(VARIABLES),
        )
    )
    guide = models.ForeignKey("guides.Guide", models.CASCADE, related_name="series")
    days = models.PositiveSmallIntegerField(
        _("day"),
        validators=[MinValueValidator(1), MaxValueValidator(SERIES_DAYS)],
        help_text=_(
            "How many days after the guide it goes out: 1 is the next day. No one gets it "
            "after the last week of their plan."
        ),
    )

    class Meta:
        verbose_name = _("email of the series")
        verbose_name_plural = _("emails of the series")
        # The form checks that each has a day of its own, and so does publishing. A constraint would
        # refuse two that swap days, since SQLite can't check one only at the end.
        ordering = ["days", "pk"]

    def __str__(self) -> str:
        return gettext("Day {number}").format(number=self.days)
