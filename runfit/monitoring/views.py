"""`/metrics`, for Prometheus."""

import os

from django.conf import settings
from django.http import Http404, HttpRequest, HttpResponse
from django.utils.crypto import constant_time_compare
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe
from prometheus_client import CONTENT_TYPE_LATEST, CollectorRegistry, generate_latest
from prometheus_client.multiprocess import MultiProcessCollector

from runfit.lib.metrics import REGISTRY
from runfit.monitoring.collector import DatabaseCollector


@never_cache
@require_safe
def metrics(request: HttpRequest) -> HttpResponse:
    if not settings.METRICS_TOKEN:
        raise Http404
    wanted = f"Bearer {settings.METRICS_TOKEN}"
    if not constant_time_compare(request.headers.get("Authorization", ""), wanted):
        headers = {"WWW-Authenticate": "Bearer"}
        return HttpResponse(
            "Send the METRICS_TOKEN.\n", "text/plain; charset=utf-8", 401, headers=headers
        )
    return HttpResponse(_exposition(), CONTENT_TYPE_LATEST)


def _exposition() -> bytes:
    both = CollectorRegistry()
    both.register(DatabaseCollector())
    if "PROMETHEUS_MULTIPROC_DIR" in os.environ:  # runfit/server/ started this process
        MultiProcessCollector(both)  # type: ignore[no-untyped-call]
    else:
        both.register(REGISTRY)
    return generate_latest(both)
