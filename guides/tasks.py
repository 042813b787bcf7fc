"""Celery tasks."""

from celery import shared_task

from guides.delivery import outbox, worker
from guides.guide_requests.links import link_requests_answer
from guides.recalls import queue


@shared_task(name=outbox.DRAIN_TASK)
def drain() -> None:
    link_requests_answer()
    worker.drain()


@shared_task(name="guides.recalls_queue")
def recalls_queue() -> None:
    queue.recalls_queue()
