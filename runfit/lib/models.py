"""The columns of a model, and the base class of self-check and guide editions."""

from collections.abc import Iterable
from datetime import date
from typing import Any

from django.conf import settings
from django.db import models
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext_lazy, override


def columns(model: type[models.Model] | models.Model) -> "list[models.Field[Any, Any]]":
    """The fields that are columns of its table, in order."""
    fields = model._meta.get_fields()
    return [field for field in fields if isinstance(field, models.Field) and field.concrete]


def translate_names(of: Iterable[type[models.Model]]) -> None:
    """Lets the names that Django makes of those of models and fields ("safety item", "rest
    seconds") be translated too, without a migration for each, and plurals apart from their
    singulars. Each app lists them for the catalogs in `models.names`."""
    for model in of:
        _translate(model._meta, "verbose_name", "verbose_name_plural")
        for column in columns(model):
            _translate(column, "verbose_name")


def _translate(named: Any, *kinds: str) -> None:
    for kind in kinds:
        with override(None):
            in_english = str(getattr(named, kind))
        setattr(named, kind, gettext_lazy(in_english))


class Snapshot(models.Model):
    """An immutable, numbered copy of a draft, made by publish.

    Runners only ever see snapshots. Two things may change later, each through its own service: the
    clinician's signature (who reviewed it, on which day, and when to look at it again), and whether
    the PT marked it as wrong, with a reason for runners.
    """

    number = models.PositiveIntegerField()
    sha256 = models.CharField("fingerprint", max_length=64)
    published_at = models.DateTimeField(auto_now_add=True)
    published_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.SET_NULL, null=True, blank=True, related_name="+"
    )
    note = models.CharField(max_length=300, blank=True)
    untranslated = models.JSONField(
        gettext_lazy("not translated"),
        null=True,
        editable=False,
        help_text=gettext_lazy("The language of each text in the original's words, by its place."),
    )
    reviewed_by = models.CharField(max_length=200, blank=True)
    reviewed_on = models.DateField(null=True, blank=True)
    look_again_on = models.DateField(null=True, blank=True)
    recalled_at = models.DateTimeField(gettext_lazy("marked as wrong"), null=True, blank=True)
    recall_reason = models.TextField(
        gettext_lazy("what was wrong"), blank=True, default="", db_default=""
    )

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


def recalled(reason: str) -> dict[str, Any]:
    """The columns of a version that is marked as wrong now, or isn't if `reason` is blank."""
    return {"recalled_at": timezone.now() if reason else None, "recall_reason": reason}


def signed(reviewed_by: str, look_again_on: date | None) -> dict[str, Any]:
    """The columns of a signature that's given today, or of none if `reviewed_by` is blank."""
    if not reviewed_by:
        return {"reviewed_by": "", "reviewed_on": None, "look_again_on": None}
    today = timezone.localdate()
    return {"reviewed_by": reviewed_by, "reviewed_on": today, "look_again_on": look_again_on}
