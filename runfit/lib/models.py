"""The columns of a model, and the base class of self-check and guide editions."""

from collections.abc import Iterable
from datetime import date
from typing import Any

from django.conf import settings
from django.db import models
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext_lazy


def columns(model: type[models.Model] | models.Model) -> "list[models.Field[Any, Any]]":
    """The fields that are columns of its table, in order."""
    fields = model._meta.get_fields()
    return [field for field in fields if isinstance(field, models.Field) and field.concrete]


def translate_names(of: Iterable[type[models.Model]]) -> None:
    """Lets the names that Django makes of a field's own ("rest seconds") be translated too, without
    a migration for each."""
    for model in of:
        for column in columns(model):
            if column.verbose_name == column.name.replace("_", " "):
                column.verbose_name = gettext_lazy(str(column.verbose_name))


class Snapshot(models.Model):
    """An immutable, numbered copy of a draft, made by publish.

    Runners only ever see snapshots. Only the clinician's signature may change later, through its
    own service: who reviewed it, on which day, and when to look at it again.
    """

    number = models.PositiveIntegerField()
    sha256 = models.CharField("fingerprint", max_length=64)
    published_at = models.DateTimeField(auto_now_add=True)
    published_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.SET_NULL, null=True, blank=True, related_name="+"
    )
    note = models.CharField(max_length=300, blank=True)
    reviewed_by = models.CharField(max_length=200, blank=True)
    reviewed_on = models.DateField(null=True, blank=True)
    look_again_on = models.DateField(null=True, blank=True)

    class Meta:
        abstract = True

    def save(self, *args: Any, **kwargs: Any) -> None:
        if not self._state.adding:
            raise TypeError("A version is never changed. To sign it, use the service for that.")
        super().save(*args, **kwargs)

    def delete(self, *args: Any, **kwargs: Any) -> tuple[int, dict[str, int]]:
        raise TypeError("A version is never deleted: results and links rest on it.")

    @property
    def signature(self) -> str:
        """Who reviewed it and, if that's known, in which month, in the active language. Blank if
        it isn't signed."""
        if not (self.reviewed_by and self.reviewed_on):
            return self.reviewed_by
        return f"{self.reviewed_by}, {date_format(self.reviewed_on, 'YEAR_MONTH_FORMAT')}"

    @property
    def is_due_again(self) -> bool:
        """Whether the day to look at it again has passed."""
        return self.look_again_on is not None and self.look_again_on < timezone.localdate()


def signed(reviewed_by: str, look_again_on: date | None) -> dict[str, Any]:
    """The columns of a signature that's given today, or of none if `reviewed_by` is blank."""
    if not reviewed_by:
        return {"reviewed_by": "", "reviewed_on": None, "look_again_on": None}
    today = timezone.localdate()
    return {"reviewed_by": reviewed_by, "reviewed_on": today, "look_again_on": look_again_on}
