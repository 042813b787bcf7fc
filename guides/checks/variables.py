"""Environment variables that look like ours, but aren't."""

import os
from collections.abc import Iterable, Iterator
from dataclasses import fields
from difflib import get_close_matches
from typing import Any

from django.conf import settings
from django.core import checks

from guides.checks.hosts import SETTINGS

SIMILARITY = 0.85
"""Of TRUSTED_PROXY to TRUSTED_PROXIES and more, but not of TEST_DATABASE_URL to DATABASE_URL."""


@checks.register(SETTINGS, deploy=True)
def variables_are_known(**kwargs: Any) -> list[checks.CheckMessage]:
    return [
        checks.Warning(
            f"{name} is set, but RunFit knows no such setting.",
            hint=f"Did you mean {meant}?",
            id="guides.W011",
        )
        for name, meant in misspelt(os.environ, known=_known())
    ]


def misspelt(names: Iterable[str], *, known: frozenset[str]) -> Iterator[tuple[str, str]]:
    """Each name that is nearly one of ours, and that one. Unless that is set as well: then the
    other belongs to something else."""
    names = sorted(names)
    for name in names:
        close = get_close_matches(name.upper(), sorted(known), n=1, cutoff=SIMILARITY)
        if name not in known and close and close[0] not in names:
            yield name, close[0]


def _known() -> frozenset[str]:
    variables = {field.name.upper() for field in fields(settings.ENV)}
    return frozenset(variables | {f"{name}_FILE" for name in variables})
