"""Shared fixtures, with real services. bin/test skips tests whose services are missing."""

import os
import subprocess
import time
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import urlsplit, urlunsplit

import hypothesis
import pytest
from django.conf import LazySettings
from django.contrib.auth.models import Group, User
from django.core.cache import caches
from django.db import connection
from pytest_django import DjangoDbBlocker

from assessments.analytics import collector
from assessments.permissions import GROUP
from assessments.submissions import request_limits
from guides.mail.connection import thread_connection
from runfit.lib import caching
from tests.support.chromium import launch_options
from tests.support.flush import Migrated, replace_flush
from tests.support.kept_content import KeptContent
from tests.support.s3_server import running_s3
from tests.support.smtp_server import Sink, running_sink

# How long an example takes is unreliable on a busy machine. Each run draws others, so few are enough;
# --hypothesis-profile thorough draws many.
for profile, examples in {"usual": 25, "thorough": 500}.items():
    hypothesis.settings.register_profile(
        profile,
        deadline=None,
        suppress_health_check=[hypothesis.HealthCheck.too_slow],
        max_examples=examples,
    )
hypothesis.settings.load_profile("usual")

HERE = Path(__file__).resolve().parent
CONTENT = HERE.parent / "content"
LONGEST_NAME = 80
REDIS_DATABASES = 16  # the default of a Redis server


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption(
        "--split", action="store_true", help="another process runs the rest, on the other database"
    )
    parser.addoption(
        "--second-try",
        metavar="FILE",
        type=Path,
        help="give tests that drive browsers or start processes a second try; add to this file the names "
        "of those that passed only then",
    )


def pytest_make_parametrize_id(val: object, argname: str) -> str | None:
    """Long texts and files are named by their parameter: some are made anew in each process, but all
    of them must name a test alike."""
    return argname if isinstance(val, str | bytes) and len(val) > LONGEST_NAME else None


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Keep the tests that apply to this database. Long ones come first: at the end, the other process
    would wait for them."""
    split = config.getoption("--split")
    kept = [item for item in items if _belongs_here(item, split)]
    deselected = [item for item in items if not _belongs_here(item, split)]
    items[:] = sorted(kept, key=lambda item: item.get_closest_marker("once") is None)
    config.hook.pytest_deselected(items=deselected)
    if config.getoption("--second-try"):
        for item in filter(_depends_on_processes, items):
            item.add_marker(pytest.mark.flaky(reruns=1))


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    file: Path | None = terminalreporter.config.getoption("--second-try")
    if file:
        told = {kind: terminalreporter.getreports(kind) for kind in ("rerun", "failed", "error")}
        names = {kind: {report.nodeid for report in reports} for kind, reports in told.items()}
        passed = sorted(names["rerun"] - names["failed"] - names["error"])
        with file.open("a") as lines:
            lines.writelines(f"{name}\n" for name in passed)


def _depends_on_processes(item: pytest.Item) -> bool:
    """On a busy machine, one of many moments goes wrong now and then: a browser or a server answers
    too late."""
    markers = ("browser", "engines", "redis", "proxies", "image", "bench")
    fixtures = {"live_server", "sink", "bucket"} & {*getattr(item, "fixturenames", ())}
    return bool(fixtures) or any(map(item.get_closest_marker, markers)) or _starts_processes(item)


def _starts_processes(item: pytest.Item) -> bool:
    module = item.getparent(pytest.Module)
    return module is not None and any(
        thing is subprocess or getattr(thing, "__module__", "") == "tests.support.processes"
        for thing in vars(module.obj).values()
    )


def _belongs_here(item: pytest.Item, split: bool) -> bool:
    """If they're split, those that use the database run on PostgreSQL, and so do long ones: SQLite's
    process has the runner's pages in browsers, and both take about as long."""
    on_postgres = connection.vendor == "postgresql"
    if item.get_closest_marker("only_postgres"):
        return on_postgres
    return not split or on_postgres is not _is_for_sqlite(item)


def _is_for_sqlite(item: pytest.Item) -> bool:
    if item.get_closest_marker("once"):
        return False
    in_browser = any(map(item.get_closest_marker, ("browser", "engines")))
    return in_browser or not _uses_the_database(item)


