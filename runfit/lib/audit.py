"""Records who changed which field of a draft, with what the row is part of, so a self-check's
history still mentions a deleted question. Restoring takes one line instead of hundreds.

Looks at runners' records and erasures are kept in the same table of django-auditlog, by number: no
address and no answer is ever in it.
"""

from collections.abc import Iterable, Mapping
from typing import Any

from auditlog.models import LogEntry
from auditlog.registry import auditlog
from django.contrib.contenttypes.models import ContentType
from django.core.exceptions import ObjectDoesNotExist
from django.db import models

from runfit.lib.models import columns

# Made by the code, or plain from where a row stands.
TECHNICAL = ("id", "key", "slug", "assessment")
EXPORT = "export"  # stands where others have the number of their row


class Recorded(models.Model):
    """A row whose changes may be recorded, each with what the row is a part of."""

    class Meta:
        abstract = True

    def get_additional_data(self) -> dict[str, Any]:
        """What django-auditlog keeps with each entry."""
        return owners(self)


def audit_models(*drafts: type[Recorded]) -> None:
    """Keep every change of these rows."""
    for model in drafts:
        names = {field.name for field in model._meta.get_fields()}
        auditlog.register(model, exclude_fields=[name for name in TECHNICAL if name in names])


def owners(row: models.Model) -> dict[str, Any]:
    """What a row would be deleted along with, by the name of its model."""
    found: dict[str, Any] = {}
    for field in columns(row):
        if isinstance(field, models.ForeignKey) and field.remote_field.on_delete is models.CASCADE:
            try:
                owner = getattr(row, field.name)
            except ObjectDoesNotExist:  # it is on its way out too
                continue
            if owner is not None:
                found |= {owner._meta.model_name: owner.pk, **owners(owner)}
    return found


def look_log(row: models.Model) -> None:
    """Somebody looked at a record about one runner."""
    _log(row, LogEntry.Action.ACCESS)


def looks_log(model: type[models.Model], pks: Iterable[int], actor: Any) -> None:
    """Somebody looked at the records about many runners at once."""
    kind, name = ContentType.objects.get_for_model(model), model._meta.verbose_name
    entries = (
        LogEntry(
            content_type=kind,
            object_pk=str(pk),
            object_id=pk,
            object_repr=f"{name} {pk}",
            action=LogEntry.Action.ACCESS,
            actor=actor,
        )
        for pk in pks
    )
    LogEntry.objects.bulk_create(entries, batch_size=1000)


def export_log(
    model: type[models.Model], what: str, *, actor: Any, of: Mapping[str, int] | None
) -> LogEntry:
    """Many rows left together: one line, however many they are."""
    entry = LogEntry(
        content_type=ContentType.objects.get_for_model(model),
        object_pk=EXPORT,
        object_repr=what,
        action=LogEntry.Action.ACCESS,
        actor=actor,
        additional_data=of,
    )
    entry.save()
    return entry


def export_settle(entry: LogEntry, how: str) -> None:
    """How it ended."""
    told = f"{entry.object_repr}: {how}"
    LogEntry.objects.filter(pk=entry.pk).update(object_repr=told)


def erase_log(row: models.Model) -> None:
    """Somebody erased one. Call it before the row is gone."""
    _log(row, LogEntry.Action.DELETE)


def change_log(row: models.Model, what: str, before: str, after: str) -> None:
    """Somebody decided something about one."""
    _log(row, LogEntry.Action.UPDATE, changes={what: [before, after]})


def _log(row: models.Model, action: int, **more: Any) -> None:
    name = f"{row._meta.verbose_name} {row.pk}"
    LogEntry.objects.log_create(row, force_log=True, action=action, object_repr=name, **more)
