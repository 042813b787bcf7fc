"""Counts and times requests for `/metrics`."""

import time
from collections.abc import Callable
from functools import cache

from django.conf import settings
from django.core.exceptions import MiddlewareNotUsed
from django.http import HttpRequest, HttpResponse

from runfit.lib.metrics import REFUSALS, REFUSED, REQUEST_SECONDS, REQUESTS

GetResponse = Callable[[HttpRequest], HttpResponse]


def metrics_middleware(get_response: GetResponse) -> GetResponse:
    if not settings.METRICS_TOKEN:
        raise MiddlewareNotUsed

    def middleware(request: HttpRequest) -> HttpResponse:
        began = time.perf_counter()
        response = get_response(request)
        seconds = time.perf_counter() - began
        count, observe = _series(view_name(request), response.status_code // 100)
        count()
        observe(seconds)
        if response.status_code in REFUSED:
            REFUSALS.labels(response.status_code).inc()
        return response

    return middleware


def view_name(request: HttpRequest) -> str:
    """The view's name in the URLs, never its path. The desk's many views count as one, and what no
    view answers (static files, wrong addresses) as `none`."""
    match = request.resolver_match
    if match is None:
        return "none"
    return "admin" if "admin" in match.namespaces else match.view_name


@cache
def _series(view: str, status_class: int) -> tuple[Callable[[], None], Callable[[float], None]]:
    """Looking a series up by its labels costs more than counting."""
    return REQUESTS.labels(view, f"{status_class}xx").inc, REQUEST_SECONDS.labels(view).observe
