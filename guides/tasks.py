"""Celery tasks."""

from celery import shared_task

from guides.delivery import outbox, worker


@shared_task(name=outbox.DRAIN_TASK)
def drain() -> None:
    worker.drain()
