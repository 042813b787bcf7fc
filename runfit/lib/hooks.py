"""Calls what other apps add. Whatever an extension adds fails alone: the error is logged with its
traceback, inside a savepoint if a transaction is open, and that part is left out. An error that
passes by itself is the caller's, to be tried again.

A failing publish check becomes a warning, because words that have to go live now can't wait for a
fix in another app. A failing counter isn't left out: the day would be kept without its numbers, so
it's counted again until it succeeds.
"""

import logging
from collections.abc import Callable, Iterable
from contextlib import AbstractContextManager, nullcontext
from typing import ParamSpec, TypeVar

from django.db import connection, transaction

from runfit.lib.transient_errors import is_transient

P = ParamSpec("P")
T = TypeVar("T")

logger = logging.getLogger(__name__)


def call_hook(hook: Callable[P, T], otherwise: T, /, *args: P.args, **kwargs: P.kwargs) -> T:
    """What it returns, or `otherwise` where it fails, which the log then tells."""
    try:
        with _savepoint():
            return hook(*args, **kwargs)
    except Exception as error:
        if is_transient(error):
            raise  # who asked may try again; what a hook does must not be left out for that
        logger.exception("What another app adds failed, and is left out.")
        return otherwise


def gather(hooks: Iterable[Callable[P, Iterable[T]]], *args: P.args, **kwargs: P.kwargs) -> list[T]:
    """What all of them return, without those that fail."""
    found: list[T] = []
    for hook in hooks:
        found += call_hook(_whole(hook), [], *args, **kwargs)
    return found


def _whole(hook: Callable[P, Iterable[T]]) -> Callable[P, list[T]]:
    """One that makes what it returns piece by piece may fail at each of them."""
    return lambda *args, **kwargs: [*hook(*args, **kwargs)]


def _savepoint() -> AbstractContextManager[object]:
    """A failed statement must not take the transaction around it along. Where there is none, a
    savepoint would only be two more round trips to the database."""
    return transaction.atomic() if connection.in_atomic_block else nullcontext()
