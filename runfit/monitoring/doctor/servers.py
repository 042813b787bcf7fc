"""Redis, and the processes that work in the background."""

from collections.abc import Iterator
from datetime import UTC, datetime

from django.conf import settings
from django.utils.timesince import timesince
from django.utils.translation import gettext as _

from guides.selectors import ProcessStatus, process_statuses
from runfit import health
from runfit.monitoring.doctor.database import clock_finding
from runfit.monitoring.doctor.findings import Finding, good

START = {
    "worker": "celery --app runfit worker --concurrency 2",
    "beat": "celery --app runfit beat",
    "deliver": "python manage.py deliver",
}


def broker_findings() -> Iterator[Finding]:
    part = _("Redis")
    if not settings.CELERY_BROKER_URL:
        yield good(part, _("Not used: the mail loop looks for work by itself."))
        return
    if not health.broker_keeps():
        text = _("It doesn't store a key and return it: it's down, full, or a replica.")
        yield Finding(part, text, _("Start it, give it memory, or correct REDIS_URL."))
        return
    yield good(part, _("It stores what it's given."))
    yield clock_finding(_("Clock of Redis"), _clock())


def _clock() -> datetime:
    import redis  # noqa: PLC0415 - as in runfit/lib/caching.py

    timeout = {"socket_timeout": 2, "socket_connect_timeout": 2}
    with redis.Redis.from_url(settings.CELERY_BROKER_URL, **timeout) as client:
        seconds, microseconds = client.time()
    return datetime.fromtimestamp(seconds + microseconds / 1e6, UTC)


def process_findings() -> Iterator[Finding]:
    return map(_process_finding, process_statuses())


def _process_finding(process: ProcessStatus) -> Finding:
    if process.seen_at is None:
        text = _("It hasn't run yet.")
    else:
        text = _("It last ran {time} ago.").format(time=timesince(process.seen_at))
    if not process.overdue:
        return good(process.name, text)
    fix = _("Start it: {command}").format(command=START[process.name])
    return Finding(process.name, text, fix)
