"""What this process counts and times for `/metrics`. Also where nobody reads it, such as in a
worker: a count costs a microsecond.

Every label comes from a list in the code, never from a visitor, so the number of series is bounded.
"""

from prometheus_client import (
    CollectorRegistry,
    Counter,
    Histogram,
    disable_created_metrics,
)

disable_created_metrics()  # type: ignore[no-untyped-call]
REGISTRY = CollectorRegistry()

REQUESTS = Counter(
    "runfit_http_requests",
    "Requests by view and class of the status.",
    ["view", "status"],
    registry=REGISTRY,
)
REQUEST_SECONDS = Histogram(
    "runfit_http_request_seconds",
    "Time from a request to the first byte of its answer.",
    ["view"],
    registry=REGISTRY,
    buckets=(0.002, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10),
)
REFUSALS = Counter(
    "runfit_http_refusals",
    "Requests that were turned away, by status: 429 is a limit, 503 a busy database.",
    ["status"],
    registry=REGISTRY,
)
REFUSED = (400, 403, 413, 414, 429, 431, 503)
for _status in REFUSED:
    REFUSALS.labels(_status)  # from 0 on, or the first one would be no increase
ANSWERS = Counter(
    "runfit_answers_stored",
    "Self-checks that were sent in and stored. A double tap counts twice.",
    registry=REGISTRY,
)
GUIDE_BUILD_SECONDS = Histogram(
    "runfit_guide_build_seconds",
    "Time to typeset one guide.",
    registry=REGISTRY,
    buckets=(0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30),
)
