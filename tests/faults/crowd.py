"""Runners who ask for the guide over HTTP, many at once."""

import statistics
import time
import urllib.parse
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass

from assessments.models import Submission
from tests.e2e.flow import Page, Runner

AT_ONCE = 4


@dataclass(frozen=True)
class Ask:
    """One submit of the guide box. No status: no answer came."""

    email: str
    status: int
    seconds: float

    @property
    def thanked(self) -> bool:
        return 200 <= self.status < 400


class Crowd:
    def __init__(self, site: str) -> None:
        self.runner = Runner(site)
        self.hidden: dict[str, str] = {}

    def begin(self) -> Page:
        """Walk the self-check once as a person does; its result is the pattern for all."""
        result = self.runner.answer()
        self.remember(result)
        return result

    def remember(self, result: Page) -> None:
        path = urllib.parse.urlsplit(result.url).path + "guide/"
        self.hidden = result.hidden(path)

    def ask(self, token: str, email: str, **fields: str) -> Ask:
        begun = time.monotonic()
        try:
            page = self.runner.post(
                f"/result/{token}/guide/", {**self.hidden, "email": email, **fields}
            )
            status = page.status
        except (OSError, urllib.error.URLError, ConnectionError):
            status = 0
        return Ask(email, status, time.monotonic() - begun)

    def ask_all(self, submissions: Sequence[Submission], *, at_once: int = AT_ONCE) -> list[Ask]:
        """Each with an address of its own."""
        with ThreadPoolExecutor(at_once) as pool:
            return list(
                pool.map(lambda each: self.ask(each.token, f"r{each.pk}@example.org"), submissions)
            )


def longest_stall(asks: Sequence[Ask], healthy: Sequence[Ask]) -> float:
    """How much longer than usual the slowest took."""
    usual = statistics.median(ask.seconds for ask in healthy)
    return max(ask.seconds for ask in asks) - usual
