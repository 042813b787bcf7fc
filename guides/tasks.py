"""What Celery may run: one call each."""

from celery import shared_task

from guides.delivery import outbox, worker


@shared_task(name=outbox.DRAIN_TASK)
def drain() -> None:
    worker.drain()
