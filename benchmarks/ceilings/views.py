"""A page that is always the same bytes."""

import os
from functools import lru_cache
from pathlib import Path

from django.http import HttpRequest, HttpResponse


def constant(request: HttpRequest, name: str) -> HttpResponse:
    response = HttpResponse(kept(name))
    if name.endswith(".gz"):
        response["Content-Encoding"] = "gzip"
    return response


@lru_cache
def kept(name: str) -> bytes:
    """What the benchmark put there before it first asked."""
    return Path(os.environ["BENCH_CONSTANTS"], name).read_bytes()
