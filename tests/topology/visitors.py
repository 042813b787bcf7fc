"""Runners and a PT, over HTTPS."""

import itertools
import threading
import time
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field

from playwright.sync_api import sync_playwright

from tests.support.chromium import launch_options
from tests.support.http_runner import Runner, guide_path
from tests.support.processes import seconds_until
from tests.topology.stack import Stack

CHECK = "/check/tight-hips/"
PAGES = ("/", CHECK, "/privacy/")
QUESTION = "How long have your hips felt tight?"
READERS, ASKERS = 2, 2
PAUSE = 0.1
_numbers = itertools.count(1)


def walk(stack: Stack, limit: float = 60.0) -> float:
    """Answer, ask for the guide, open the link of its email, and download the PDF. Returns the
    seconds from asking to the email."""
    runner = Runner(stack.url)
    email = ask(runner)
    took = seconds_until(lambda: mailed(stack, email), limit)
    message = next(each for each in stack.sink.messages if each["To"] == email)
    path = guide_path(message)
    page, pdf = runner.get(path), runner.get(f"{path}download/")
    assert (page.status, pdf.status) == (200, 200), (page.status, pdf.status)
    assert pdf.body.startswith(b"%PDF")
    assert "ETag" in pdf.headers, "the proxy should send the file itself"
    return took


def ask(runner: Runner) -> str:
    """Answer and ask for the guide at human speed. Returns the address, once the page says thanks."""
    email = f"runner{next(_numbers)}@example.org"
    thanks = runner.ask(runner.answer(), email)
    assert thanks.status == 200, thanks.status
    return email


def mailed(stack: Stack, email: str) -> bool:
    return any(f"To: {email}".encode() in raw for raw in stack.sink.raw)


@dataclass
class Load:
    """A light one, for as long as its context lasts."""

    stack: Stack
    requests: int = 0
    failures: list[str] = field(default_factory=list)
    thanked: list[str] = field(default_factory=list)
    _stop: threading.Event = field(default_factory=threading.Event)
    _lock: threading.Lock = field(default_factory=threading.Lock)

    @contextmanager
    def running(self) -> Iterator["Load"]:
        threads = [threading.Thread(target=self._read, daemon=True) for _ in range(READERS)]
        threads += [threading.Thread(target=self._ask, daemon=True) for _ in range(ASKERS)]
        for thread in threads:
            thread.start()
        try:
            yield self
        finally:
            self._stop.set()
            for thread in threads:
                thread.join(60)

    def _read(self) -> None:
        runner = Runner(self.stack.url)
        for path in itertools.cycle(PAGES):
            if self._stop.wait(PAUSE):
                return
            try:
                status = runner.get(path).status
            except OSError as error:
                self._note(1, f"GET {path}: {error}")
            else:
                self._note(1, f"GET {path}: {status}" if status >= 400 else "")

    def _ask(self) -> None:
        while not self._stop.is_set():
            try:
                email = ask(Runner(self.stack.url))
            except (OSError, AssertionError) as error:
                self._note(4, f"asking: {error}")
                self._stop.wait(PAUSE)
            else:
                self.thanked.append(email)
                self._note(5, "")

    def _note(self, requests: int, failure: str) -> None:
        with self._lock:
            self.requests += requests
            if failure:
                self.failures.append(failure)


def publish(stack: Stack) -> float:
    """The PT changes a question and publishes it. Returns the seconds until each web shows it."""
    words = f"{QUESTION} ({next(_numbers)})"
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(**launch_options())
        desk = browser.new_page(base_url=stack.url, ignore_https_errors=True)
        desk.goto("/admin/login/?next=/admin/assessments/assessment/")
        desk.get_by_label("Username").fill("admin")
        desk.get_by_label("Password").fill(stack.password)
        desk.get_by_role("button", name="Log in").click()
        desk.get_by_role("link", name="Tight hips self-check").click()
        desk.get_by_role("tab", name="Questions").click()
        desk.get_by_role("link", name=QUESTION).click()
        desk.get_by_role("textbox", name="Question:").fill(words)
        desk.get_by_role("button", name="Save", exact=True).click()
        desk.get_by_role("link", name="Check and publish").click()
        desk.get_by_role("button", name="Publish").click()
        desk.get_by_text("Version 2 is live.").wait_for()
        cookies = desk.context.cookies()
        stack.desk_cookies = "; ".join(f"{each['name']}={each['value']}" for each in cookies)
        browser.close()
    return seconds_until(lambda: all(shows(site.port, words) for site in stack.sites), 30.0)


def shows(port: int, words: str) -> bool:
    headers = {"Host": "localhost", "X-Forwarded-Proto": "https", "X-Forwarded-For": "192.0.2.1"}
    request = urllib.request.Request(f"http://127.0.0.1:{port}{CHECK}", headers=headers)
    with urllib.request.urlopen(request, timeout=30) as response:
        return words.encode() in response.read()


def numbers_are_of_the_standby(stack: Stack) -> bool:
    """Whether the page of the numbers says how old they are. It has to open in any case."""
    address = f"{stack.url}/admin/assessments/submission/numbers/"
    request = urllib.request.Request(address, headers={"Cookie": stack.desk_cookies})
    with urllib.request.urlopen(request, timeout=30) as response:
        page = response.read().decode()
    assert "The numbers" in page, page[:300]
    return "Numbers up to" in page


def mended(stack: Stack, limit: float = 90.0) -> float:
    """Seconds until a walk succeeds from its beginning to its end."""
    begun = time.monotonic()
    while time.monotonic() - begun < limit:
        try:
            walk(stack, limit)
        except (OSError, AssertionError, StopIteration):
            time.sleep(0.5)
        else:
            return time.monotonic() - begun
    return float("inf")
