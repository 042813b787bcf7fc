"""Embedded mode while another program holds the database's write lock."""

import sqlite3
import statistics
import threading
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import closing, contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from urllib.parse import urlsplit

from tests.faults.cases.embedded import Embedded
from tests.faults.measures import Measured, Size
from tests.faults.stack import part
from tests.support.processes import wait_for

READERS = 2
READ_EVERY = 0.1
ASKERS = 6
"""More than the server's threads."""
AGAIN_AFTER = 0.3
TOLD_WITHIN = 3.5
SLOWER_AT_MOST = 10.0
USUAL = 6


@dataclass
class Seen:
    """What all readers and askers observed."""

    looks: list[float] = field(default_factory=list)
    faults: list[int] = field(default_factory=list)
    told: list[float] = field(default_factory=list)
    forgotten: int = 0
    thanked: set[str] = field(default_factory=set)

    @property
    def p95(self) -> float:
        return statistics.quantiles(self.looks, n=20)[-1]


def held(folder: Path, size: Size) -> Measured:
    here = part(folder, "held")
    site = Embedded(here / "var", here / "log")
    try:
        site.start()
        result = urlsplit(site.crowd.begin().url).path
        pages = ("/", "/check/tight-hips/", result)
        usual = _while(site, pages, lambda: time.sleep(USUAL))
        during = _while(site, pages, lambda: _hold(site, size.hold))
        wait_for(site.drained, "the mail afterwards", 90)
        return _measured(site, size, usual, during)
    finally:
        site.kill()


def _measured(site: Embedded, size: Size, usual: Seen, during: Seen) -> Measured:
    slower = during.p95 / usual.p95
    stored = {email for (email,) in site.rows("SELECT email FROM guides_contact")}
    mailed = {to for to, _ in site.mails()}
    thanked = usual.thanked | during.thanked
    lost = len(thanked - stored) + len(thanked - mailed)
    return Measured(
        f"held for {size.hold} s: {len(during.looks)} looks, p95 {during.p95 * 1000:.0f} ms beside "
        f"{usual.p95 * 1000:.0f} ms ({slower:.1f} times); {len(during.told)} asks told to try again "
        f"in {max(during.told, default=0):.1f} s at most, {during.forgotten} without what was "
        f"typed, {len(during.faults)} other faults; then {len(during.thanked)} thanked, {lost} lost; "
        f"before, {len(usual.thanked)} thanked and {len(usual.told)} told to try again",
        ok=bool(during.told)
        and slower <= SLOWER_AT_MOST
        and max(during.told) <= TOLD_WITHIN
        and len(during.thanked) >= ASKERS
        and not (during.forgotten or during.faults or usual.told or lost),
    )


def _hold(site: Embedded, seconds: float) -> None:
    with closing(sqlite3.connect(site.var / "db.sqlite3", timeout=30)) as other:
        other.execute("BEGIN IMMEDIATE")
        time.sleep(seconds)


def _while(site: Embedded, pages: Sequence[str], happens: Callable[[], None]) -> Seen:
    """Runners read at a steady pace while others ask for the guide, retrying until thanked."""
    seen, over = Seen(), threading.Event()
    tokens = iter(site.tokens(2000))
    with (
        _threads(READERS, lambda: _read(site, pages, seen, over)),
        _threads(ASKERS, lambda: _ask(site, tokens, seen, over)),
    ):
        happens()
        over.set()
    return seen


@contextmanager
def _threads(number: int, run: Callable[[], None]) -> Iterator[None]:
    threads = [threading.Thread(target=run, daemon=True) for _ in range(number)]
    for thread in threads:
        thread.start()
    try:
        yield
    finally:
        for thread in threads:
            thread.join()


def _read(site: Embedded, pages: Sequence[str], seen: Seen, over: threading.Event) -> None:
    """Latency counts from when a request was due (no coordinated omission)."""
    due = time.monotonic()
    while not over.is_set():
        for page in pages:
            due += READ_EVERY
            time.sleep(max(0.0, due - time.monotonic()))
            status = site.crowd.runner.get(page).status
            seen.looks.append(time.monotonic() - due)
            if status != 200:
                seen.faults.append(status)


def _ask(site: Embedded, tokens: Iterator[str], seen: Seen, over: threading.Event) -> None:
    while not over.is_set():
        token = next(tokens)
        path, email = f"/result/{token}/guide/", f"r{token[:16].lower()}@example.org"
        _until_thanked(site, path, {**site.crowd.hidden, "email": email}, seen)
        time.sleep(AGAIN_AFTER)


def _until_thanked(site: Embedded, path: str, fields: dict[str, str], seen: Seen) -> None:
    """Submit the page's form until it succeeds, as a runner would."""
    email = fields["email"]
    while fields:
        begun = time.monotonic()
        answer = site.crowd.runner.post(path, fields)
        if answer.status < 400:
            seen.thanked.add(email)
            return
        if answer.status != 503:
            seen.faults.append(answer.status)
            return
        seen.told.append(time.monotonic() - begun)
        fields = answer.hidden(path) if "<form" in answer.body.decode() else {}
        seen.forgotten += fields.get("email") != email
        time.sleep(AGAIN_AFTER)
