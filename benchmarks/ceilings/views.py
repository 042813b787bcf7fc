"""A constant page, and a form stored as posted."""

import os
from functools import lru_cache
from pathlib import Path

from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.views.decorators.csrf import csrf_protect

from benchmarks.ceilings.models import Stored


def constant(request: HttpRequest, name: str) -> HttpResponse:
    response = HttpResponse(kept(name))
    if name.endswith(".gz"):
        response["Content-Encoding"] = "gzip"
    return response


def unsigned(request: HttpRequest, name: str) -> HttpResponse:
    response = HttpResponse(content_type="application/pdf")
    response["X-Accel-Redirect"] = f"/files/{name}"
    return response


@csrf_protect
def insert(request: HttpRequest) -> HttpResponse:
    Stored.objects.create(body=request.POST.dict())
    return HttpResponseRedirect("/thanks/")


@lru_cache
def kept(name: str) -> bytes:
    """A page stored by the benchmark beforehand."""
    return Path(os.environ["BENCH_CONSTANTS"], name).read_bytes()
