"""The audit log: who changed which field of a draft. Entries name the row's parents, so a
self-check's history still mentions a deleted question. Restoring is one entry instead of hundreds.

django-auditlog's table also records who viewed or erased runners' records, by primary key: it never
contains an address or an answer.
"""

from collections.abc import Iterable, Mapping
from typing import Any

from auditlog.models import LogEntry
from auditlog.registry import auditlog
from django.contrib.contenttypes.models import ContentType
from django.core.exceptions import ObjectDoesNotExist
from django.db import models
from django.utils.translation import override

from runfit.lib.models import columns

# Set by the code, or clear from the row's parents.
TECHNICAL = ("id", "key", "slug", "assessment", "translated_from", "library_words")
UNLISTED = (*TECHNICAL, "seed", "seed_before")
EXPORT = "export"  # in place of a primary key
BEFORE = "before"


class Recorded(models.Model):
    """Base class for audited models: each entry stores the row's parents."""

    class Meta:
        abstract = True

    def get_additional_data(self) -> dict[str, Any]:
        """Called by django-auditlog for each entry."""
        return owners(self)


def audit_models(*drafts: type[Recorded]) -> None:
    """Register models with django-auditlog."""
    for model in drafts:
        names = {field.name for field in model._meta.get_fields()}
        auditlog.register(model, exclude_fields=[name for name in UNLISTED if name in names])


def owners(row: models.Model) -> dict[str, Any]:
    """The primary keys of the rows that a row cascades from, by model name."""
    result: dict[str, Any] = {}
    for field in columns(row):
        if isinstance(field, models.ForeignKey) and field.remote_field.on_delete is models.CASCADE:
            try:
                owner = getattr(row, field.name)
            except ObjectDoesNotExist:  # being deleted too
                continue
            if owner is not None:
                result |= {owner._meta.model_name: owner.pk, **owners(owner)}
    return result


def look_log(row: models.Model) -> None:
    """Log that someone viewed one runner's record."""
    _log(row, LogEntry.Action.ACCESS)


def looks_log(model: type[models.Model], pks: Iterable[int], actor: Any) -> None:
    """Log that someone viewed many runners' records at once."""
    kind, name = ContentType.objects.get_for_model(model), name_in_english(model)
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
    """Log an export: one entry, however many rows."""
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
    """Record how the export ended."""
    label = f"{entry.object_repr}: {how}"
    LogEntry.objects.filter(pk=entry.pk).update(object_repr=label)


def erase_log(row: models.Model) -> None:
    """Log an erasure. Call before deleting the row."""
    _log(row, LogEntry.Action.DELETE)


def change_log(row: models.Model, what: str, before: str, after: str) -> None:
    """Log a decision about one runner's record."""
    _log(row, LogEntry.Action.UPDATE, changes={what: [before, after]})


def before_log(row: models.Model, before: str) -> None:
    """Keep what a row and its parts were before a change, as text. History leaves it out."""
    _log(row, LogEntry.Action.ACCESS, additional_data={**owners(row), BEFORE: before})


def before_latest(row: models.Model) -> LogEntry | None:
    """The latest entry that `before_log` wrote: `before_text` reads it."""
    kind = ContentType.objects.get_for_model(row)
    entries = LogEntry.objects.filter(content_type=kind, object_id=row.pk)
    kept = entries.filter(action=LogEntry.Action.ACCESS, additional_data__has_key=BEFORE)
    entry: LogEntry | None = kept.order_by("-timestamp", "-pk").first()
    return entry


def before_text(entry: LogEntry) -> str:
    return str((entry.additional_data or {})[BEFORE])


def name_in_english(model: type[models.Model]) -> str:
    """The log is kept in English, whoever did it: others may read another language."""
    with override("en"):
        return str(model._meta.verbose_name)


def _log(row: models.Model, action: int, **more: Any) -> None:
    name = f"{name_in_english(row._meta.model)} {row.pk}"
    LogEntry.objects.log_create(row, force_log=True, action=action, object_repr=name, **more)
