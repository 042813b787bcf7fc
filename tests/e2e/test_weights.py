"""Transfer size of each page's first load, from the real server."""

from email import message_from_bytes, policy

import pytest

from tests.e2e.test_stacks import guide_path
from tests.support.http_runner import ANSWERS, running
from tests.support.processes import wait_for

pytestmark = pytest.mark.browser

MOST_BYTES = 30 * 1024


@pytest.fixture
def site(tmp_path):
    with running({"VAR_DIR": str(tmp_path / "var")}, tmp_path / "log") as runner:
        yield runner


def addresses(site, mail):
    result = site.answer()
    thanks = site.ask(result, "runner@example.org")
    wait_for(lambda: list(mail.glob("*.eml")), "the mail")
    [file] = mail.glob("*.eml")
    guide = guide_path(message_from_bytes(file.read_bytes(), policy=policy.default))
    return {
        "first page": "/",
        "self-check": "/check/tight-hips/",
        "result": result.url,
        "safety page": site.answer(ANSWERS | {"worst_pain": "8"}).url,
        "on its way": thanks.url,
        "guide": guide,
        "session": f"{guide}session/1/",
        "secret": f"{guide}secret/",
        "tell me first": "/guide/strength-guide/secret/",
        "on the phone": "/guide/strength-guide/phone/",
        "privacy": "/privacy/",
        "not found": "/nowhere/",
    }


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
        name: weight(browser, f"{site.site}{path.removeprefix(site.site)}")
        for name, path in addresses(site, tmp_path / "var" / "mail").items()
    }

    assert {name: bytes_ for name, bytes_ in weights.items() if bytes_ > MOST_BYTES} == {}
    assert min(weights.values()) > 1024, weights  # bytes were counted