def _uses_the_database(item: pytest.Item) -> bool:
    fixtures = {"db", "transactional_db"} & {*getattr(item, "fixturenames", ())}
    return bool(fixtures) or item.get_closest_marker("django_db") is not None


@pytest.fixture(scope="session")
def django_db_setup(django_db_setup: None, django_db_blocker: DjangoDbBlocker) -> None:
    with django_db_blocker.unblock():
        replace_flush(Migrated.keep())


@pytest.fixture
def pt(db: None) -> User:
    """The PT's account: staff, in the group with her permissions."""
    pt = User.objects.create_user("pt", is_staff=True)
    pt.groups.add(Group.objects.get(name=GROUP))
    return pt


@pytest.fixture(autouse=True)
def _isolated() -> None:
    """Resets caches, buffered events and the SMTP connection between tests."""
    thread_connection().close()
    collector.clear()
    caching.clear()
    request_limits.clear()
    for cache in caches.all():
        cache.clear()


@pytest.fixture(autouse=True)
def _just_begun(monkeypatch: pytest.MonkeyPatch) -> None:
    """As if the process had just started: in its first minute, no heartbeat is missed."""
    monkeypatch.setattr("guides.selectors.heartbeats._began", time.monotonic())


@pytest.fixture
def up_for_long(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("guides.selectors.heartbeats._began", time.monotonic() - 3600)


@pytest.fixture
def no_expiry(monkeypatch: pytest.MonkeyPatch) -> None:
    """Cached values never expire during the test, however slow the machine."""
    monkeypatch.setattr("runfit.lib.caching.TTL_SECONDS", 600.0)


@pytest.fixture(autouse=True)
def _own_files(settings: LazySettings, tmp_path: Path) -> None:
    settings.MEDIA_ROOT = tmp_path / "media"
    settings.MAIL_DIR = tmp_path / "mail"


@pytest.fixture
def default_content(db: None, settings: LazySettings, kept_content: KeptContent) -> None:
    """RunFit's default content, loaded and published."""
    kept_content.restore(Path(settings.MEDIA_ROOT))


@pytest.fixture(scope="session")
def kept_content(
    django_db_setup: None,
    django_db_blocker: DjangoDbBlocker,
    tmp_path_factory: pytest.TempPathFactory,
) -> KeptContent:
    with django_db_blocker.unblock():
        return KeptContent.load(sorted(CONTENT.glob("*.json")), tmp_path_factory.mktemp("content"))


@pytest.fixture
def bucket(monkeypatch: pytest.MonkeyPatch) -> Iterator[str]:
    """The address of a folder in an empty bucket, on a real server that speaks S3."""
    with running_s3(monkeypatch, bucket="runfit-tests"):
        yield "s3://runfit-tests/site"


@pytest.fixture
def files_in_bucket(settings: LazySettings, bucket: str) -> str:
    """As with FILES_URL."""
    settings.FILES_URL = bucket
    settings.STORAGES = {
        **settings.STORAGES,
        "default": {"BACKEND": "runfit.lib.storage.s3.Bucket", "OPTIONS": {"url": bucket}},
    }
    return bucket


@pytest.fixture
def sink(settings: LazySettings) -> Iterator[Sink]:
    """A real SMTP server that receives all mail."""
    with running_sink() as sink:
        settings.EMAIL_BACKEND = "guides.mail.connection.SmtpBackend"
        settings.EMAIL_KEPT_LOCALLY = False
        settings.EMAIL_HOST = "127.0.0.1"
        settings.EMAIL_PORT = sink.port
        yield sink
        thread_connection().close()


@pytest.fixture(scope="session")
def redis_url() -> str:
    """A Redis database for this process, at an offset from TEST_REDIS_URL's: the SQLite and
    PostgreSQL runs may overlap."""
    url = urlsplit(os.environ["TEST_REDIS_URL"])
    worker = os.environ.get("PYTEST_XDIST_WORKER", "gw0").removeprefix("gw")
    process = 2 * int(worker) + (connection.vendor == "postgresql")
    number = (int(url.path.strip("/") or 0) + process) % REDIS_DATABASES
    return urlunsplit(url._replace(path=f"/{number}"))


@pytest.fixture(scope="session")
def browser_type_launch_args() -> dict[str, object]:
    return launch_options()
