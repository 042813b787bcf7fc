"""Transfer size of each page's first load, from the real server."""

import pytest

from tests.support.http_runner import running
from tests.support.runner_pages import most_bytes, paths

pytestmark = pytest.mark.browser


@pytest.fixture
def site(tmp_path):
    with running({"VAR_DIR": str(tmp_path / "var")}, tmp_path / "log") as runner:
        yield runner


def weight(browser, url):
    """Bytes transferred by a first load, including headers."""
    context = browser.new_context()
    page = context.new_page()
    network = context.new_cdp_session(page)
    network.send("Network.enable")
    loaded = []
    network.on("Network.loadingFinished", lambda event: loaded.append(event["encodedDataLength"]))
    page.goto(url, wait_until="networkidle")
    context.close()
    return sum(loaded)


def test_first_loads_are_small(site, browser, tmp_path):
    weights = {
        name: weight(browser, f"{site.site}{path}")
        for name, path in paths(site, tmp_path / "var" / "mail").items()
    }

    too_heavy = {name: bytes_ for name, bytes_ in weights.items() if bytes_ > most_bytes(name)}
    assert too_heavy == {}
    assert min(weights.values()) > 1024, weights  # bytes were counted
