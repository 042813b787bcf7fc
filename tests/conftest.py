"""Shared fixtures, with real services. bin/test skips tests whose services are missing."""

import os
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
from guides.mail.connection import thread_connection
from runfit.lib import caching
from tests.support.chromium import launch_options
from tests.support.kept_content import KeptContent
from tests.support.smtp_server import Sink, running_sink

# Example durations are unreliable on a busy machine.
hypothesis.settings.register_profile(
    "patient", deadline=None, suppress_health_check=[hypothesis.HealthCheck.too_slow]
)
hypothesis.settings.load_profile("patient")

HERE = Path(__file__).resolve().parent
CONTENT = HERE.parent / "content"
OF_ONE_DATABASE = (
    "assessments/admin/",
    "assessments/demo/",
    "assessments/desk/",
    "assessments/publishing/",
    "assessments/runner/",
    "content/",
    "guides/admin/",
    "guides/default_content/",
    "guides/mail/",
    "guides/management/",
    "guides/pdf/",
    "guides/publishing/",
    "guides/runner/",
    "test_permissions.py",
)
"""Folders of tests that run on PostgreSQL alone, if it's there: what they test is above the queries."""
REDIS_DATABASES = 16  # the default of a Redis server


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption("--once", action="store_true", help="each test on one database only")


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Keep the tests that apply to this database. Long ones come first: at the end, the other process
    would wait for them."""
    once = config.getoption("--once")
    kept = [item for item in items if _belongs_here(item, once)]
    deselected = [item for item in items if not _belongs_here(item, once)]
    items[:] = sorted(kept, key=lambda item: item.get_closest_marker("once") is None)
    config.hook.pytest_deselected(items=deselected)


def _belongs_here(item: pytest.Item, once: bool) -> bool:
    """Each test runs on SQLite. Without a browser, those that use the database run on PostgreSQL too;
    if it's there, long ones, and those of folders that don't depend on the kind of database, run on
    it alone."""
    on_postgres = connection.vendor == "postgresql"
    if item.get_closest_marker("only_postgres"):
        return on_postgres
    if any(map(item.get_closest_marker, ("browser", "engines"))):
        return not on_postgres
    if item.get_closest_marker("once") or _is_of_one_database(item, once):
        return on_postgres or "TEST_DATABASE_URL" not in os.environ
    return not on_postgres or _uses_the_database(item)


def _is_of_one_database(item: pytest.Item, once: bool) -> bool:
    own = item.path.relative_to(HERE).as_posix()
    return _uses_the_database(item) and (once or own.startswith(OF_ONE_DATABASE))


def _uses_the_database(item: pytest.Item) -> bool:
    fixtures = {"db", "transactional_db"} & {*getattr(item, "fixturenames", ())}
    return bool(fixtures) or item.get_closest_marker("django_db") is not None


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
