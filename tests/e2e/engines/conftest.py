"""Each test runs in WebKit and in Firefox, on a phone, against a live server that is watched."""

import pytest
from pytest_django.live_server_helper import LiveServer

from tests.e2e.engines.firefox import Firefox, StrictFirefox
from tests.e2e.engines.phone import Phone
from tests.e2e.engines.webkit import WebKit

ENGINES = {"webkit": WebKit, "firefox": Firefox}
STRICT = {"strict-firefox": StrictFirefox}
"""For tests that name it."""


@pytest.fixture
def live_server(settings):
    """A server of its own, since a server reads its middleware when it starts."""
    watch = "tests.e2e.engines.watch.watch_middleware"
    settings.MIDDLEWARE = [*settings.MIDDLEWARE[:2], watch, *settings.MIDDLEWARE[2:]]
    server = LiveServer("localhost")
    yield server
    server.stop()


@pytest.fixture(params=[*ENGINES])
def phone(request, live_server, tmp_path):
    engine = (ENGINES | STRICT)[request.param].started(tmp_path)
    yield Phone(engine, live_server.url, request.param)
    engine.close()
