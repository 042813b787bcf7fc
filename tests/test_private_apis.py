"""Private and undocumented APIs of other libraries are used only in the seams below.

A seam is a small function or class that depends on such an API, and says why. If an upgrade removes
the API, these tests name the seam to change. Without them, an override might silently stop being
called.
"""

import importlib
import inspect
import pkgutil
import re
import sys
from collections.abc import Iterator
from functools import cache
from inspect import Parameter
from pathlib import Path
from types import FunctionType

import pytest
from anymail.backends.postmark import EmailBackend as PostmarkBackend
from anymail.webhooks.base import AnymailBaseWebhookView
from celery.beat import Scheduler
from celery.worker.components import Timer
from celery.worker.consumer import Consumer
from django.contrib.admin import ModelAdmin
from django.contrib.admin.views.main import ChangeList
from django.core.mail import EmailMessage
from django.core.mail.backends.smtp import EmailBackend
from django.core.management.commands import migrate as migrate_command
from django.db.backends.postgresql import base as psycopg
from django.db.backends.sqlite3 import base as sqlite3
from django.db.migrations.executor import MigrationExecutor
from django.db.migrations.loader import MigrationLoader
from django.db.migrations.recorder import MigrationRecorder
from django.db.models import FileField, QuerySet
from django.forms.models import BaseInlineFormSet
from urllib3 import HTTPConnectionPool, PoolManager

from assessments.demo import bulk_rows
from assessments.desk import large_lists
from assessments.desk.concurrent_edits import forms, mixin
from assessments.submissions import services
from guides.delivery import celery_extensions
from guides.mail import connection, esp, template
from guides.management import preparation
from guides.management.commands import migrate
from guides.tracking import webhooks
from runfit import health
from runfit.lib import uploads
from runfit.postgresql import base as postgresql
from runfit.sqlite import base as sqlite

ROOT = Path(__file__).resolve().parent.parent
OURS = ("assessments", "guides", "runfit")
DOCUMENTED = {"_open", "_save"}
"""What Django asks of a storage, whatever its name begins with."""
REST = {Parameter.VAR_KEYWORD, Parameter.VAR_POSITIONAL}

PRIVATE = {
    ("assessments/demo/bulk_rows.py", "_raw_delete"),
    ("assessments/submissions/services.py", "_insert"),
    ("runfit/lib/http.py", "_has_been_logged"),
}
"""Private names in use, exempt from ruff's check."""

SEAMS = [
    (QuerySet, "_insert(objs, fields, using, on_conflict)", services._insert_once),
    (QuerySet, "_raw_delete(using)", bulk_rows.rows_delete),
    (Consumer, "on_connection_error_before_connected(exc)", celery_extensions.ReconnectingConsumer),
    (Scheduler, "tick()", celery_extensions.Scheduler),
    (Scheduler, "apply_entry(entry, producer)", celery_extensions.Scheduler),
    (Scheduler, "apply_async(entry, producer, advance)", celery_extensions.Scheduler),
    (Scheduler, "producer", celery_extensions.Scheduler),
    (Scheduler, "connection", celery_extensions.Scheduler),
    (Timer, "name", celery_extensions.HintStep),
    (EmailBackend, "connection_class", connection.SmtpBackend),
    (EmailBackend(), "connection", connection.PersistentConnection),
    (HTTPConnectionPool, "ConnectionCls", esp._TrackingAdapter),
    (PoolManager(), "pool_classes_by_scheme", esp._TrackingAdapter),
    (PostmarkBackend(server_token="x"), "session", esp._track_sockets),
    (AnymailBaseWebhookView, "run_validators(request)", webhooks.ImmediateWebhookView),
    (EmailMessage, "message", template.TemplatedEmail),
    (FileField, "contribute_to_class(cls, name)", uploads.UploadField),
    (ModelAdmin, "changeform_view(request, object_id)", mixin.ConcurrentEditAdmin),
    (BaseInlineFormSet, "management_form", forms.MergingFormSet),
    (ChangeList, "get_results(request)", large_lists.SafeLookupChangeList),
    (sqlite3.DatabaseWrapper, "create_cursor(name)", sqlite.DatabaseWrapper),
    (sqlite3.DatabaseWrapper, "get_new_connection(conn_params)", sqlite.DatabaseWrapper),
    (sqlite3.SQLiteCursorWrapper, "execute(query, params)", sqlite.Cursor),
    (psycopg.DatabaseWrapper, "get_connection_params()", postgresql.DatabaseWrapper),
    (psycopg.DatabaseWrapper, "get_new_connection(conn_params)", postgresql.DatabaseWrapper),
    (psycopg.DatabaseWrapper, "is_usable()", postgresql.DatabaseWrapper),
    (psycopg.DatabaseWrapper, "chunked_cursor()", postgresql.DatabaseWrapper),
    (migrate_command, "MigrationExecutor", migrate.RecordingExecutor),
    (MigrationExecutor, "apply_migration(state, migration)", migrate.RecordingExecutor),
    (MigrationExecutor, "migration_plan(targets)", preparation.migrations_left),
    (MigrationLoader, "__init__(connection)", health._migrations),
    (MigrationRecorder, "Migration", health.is_migrated),
]
"""Owner, API (with the parameters we pass or accept), and the seam."""


