"""Celery tasks."""

from celery import shared_task

from assessments.analytics import services
from assessments.retention.services import retention_run


@shared_task(name="assessments.counts_keep")
def counts_keep() -> None:
    services.counts_update()


@shared_task(name="assessments.retention_keep")
def retention_keep() -> None:
    retention_run()
