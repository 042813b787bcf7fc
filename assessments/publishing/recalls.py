"""Marks a version of a self-check as wrong, and takes the mark back."""

from collections.abc import Callable, Iterable
from typing import TypeVar

from django.db import transaction

from assessments import hooks
from assessments.models import Edition
from runfit.lib import caching
from runfit.lib.models import Snapshot, recalled

Version = TypeVar("Version", bound=Snapshot)
Hooks = Iterable[Callable[[Version], None]]


def edition_recall(*, edition: Edition, reason: str) -> bool:
    """Mark it as wrong, for this reason. The cost doesn't depend on how many have results by it:
    a task tells those who have a guide. If it's marked already, only the reason changes, and
    nobody is told again. Returns whether the mark is new."""
    return version_recall(version=edition, reason=reason, hooks=hooks.edition_recalled)


def edition_recall_end(*, edition: Edition) -> bool:
    """Take the mark back: results read as before. Returns whether it was marked."""
    return version_recall_end(version=edition, hooks=hooks.edition_recall_ended)


@transaction.atomic
def version_recall(*, version: Version, reason: str, hooks: Hooks[Version]) -> bool:
    """For versions of any kind. Hooks are called if the mark is new."""
    same = type(version)._default_manager.filter(pk=version.pk)
    is_new = bool(same.filter(recalled_at=None).update(**recalled(reason)))
    if is_new:
        for hook in hooks:
            hook(version)
    else:
        same.update(recall_reason=reason)
    transaction.on_commit(caching.clear)
    return is_new


@transaction.atomic
def version_recall_end(*, version: Version, hooks: Hooks[Version]) -> bool:
    """For versions of any kind. Hooks are called if it was marked."""
    marked = type(version)._default_manager.filter(pk=version.pk).exclude(recalled_at=None)
    if not marked.update(**recalled("")):
        return False
    for hook in hooks:
        hook(version)
    transaction.on_commit(caching.clear)
    return True
