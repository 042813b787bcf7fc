"""Looks up who changed a row since a page was opened, from the audit log and Django's admin log."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import cached_property
from typing import TYPE_CHECKING, Any

from auditlog.models import LogEntry
from django.contrib.admin.models import LogEntry as AdminLogEntry
from django.db.models import Model
from django.utils.translation import gettext_lazy as _

from assessments.desk.large_lists import moment

if TYPE_CHECKING:
    from django_stubs_ext import StrPromise

NEWEST = 500
SOMEONE, YOU = _("Someone"), _("You")
JSON = "["  # starts Django's own message for a saved form
UPDATE, DELETE = LogEntry.Action.UPDATE, LogEntry.Action.DELETE


@dataclass(frozen=True, slots=True)
class Author:
    """Who made a change, and when. `who` starts a sentence; `name` is the row's name back then."""

    who: "str | StrPromise" = SOMEONE
    when: str = ""
    name: str = ""

    def did(self, sentence: str, **what: str) -> str:
        """What they did, such as “{who} changed {what}”, and when; without a period."""
        said = sentence.format(who=self.who, **what)
        return f"{said} ({self.when})" if self.when else said

    @property
    def signature(self) -> str:
        """Who and when, within a sentence."""
        who = str(self.who).lower() if self.who in {SOMEONE, YOU} else str(self.who)
        return f"{who}, {self.when}" if self.when else who


class Authors:
    """Finds the authors of changes. Log entries are queried at most once, on first use."""

    def __init__(self, since: datetime, user: Any) -> None:
        self.since = since
        self.user = user

    def of(self, model: type[Model], pk: object, *, field: str = "", action: int = -1) -> Author:
        """The author of a row's change.

        Prefers the newest audit log entry for the field, then any about the row or its parts, then
        Django's admin log, then actions on a whole draft, such as restoring a version.
        """
        entries = [
            entry
            for entry in self.entries
            if _is_about(entry, model, pk) and action in {-1, entry.action}
        ]
        best = [entry for entry in entries if field in entry.changes_dict] or entries
        own = [entry for entry in self.admin_entries if _is_of(entry, model, pk)]
        return self._first(best) or self._first(own) or self._first(self.bulk) or Author()

    def newest(self) -> Author:
        """The author of the newest change to anything."""
        return self._first(self.entries) or self._first(self.bulk) or Author()

    @cached_property
    def entries(self) -> list[LogEntry]:
        since = LogEntry.objects.filter(timestamp__gte=self.since)
        changes = since.exclude(action=LogEntry.Action.ACCESS)
        newest = changes.select_related("actor", "content_type").order_by("-timestamp", "-pk")
        return list(newest[:NEWEST])

    @cached_property
    def admin_entries(self) -> list[AdminLogEntry]:
        since = AdminLogEntry.objects.filter(action_time__gte=self.since)
        newest = since.select_related("user", "content_type").order_by("-action_time", "-pk")
        return list(newest[:NEWEST])

    @property
    def bulk(self) -> list[AdminLogEntry]:
        """Entries that RunFit wrote itself, such as publishing and restoring."""
        with_message = (entry for entry in self.admin_entries if entry.change_message)
        return [entry for entry in with_message if not entry.change_message.startswith(JSON)]

    def _first(self, entries: Sequence[LogEntry | AdminLogEntry]) -> Author | None:
        for entry in entries[:1]:
            if isinstance(entry, LogEntry):
                return self._author(entry.actor, entry.timestamp, entry.object_repr)
            return self._author(entry.user, entry.action_time, "")
        return None

    def _author(self, user: Any, at: datetime, name: str) -> Author:
        if user is None:
            return Author(SOMEONE, moment(at), name)
        who = YOU if user == self.user else user.get_full_name() or user.get_username()
        return Author(who, moment(at), name)


def _is_of(entry: AdminLogEntry, model: type[Model], pk: object) -> bool:
    content_type = entry.content_type
    if content_type is None or content_type.model_class() is not model:
        return False
    return entry.object_id == str(pk)


def _is_about(entry: LogEntry, model: type[Model], pk: object) -> bool:
    """Whether an entry is about the row or one of its parts."""
    own = entry.content_type.model_class() is model and entry.object_pk == str(pk)
    owner = (entry.additional_data or {}).get(model._meta.model_name)
    return own or (owner is not None and str(owner) == str(pk))