@pytest.mark.parametrize(("owner", "what", "seam"), SEAMS)
def test_a_seam_still_finds_what_it_rests_on(owner, what, seam):
    name, _, parameters = what.rstrip(")").partition("(")
    otherwise = f"do what {seam.__module__}.{seam.__qualname__} does another way."

    assert hasattr(owner, name), f"There is no {name} any more: {otherwise}"
    if parameters:
        known = inspect.signature(getattr(owner, name)).parameters
        missing = {*parameters.split(", ")} - {*known}
        assert not missing, f"{name} takes no {missing} any more: {otherwise}"


def test_private_names_stand_in_seams_alone():
    sources = [(file, file.read_text()) for app in OURS for file in (ROOT / app).rglob("*.py")]
    found = {
        (str(file.relative_to(ROOT)), name)
        for file, text in sources
        for name in re.findall(r"\.(_\w+).*# noqa: SLF001", text)
    }

    assert found == PRIVATE


def test_nothing_that_a_library_keeps_to_itself_is_overridden():
    private = [
        f"{kind.__qualname__} overrides {name} of {base.__qualname__}"
        for kind, name, base in overrides()
        if name.startswith("_")
        and not name.endswith("_")  # such as enums'
        and name not in DOCUMENTED
    ]

    assert private == []


def test_what_is_overridden_takes_what_the_library_hands_over():
    lacking = [
        f"{kind.__qualname__}.{name} takes no {parameter}, as that of {base.__qualname__} does"
        for kind, name, base in overrides()
        for parameter in _lacking(vars(kind)[name], vars(base)[name])
    ]

    assert lacking == []


def overrides() -> Iterator[tuple[type, str, type]]:
    """Our class, the overridden name, and the library's class."""
    for kind in _our_classes():
        others = [each for each in kind.__mro__ if _is_of_a_library(each)]
        for name in vars(kind):
            base = next((each for each in others if name in vars(each)), None)
            if base and not re.fullmatch("__.*__|_meta", name):
                yield kind, name, base


@cache
def _our_classes() -> list[type]:
    modules = [
        importlib.import_module(each.name)
        for app in map(importlib.import_module, OURS)
        for each in pkgutil.walk_packages(app.__path__, f"{app.__name__}.")
        if not re.search(r"\.(migrations|__main__)\b", each.name)
    ]
    found = {kind for module in modules for _, kind in inspect.getmembers(module, inspect.isclass)}
    return [kind for kind in found if _package(kind) in OURS]


def _is_of_a_library(kind: type) -> bool:
    return _package(kind) not in {*OURS, *sys.stdlib_module_names}


def _package(kind: type) -> str:
    return kind.__module__.partition(".")[0]


def _lacking(ours: object, theirs: object) -> list[str]:
    """The parameters of their method that ours doesn't accept."""
    if not (isinstance(ours, FunctionType) and isinstance(theirs, FunctionType)):
        return []
    known = inspect.signature(ours).parameters
    if any(each.kind in REST for each in known.values()):
        return []
    named = inspect.signature(theirs).parameters.values()
    return [each.name for each in named if each.kind not in REST and each.name not in known]
