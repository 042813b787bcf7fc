"""Many concurrent runners that ask for the guide over HTTP."""

import statistics
import threading
import time
import urllib.parse
from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass

from tests.support.http_runner import Page, Runner

AT_ONCE = 4
PATIENCE = 0.3
"""Seconds to back off after a failed request."""


@dataclass(frozen=True)
class Ask:
    """One submission of the guide form. Status 0 means no response."""

    token: str
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
        """Fill in the self-check once at human speed; its result is the template for all."""
        result = self.runner.answer()
        self.hidden = result.hidden(urllib.parse.urlsplit(result.url).path + "guide/")
        return result

    def ask(self, token: str, email: str = "", **fields: str) -> Ask:
        """Ask for the guide. A blank email means a unique one."""
        email = email or f"r{token[:16].lower()}@example.org"
        begun = time.monotonic()
        try:
            page = self.runner.post(
                f"/result/{token}/guide/", {**self.hidden, "email": email, **fields}
            )
            status = page.status
        except OSError:  # refused, reset, or cut off
            status = 0
        return Ask(token, email, status, time.monotonic() - begun)

    def ask_all(self, tokens: Sequence[str], *, at_once: int = AT_ONCE) -> list[Ask]:
        with ThreadPoolExecutor(at_once) as pool:
            return list(pool.map(self.ask, tokens))

    @contextmanager
    def asking(self, tokens: Sequence[str]) -> Iterator[list[Ask]]:
        """Ask continuously until the context ends or the tokens run out."""
        asks: list[Ask] = []
        left = iter(tokens)
        taking = threading.Lock()
        stop = threading.Event()

        def ask() -> None:
            while not stop.is_set():
                with taking:
                    token = next(left, None)
                if token is None:
                    return
                asks.append(asked := self.ask(token))
                time.sleep(0 if asked.thanked else PATIENCE)

        threads = [threading.Thread(target=ask, daemon=True) for _ in range(AT_ONCE)]
        for thread in threads:
            thread.start()
        try:
            yield asks
        finally:
            stop.set()
            for thread in threads:
                thread.join()


def longest_stall(asks: Sequence[Ask], healthy: Sequence[Ask]) -> float:
    """How much slower the slowest request was than the usual median."""
    usual = statistics.median(ask.seconds for ask in healthy)
    return max(ask.seconds for ask in asks) - usual
