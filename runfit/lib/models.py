"""The columns of a model, and the base class of self-check and guide editions."""

from typing import Any

from django.conf import settings
from django.db import models


def columns(model: type[models.Model] | models.Model) -> "list[models.Field[Any, Any]]":
    """The fields that are columns of its table, in order."""
    fields = model._meta.get_fields()
    return [field for field in fields if isinstance(field, models.Field) and field.concrete]


class Snapshot(models.Model):
    """An immutable, numbered copy of a draft, made by publish.

    Runners only ever see snapshots. Only `reviewed_by`, the clinician's signature, may change
    later, through its own service.
    """

    number = models.PositiveIntegerField()
    sha256 = models.CharField("fingerprint", max_length=64)
    published_at = models.DateTimeField(auto_now_add=True)
    published_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.SET_NULL, null=True, blank=True, related_name="+"
    )
    note = models.CharField(max_length=300, blank=True)
    reviewed_by = models.CharField(max_length=200, blank=True)

    class Meta:
        abstract = True

    def save(self, *args: Any, **kwargs: Any) -> None:
        if not self._state.adding:
            raise TypeError("A version is never changed. To sign it, use the service for that.")
        super().save(*args, **kwargs)

    def delete(self, *args: Any, **kwargs: Any) -> tuple[int, dict[str, int]]:
        raise TypeError("A version is never deleted: results and links rest on it.")
