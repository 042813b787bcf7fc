"""Calls hooks of other apps. A failing hook takes nothing else down: it runs in a savepoint if a
transaction is open, its error is logged with the traceback, and its result is left out. Transient
errors are raised, for the caller to retry.

A failing publish check becomes a warning, because urgent wording can't wait for a fix in another
app. A failing counter isn't left out, since the day would be stored without its numbers: it's
retried until it succeeds.
"""

import logging
from collections.abc import Callable, Iterable
from contextlib import AbstractContextManager, nullcontext
from typing import ParamSpec, TypeVar

from django.db import connection, transaction

from runfit.lib.database.transient_errors import is_transient

P = ParamSpec("P")
T = TypeVar("T")

logger = logging.getLogger(__name__)


def call_hook(hook: Callable[P, T], otherwise: T, /, *args: P.args, **kwargs: P.kwargs) -> T:
    """The hook's result, or `otherwise` if it fails, which is logged."""
    try:
        with _savepoint():
            return hook(*args, **kwargs)
    except Exception as error:
        if is_transient(error):
            raise  # the caller may retry, so the hook's result isn't left out
        logger.exception("A hook of another app failed, and is left out.")
        return otherwise


def gather(hooks: Iterable[Callable[P, Iterable[T]]], *args: P.args, **kwargs: P.kwargs) -> list[T]:
    """The results of all hooks that succeed."""
    results: list[T] = []
    for hook in hooks:
        results += call_hook(_listed(hook), [], *args, **kwargs)
    return results


def _listed(hook: Callable[P, Iterable[T]]) -> Callable[P, list[T]]:
    """Exhausts a generator inside the hook call, since it may fail at any item."""
    return lambda *args, **kwargs: [*hook(*args, **kwargs)]


def _savepoint() -> AbstractContextManager[object]:
    """A failed statement must not abort the surrounding transaction. Without one, a savepoint would
    only cost two round trips."""
    return transaction.atomic() if connection.in_atomic_block else nullcontext()
