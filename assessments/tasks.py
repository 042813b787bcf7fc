"""Celery tasks."""

from celery import shared_task

from assessments.analytics import services


@shared_task(name="assessments.counts_keep")
def counts_keep() -> None:
    services.counts_update()
