"""Deletes rows so that they can be put back whole: with everything that went with them, under the
same primary keys, and with the links to them that were cut.

What was deleted stays with the audit log's entry about it until it's put back.
"""

import json
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from functools import cache
from typing import Any

from auditlog.models import LogEntry
from django.apps import apps
from django.contrib.contenttypes.models import ContentType
from django.core import serializers
from django.db import IntegrityError, models, transaction
from django.utils.translation import gettext as _

from runfit.lib.audit import Recorded, owners
from runfit.lib.models import columns

DELETED = "deleted"
Rows = dict[type[models.Model], dict[Any, models.Model]]  # by primary key
Links = list[tuple[str, Any, str, Any]]  # model, primary key, column, value


class CannotPutBackError(Exception):
    """What was deleted has no place in the draft anymore. Says why."""


@contextmanager
def deletion_kept(rows: Iterable[models.Model]) -> Iterator[list[LogEntry]]:
    """Around the deletion of rows of one model. Adds the entry that can put back all of them, if
    any of them is gone afterwards."""
    about = {row.pk: type(row) for row in rows if isinstance(row, Recorded)}
    taken: Rows = defaultdict(dict)
    for pk, model in about.items():
        _deleted_along(model, [pk], Recorded, taken)
    links = _cut_links(taken)
    text = serializers.serialize("json", _all(taken))
    entries: list[LogEntry] = []
    yield entries
    if entry := _entry_of(about):
        kept = {"rows": text, "links": links}
        entry.additional_data = {**(entry.additional_data or {}), DELETED: kept}
        entry.save(update_fields=["additional_data"])
        entries.append(entry)


def held_by(row: models.Model) -> Iterator[models.Model]:
    """What keeps a row from being deleted, directly or through anything that would go with it."""
    found: Rows = defaultdict(dict)
    _deleted_along(type(row), [row.pk], models.Model, found)
    for model, rows in found.items():
        for relation in _relations(model):
            if relation.on_delete is models.PROTECT:
                yield from _pointing(relation, rows)
            elif relation.on_delete is models.RESTRICT:
                going = found.get(relation.related_model, ())
                yield from (use for use in _pointing(relation, rows) if use.pk not in going)


def can_put_back(entry: LogEntry) -> bool:
    return DELETED in (entry.additional_data or {})


def rows_put_back(*, entry: LogEntry) -> models.Model:
    """Puts back what was deleted. Returns the row that the entry is about. Raises
    CannotPutBackError."""
    data = dict(entry.additional_data or {})
    if DELETED not in data:
        raise CannotPutBackError(_("It was put back already."))
    kept = data.pop(DELETED)
    deserialized = serializers.deserialize("json", kept["rows"], ignorenonexistent=True)
    rows: Rows = defaultdict(dict)
    for row in (each.object for each in deserialized):
        rows[type(row)][row.pk] = row
    _drop_lost_links(rows)
    try:
        with transaction.atomic():
            for model, group in rows.items():
                model._default_manager.bulk_create(group.values())
    except IntegrityError as error:
        raise CannotPutBackError(
            _("Something new stands in its place. Delete that first, then put this back.")
        ) from error
    for label, pk, column, value in kept["links"]:
        cut = apps.get_model(label)._default_manager.filter(pk=pk, **{f"{column}__isnull": True})
        cut.update(**{column: value})
    [back] = (row for row in _all(rows) if _is_about(entry, row))
    entry.additional_data = data
    entry.save(update_fields=["additional_data"])
    LogEntry.objects.log_create(
        back, force_log=True, action=LogEntry.Action.CREATE, additional_data=owners(back)
    )
    return back


def file_is_kept(name: str) -> bool:
    """Whether something that can be put back has this file."""
    kept = {f"additional_data__{DELETED}__rows__icontains": json.dumps(name, ensure_ascii=False)}
    return LogEntry.objects.filter(action=LogEntry.Action.DELETE, **kept).exists()


def _is_about(entry: LogEntry, row: models.Model) -> bool:
    kind = ContentType.objects.get_for_model(row)
    return kind == entry.content_type and row.pk == entry.object_id


def _all(rows: Rows) -> list[models.Model]:
    return [row for group in rows.values() for row in group.values()]


def _entry_of(about: Mapping[Any, type[models.Model]]) -> LogEntry | None:
    """The newest entry about the deletion of any of these rows that's gone."""
    gone = [pk for pk, model in about.items() if not model._default_manager.filter(pk=pk).exists()]
    if not gone:
        return None
    entries = LogEntry.objects.filter(
        content_type=ContentType.objects.get_for_model(about[gone[0]]),
        object_id__in=gone,
        action=LogEntry.Action.DELETE,
    )
    entry: LogEntry | None = entries.order_by("-pk").first()
    return entry


def _deleted_along(model: type[models.Model], pks: Iterable[Any], only: type, found: Rows) -> None:
    """Adds the rows as they're stored, and what a deletion takes with them, however deep."""
    new = model._default_manager.filter(pk__in=[pk for pk in pks if pk not in found[model]])
    rows = {row.pk: row for row in new}
    found[model] |= rows
    for relation in _relations(model) if rows else ():
        if relation.on_delete is models.CASCADE and issubclass(relation.related_model, only):
            pointing = _pointing(relation, rows).values_list("pk", flat=True)
            _deleted_along(relation.related_model, [*pointing], only, found)


def _cut_links(taken: Rows) -> Links:
    """The links to these rows that a deletion empties."""
    return [
        (relation.related_model._meta.label, pk, relation.field.attname, to)
        for model, rows in taken.items()
        for relation in _relations(model)
        if relation.on_delete is models.SET_NULL
        for pk, to in _pointing(relation, rows).values_list("pk", relation.field.attname)
    ]


def _relations(model: type[models.Model]) -> list[models.ManyToOneRel]:
    """How rows of other tables point at this model's."""
    fields = model._meta.get_fields(include_hidden=True)
    return [each for each in fields if isinstance(each, models.ManyToOneRel)]


def _pointing(relation: models.ManyToOneRel, pks: Iterable[Any]) -> "models.QuerySet[models.Model]":
    rows: models.QuerySet[models.Model] = relation.related_model._default_manager.filter(
        **{f"{relation.field.attname}__in": [*pks]}
    )
    return rows


def _drop_lost_links(rows: Rows) -> None:
    """Empties links to rows that are gone, where a row can do without."""

    @cache
    def exists(model: type[models.Model], pk: Any) -> bool:
        return pk in rows.get(model, ()) or model._default_manager.filter(pk=pk).exists()

    for row in _all(rows):
        for field in columns(row):
            pk = getattr(row, field.attname)
            if not isinstance(field, models.ForeignKey) or pk is None:
                continue
            if exists(field.related_model, pk):
                continue
            if field.remote_field.on_delete is not models.SET_NULL:
                raise CannotPutBackError(_needs(field.related_model, pk))
            setattr(row, field.attname, None)


def _needs(model: type[models.Model], pk: Any) -> str:
    kind = ContentType.objects.get_for_model(model)
    entries = LogEntry.objects.filter(content_type=kind, object_id=pk).order_by("-pk")
    name = entries.values_list("object_repr", flat=True).first()
    kind_name = str(model._meta.verbose_name)
    if name:
        kind_name = f"{kind_name} “{name}”"
    return _("It needs the {what}, which is gone too. Put that back first.").format(what=kind_name)
