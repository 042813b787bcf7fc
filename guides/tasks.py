"""What Celery may run: one call each."""

from celery import shared_task

from guides import delivery, outbox


@shared_task(name=outbox.DRAIN_TASK)
def drain() -> None:
    delivery.drain()
