"""The Celery application. Its queue carries only hints; the delivery rows are the queue."""

import os
from typing import Any

from celery import Celery
from celery.app.utils import Settings
from celery.signals import beat_init, celeryd_init

from runfit.server.startup import refuse_misconfiguration, settings_or_exit

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "runfit.settings")

# In the web process: Redis may delay a page by half a second at most.
QUICK = {"max_retries": 0, "socket_timeout": 0.5, "socket_connect_timeout": 0.5}
# In a worker, which blocks on its socket for work: long enough not to interrupt that.
PATIENT = {"socket_timeout": 30, "socket_connect_timeout": 5, "socket_keepalive": True}

app = Celery("runfit")


@app.on_configure.connect
def read_settings(**kwargs: Any) -> None:
    """Only Celery's own commands read them here first, and would show a long traceback."""
    settings_or_exit()


app.config_from_object("django.conf:settings", namespace="CELERY")
app.conf.update(
    broker_connection_retry_on_startup=True,
    broker_connection_max_retries=None,  # a worker waits for Redis as long as it takes
    broker_channel_error_retry=True,  # also if Redis is read-only, full or wants a password
    broker_transport_options=QUICK,
    task_acks_late=False,  # only an expired lease redelivers
    task_reject_on_worker_lost=False,
    task_ignore_result=True,
    task_publish_retry=False,
    task_time_limit=115,  # under the lease; a soft limit could abort a send after its 250
    worker_prefetch_multiplier=1,
    worker_consumer="guides.delivery.celery_extensions:ReconnectingConsumer",
    worker_hijack_root_logger=False,
    worker_cancel_long_running_tasks_on_connection_loss=False,
    beat_scheduler="guides.delivery.celery_extensions:Scheduler",
    beat_schedule={
        "drain": {"task": "guides.drain", "schedule": 15.0, "options": {"expires": 15}},
        "recalls": {
            "task": "guides.recalls_queue",
            "schedule": 15.0,
            "options": {"expires": 15},
        },
        "counts": {
            "task": "assessments.counts_keep",
            "schedule": 300.0,
            "options": {"expires": 300},
        },
        "retention": {
            "task": "assessments.retention_keep",
            "schedule": 300.0,
            "options": {"expires": 300},
        },
    },
)
app.autodiscover_tasks()
app.steps["worker"].add("guides.delivery.celery_extensions:HintStep")


@celeryd_init.connect
def be_patient(conf: Settings, **kwargs: Any) -> None:
    conf.broker_transport_options = PATIENT


@celeryd_init.connect
@beat_init.connect
def refuse_to_start(**kwargs: Any) -> None:
    refuse_misconfiguration()
