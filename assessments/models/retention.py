"""How long things about people are kept."""

from datetime import date

from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.utils.translation import gettext_lazy as _
from solo.models import SingletonModel

from runfit.lib.audit import Recorded


def _days(*, least: int, most: int) -> list[MinValueValidator | MaxValueValidator]:
    return [MinValueValidator(least), MaxValueValidator(most)]


class Retention(Recorded, SingletonModel):
    """How many days things are kept, as the PT sets it. The privacy page says so by itself.

    `assessments.retention` deletes what's older, once a day. At least a week, because days are
    counted before anything of them goes.
    """

    answers = models.PositiveIntegerField(
        _("answers without an address"),
        default=90,
        validators=_days(least=30, most=3650),
        help_text=_(
            "Days after the last answers of a runner who didn't ask for the guide. Their result's "
            "page works that long. They're counted before they go, and the numbers stay."
        ),
    )
    contacts = models.PositiveIntegerField(
        _("addresses, and the answers that belong to them"),
        default=30,
        validators=_days(least=0, most=3650),
        help_text=_(
            "Days after the last link to the guide has ended. While it works, the runner can "
            "retake the check and compare. Who said yes to news stays until they say no."
        ),
    )
    mail = models.PositiveIntegerField(
        _("emails that are kept on the server"),
        default=30,
        validators=_days(least=7, most=90),
        help_text=_(
            "Days. Only a site that doesn't send email yet keeps their words; others keep that and "
            "when an email went out, with the address that it belongs to."
        ),
    )
    logs = models.PositiveIntegerField(
        _("notes of who looked"),
        default=365,
        validators=_days(least=30, most=3650),
        help_text=_(
            "Days. Who signed in here, and who opened, downloaded, or erased whose answers. They "
            "name a record by its number, never an address."
        ),
    )
    visits = models.PositiveIntegerField(
        _("visits and clicks, before they're only daily numbers"),
        default=400,
        validators=_days(least=7, most=3650),
        help_text=_("Days. They never say who it was."),
    )
    begins_on = models.DateField(
        _("nothing goes before"),
        null=True,
        editable=False,
        help_text="For a site that had answers before it could be set: nothing goes earlier.",
    )
    done_on = models.DateField(
        _("last done on"), null=True, editable=False, help_text="The last day that is done."
    )
    final_before = models.DateField(
        _("numbers are final before"),
        null=True,
        editable=False,
        help_text="Days before this one can't be counted again: some of their rows are gone.",
    )

    class Meta:
        verbose_name = verbose_name_plural = _("how long things are kept")

    def __str__(self) -> str:
        return str(self._meta.verbose_name)

    def waits(self, today: date) -> bool:
        """Whether the site is still in its time to think it over."""
        return self.begins_on is not None and today < self.begins_on
