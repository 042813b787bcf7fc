"""What `/metrics` reads from the database at each scrape, the same on every web server."""

from collections.abc import Iterator
from datetime import timedelta
from math import inf

from django.conf import settings
from django.db import Error
from django.utils import timezone
from prometheus_client import Metric
from prometheus_client.core import GaugeMetricFamily

from guides.models import Backup
from guides.selectors import (
    MailStatus,
    ProcessStatus,
    guides_unwell,
    mail_status,
    process_statuses,
)
from runfit import health
from runfit.lib.caching import cached
from runfit.lib.database import replica
from runfit.monitoring.delivery_counts import (
    deliveries_by_state,
    deliveries_failed_since,
    retries_waiting,
)

COUNT_EVERY = 60.0
"""Seconds. Counting half a million deliveries takes a second on SQLite."""
DAY = timedelta(days=1)


class DatabaseCollector:
    """Of a database that doesn't answer, says only that."""

    def collect(self) -> Iterator[Metric]:
        try:
            gauges = list(_gauges())
        except Error:
            gauges = []
        info = GaugeMetricFamily("runfit_info", "The version that runs.", labels=["version"])
        info.add_metric([settings.VERSION], 1)
        yield info
        yield _gauge("database_up", "Whether the database answers.", bool(gauges))
        yield from gauges


def _gauges() -> Iterator[Metric]:
    mail, processes = mail_status(), process_statuses()
    yield from cached("metrics:deliveries", _deliveries, ttl=COUNT_EVERY)
    yield from _mail(mail)
    yield _heartbeats(processes)
    yield _parts(mail, processes)
    yield _backup()
    yield _replica()


def _deliveries() -> list[Metric]:
    states = GaugeMetricFamily("runfit_deliveries", "Emails by state.", labels=["state"])
    for state, number in deliveries_by_state().items():
        states.add_metric([state], number)
    retries = _gauge(
        "delivery_retries_waiting",
        "Tries, beyond the first, of the emails that wait.",
        retries_waiting(),
    )
    failed = _gauge(
        "deliveries_failed_day",
        "Emails that were asked for in the last day and couldn't be sent.",
        deliveries_failed_since(DAY),
    )
    return [states, retries, failed]


def _mail(mail: MailStatus) -> Iterator[Metric]:
    yield _gauge(
        "delivery_oldest_due_seconds",
        "How long the oldest due email has waited.",
        mail.oldest_due.total_seconds(),
    )
    yield _gauge(
        "mail_paused", "Whether the mail server refuses us.", mail.paused_since is not None
    )


def _heartbeats(processes: list[ProcessStatus]) -> Metric:
    ages = GaugeMetricFamily(
        "runfit_heartbeat_age_seconds",
        "Time since a background process last ran; infinite if it never did.",
        labels=["process"],
    )
    for process in processes:
        ages.add_metric([process.name], process.age.total_seconds() if process.age else inf)
    return ages


def _parts(mail: MailStatus, processes: list[ProcessStatus]) -> Metric:
    healthy = GaugeMetricFamily(
        "runfit_part_healthy", "Whether a part works, as /health/ready/ says.", labels=["part"]
    )
    for part, is_faulty in health.faults(mail, processes, guides_unwell()).items():
        healthy.add_metric([part], not is_faulty)
    return healthy


def _backup() -> Metric:
    newest = Backup.objects.first()
    age = (timezone.now() - newest.made_at).total_seconds() if newest else inf
    return _gauge("backup_age_seconds", "Age of the newest backup; infinite if there's none.", age)


def _replica() -> Metric:
    return _gauge(
        "replica_lag_seconds",
        "How far the replica is behind; infinite if it can't be asked, 0 if there's none.",
        replica.known_lag().seconds if replica.is_set() else 0,
    )


def _gauge(name: str, documentation: str, value: float) -> Metric:
    return GaugeMetricFamily(f"runfit_{name}", documentation, value=value)
