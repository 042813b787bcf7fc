"""Who changed a row since a page was made, and when, as the record of changes tells it."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import cached_property
from typing import Any

from auditlog.models import LogEntry
from django.contrib.admin.models import LogEntry as Said
from django.db.models import Model

from assessments.desk.large_lists import moment

NEWEST = 500
JSON = "["  # what Django itself notes of a saved form
UPDATE, DELETE = LogEntry.Action.UPDATE, LogEntry.Action.DELETE


@dataclass(frozen=True, slots=True)
class Author:
    """`who` begins a sentence. `name` is what the row was called then."""

    who: str = "Someone"
    when: str = ""
    name: str = ""

    def did(self, what: str) -> str:
        return f"{self.who} {what}" + (f" ({self.when})" if self.when else "")


class Authors:
    """Asked once, and only where something changed."""

    def __init__(self, since: datetime, user: Any) -> None:
        self.since = since
        self.user = user

    def of(self, model: type[Model], pk: object, *, field: str = "", action: int = -1) -> Author:
        """The newest entry of the row that tells of this; else the newest of it or its parts; else
        what Django noted of it; else what was done to all of a draft at once, such as restoring a
        version."""
        entries = [
            each for each in self.entries if _tells(each, model, pk) and action in {-1, each.action}
        ]
        best = [each for each in entries if field in each.changes_dict] or entries
        said = [each for each in self.said if _is_of(each, model, pk)]
        return self._first(best) or self._first(said) or self._first(self.whole) or Author()

    def newest(self) -> Author:
        """Of whatever was changed."""
        return self._first(self.entries) or self._first(self.whole) or Author()

    @cached_property
    def entries(self) -> list[LogEntry]:
        since = LogEntry.objects.filter(timestamp__gte=self.since)
        changes = since.exclude(action=LogEntry.Action.ACCESS)
        newest = changes.select_related("actor", "content_type").order_by("-timestamp", "-pk")
        return list(newest[:NEWEST])

    @cached_property
    def said(self) -> list[Said]:
        said = Said.objects.filter(action_time__gte=self.since)
        told = said.select_related("user", "content_type").order_by("-action_time", "-pk")
        return list(told[:NEWEST])

    @property
    def whole(self) -> list[Said]:
        told = (each for each in self.said if each.change_message)
        return [each for each in told if not each.change_message.startswith(JSON)]

    def _first(self, entries: Sequence[LogEntry | Said]) -> Author | None:
        for each in entries[:1]:
            if isinstance(each, LogEntry):
                return self._author(each.actor, each.timestamp, each.object_repr)
            return self._author(each.user, each.action_time, "")
        return None

    def _author(self, user: Any, at: datetime, name: str) -> Author:
        if user is None:
            return Author("Someone", moment(at), name)
        who = "You" if user == self.user else user.get_full_name() or user.get_username()
        return Author(who, moment(at), name)


def _is_of(said: Said, model: type[Model], pk: object) -> bool:
    kind = said.content_type
    return kind is not None and kind.model_class() is model and said.object_id == str(pk)


def _tells(entry: LogEntry, model: type[Model], pk: object) -> bool:
    """Of the row itself, or of what is a part of it."""
    own = entry.content_type.model_class() is model and entry.object_pk == str(pk)
    owner = (entry.additional_data or {}).get(model._meta.model_name)
    return own or (owner is not None and str(owner) == str(pk))
