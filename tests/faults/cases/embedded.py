"""Embedded mode, as bin/run starts it: killed, without a mail server, and on a full disk."""

import json
import os
import random
import signal
import sqlite3
import sys
import time
import uuid
from collections.abc import Sequence
from contextlib import closing
from email import message_from_bytes, policy
from pathlib import Path

from tests.faults import machine
from tests.faults.crowd import Ask, Crowd
from tests.faults.measures import Measured, Size
from tests.faults.servers import MailServer
from tests.faults.stack import part
from tests.support.ports import free_port, listens
from tests.support.processes import Process, process_name, seconds_until, wait_for

TOKENS_EACH = 60
LONGEST_LIFE = 3.0
DISK = "48m"
ASKED_WHEN_FULL = 8
QUEUE = 10
ASKED = 4
GAVE_UP = "the mail loop stopped by itself 5 times in a row"
OUTAGE = 600
STEP = 60
LOOK = 1.5
"""Seconds in which the mail loop polls at least once."""


class Embedded:
    """bin/run on its own folder."""

    def __init__(self, var: Path, log: Path, *, email_url: str = "") -> None:
        self.var, self.log, self.email_url = var, log, email_url
        self.port = free_port()
        self.crowd = Crowd(f"http://localhost:{self.port}")
        self.process: Process | None = None

    def start(self) -> None:
        unset = dict.fromkeys(("DATABASE_URL", "REDIS_URL", "SITE_URL"), "")
        self.process = Process(
            [sys.executable, "bin/run", "--port", str(self.port)],
            self.log,
            environ={**unset, "EMAIL_URL": self.email_url, "VAR_DIR": str(self.var)},
        )
        wait_for(lambda: listens(self.port), "bin/run", 90)

    def kill(self) -> None:
        if self.process:
            self.process.kill()
            self.process = None

    def stop(self) -> None:
        if self.process:
            self.process.stop()
            self.process = None

    def part(self, name: str) -> list[int]:
        """The processes of one component, parents first."""
        assert self.process
        return [pid for pid in self.process.tree() if process_name(pid) == f"runfit {name}"]

    def stands(self, killed: int) -> bool:
        """Whether all components run again without this process, and pages work."""
        web = self.part("server")
        whole = len(web) == 2 and len(self.part("deliver")) == 1 and killed not in web
        return whole and listens(self.port)

    def rows(self, sql: str, *values: object) -> list[tuple[object, ...]]:
        with closing(sqlite3.connect(self.var / "db.sqlite3", timeout=30)) as database, database:
            return database.execute(sql, values).fetchall()

    def tokens(self, count: int) -> list[str]:
        """Copies of the first submission, ready to ask for the guide."""
        columns = [str(row[1]) for row in self.rows("PRAGMA table_info(assessments_submission)")]
        kept = ", ".join(name for name in columns if name not in {"id", "token"})
        made = [uuid.uuid4().hex for _ in range(count)]
        with closing(sqlite3.connect(self.var / "db.sqlite3", timeout=30)) as database, database:
            database.executemany(
                f"INSERT INTO assessments_submission (token, {kept}) "
                f"SELECT ?, {kept} FROM assessments_submission WHERE id = 1",
                [(token,) for token in made],
            )
        return made

    def leases_are_over(self) -> None:
        """Expire all leases, as after two minutes."""
        self.rows("UPDATE guides_delivery SET lease_until = due_at WHERE state = 'sending'")

    def clock_moves(self, seconds: int) -> None:
        """Timestamps keep Django's format, with microseconds."""
        columns = ("queued_at", "due_at", "lease_until")
        moved = (
            f"{name} = strftime('%Y-%m-%d %H:%M:%f', {name}, '-{seconds} seconds') || '000'"
            for name in columns
        )
        self.rows(f"UPDATE guides_delivery SET {', '.join(moved)}")

    def degraded(self) -> list[str]:
        return list(json.loads(self.crowd.runner.get("/health/ready/").body)["degraded"])

    def drained(self) -> bool:
        return not self.rows(
            "SELECT 1 FROM guides_delivery WHERE state IN ('queued', 'sending', 'retry')"
        )

    def mails(self) -> list[tuple[str, str]]:
        """The recipient and Message-ID of each mail."""
        found = []
        for path in (self.var / "mail").glob("*.eml"):
            message = message_from_bytes(path.read_bytes(), policy=policy.default)
            found.append((str(message["To"]), str(message["Message-ID"])))
        return found


def killed(folder: Path, size: Size) -> Measured:
    """Kills web server and mail loop at random moments under load."""
    here = part(folder, "embedded")
    site = Embedded(here / "var", here / "log")
    asks: list[Ask] = []
    try:
        site.start()
        site.crowd.begin()
        for _ in range(size.moments):
            with site.crowd.asking(site.tokens(TOKENS_EACH)) as asked:
                time.sleep(random.uniform(0.1, LONGEST_LIFE))
                site.kill()
            asks += asked
            site.start()
            site.leases_are_over()
        wait_for(site.drained, "the rest of the mail", 120)
        return _accounts(site, asks, size.moments)
    finally:
        site.kill()


def _accounts(site: Embedded, asks: Sequence[Ask], kills: int) -> Measured:
    thanked = {ask.email for ask in asks if ask.thanked}
    mails = site.mails()
    lost = len(thanked - {to for to, _ in mails})
    duplicates = len(mails) - len({to for to, _ in mails})
    whole = site.rows("PRAGMA integrity_check") == [("ok",)]
    return Measured(
        f"{kills} kills, {len(thanked)} thanked, {lost} lost, {duplicates} duplicates; "
        f"database {'whole' if whole else 'BROKEN'}",
        ok=bool(thanked)
        and lost == 0
        and len(set(mails)) == len({to for to, _ in mails})
        and whole,
    )


def parts_killed(folder: Path, size: Size) -> Measured:
    """bin/run restarts processes that exit, and cleans up their children."""
    here = part(folder, "parts")
    site = Embedded(here / "var", here / "log")
    try:
        site.start()
        site.crowd.begin()
        asks: list[Ask] = []
        took = []
        for name in ("server", "deliver"):
            for pid in site.part(name)[::-1]:  # children first
                asks += site.crowd.ask_all(site.tokens(ASKED))
                os.kill(pid, signal.SIGKILL)
                took.append(seconds_until(lambda: site.stands(pid), 20))  # noqa: B023 - called at once
        site.leases_are_over()
        wait_for(site.drained, "the rest of the mail", 60)
        counts = _accounts(site, asks, len(took))
        gave_up = _gives_up(site)
        return Measured(
            f"{counts.text}; back after {max(took):.0f} s at most; {gave_up}",
            ok=counts.ok and max(took) < 10 and GAVE_UP in gave_up,
        )
    finally:
        site.kill()


def _gives_up(site: Embedded) -> str:
    process = site.process
    assert process

    def kill() -> bool:
        for pid in site.part("deliver"):
            os.kill(pid, signal.SIGKILL)
        return not process.runs

    took = seconds_until(kill, 60)
    last = process.said().strip().splitlines()[-1]
    return f"after {took:.0f} s: “{last}”"


def smtp_down(folder: Path, size: Size) -> Measured:
    """Many runners ask at once, and one many times, while the mail server is down."""
    here = part(folder, "waiting")
    sink = MailServer(free_port(), part(here, "mail"))
    site = Embedded(here / "var", here / "log", email_url=f"smtp://127.0.0.1:{sink.port}")
    try:
        site.start()
        site.crowd.begin()
        same, *others = site.tokens(1 + QUEUE)
        asks = site.crowd.ask_all([same] * size.together, at_once=size.together)
        asks += site.crowd.ask_all(others)
        for _ in range(OUTAGE // STEP):
            time.sleep(LOOK)
            site.clock_moves(STEP)
        (failed,) = site.rows("SELECT count(*) FROM guides_delivery WHERE state = 'failed'")[0]
        degraded = site.degraded()
        sink.start()
        site.clock_moves(OUTAGE * 2)
        wait_for(site.drained, "the mail after the mend", 60)
        mails = [mail["to"] for mail in sink.mails()]
        return Measured(
            f"{sum(ask.thanked for ask in asks)} of {len(asks)} thanked, {failed} failed, "
            f"degraded: {', '.join(degraded) or 'nothing'}; {len(mails)} mails after the mend",
            ok=all(ask.thanked for ask in asks)
            and failed == 0
            and "mail" in degraded
            and len(mails) == len(set(mails)) == 1 + QUEUE,
        )
    finally:
        site.kill()
        sink.kill()


def disk_full(folder: Path, size: Size) -> Measured:
    """Database, guide PDFs and stored mail share one small disk."""
    here = part(folder, "small")
    disk = part(here, "disk")
    if not machine.mount(disk, DISK):
        raise OSError("no tmpfs could be mounted")
    site = Embedded(disk / "var", here / "log")
    try:
        site.start()
        site.crowd.begin()
        return _filled(site, disk)
    finally:
        site.stop()
        machine.unmount(disk)


def _filled(site: Embedded, disk: Path) -> Measured:
    first, *tokens = site.tokens(1 + 2 * ASKED_WHEN_FULL)
    site.crowd.ask(first)
    wait_for(site.mails, "the first mail")
    (guide,) = _guides(site)
    filler = disk / "filler"
    fill(filler)
    asks = [site.crowd.ask(token) for token in tokens[:ASKED_WHEN_FULL]]
    pdf = site.crowd.runner.get(f"{guide}download/")
    degraded = site.degraded()
    time.sleep(2)  # for the mail loop
    stored = {email for (email,) in site.rows("SELECT email FROM guides_contact")}
    halves = _halves(site)
    filler.unlink()
    after = [site.crowd.ask(token) for token in tokens[ASKED_WHEN_FULL:]]
    kept = site.crowd.runner.get(f"{guide}download/")
    wait_for(site.drained, "the mail afterwards", 90)
    thanked = {ask.email for ask in [*asks, *after] if ask.thanked}
    refused = {ask.email for ask in asks if not ask.thanked}
    lost = len(thanked - {to for to, _ in site.mails()})
    whole = site.rows("PRAGMA integrity_check") == [("ok",)]
    clear = {ask.status for ask in asks if not ask.thanked} <= {500, 503}
    return Measured(
        f"full: {len(refused)} of {len(asks)} refused with {sorted({a.status for a in asks})}, "
        f"{len(refused & stored)} half stored, guide {pdf.status}, {len(halves)} half files, "
        f"degraded: {', '.join(degraded) or 'nothing'}; "
        f"then {sum(ask.thanked for ask in after)} of {len(after)} thanked, {lost} lost, "
        f"guide {kept.status}, database {'whole' if whole else 'BROKEN'}",
        ok=bool(refused)
        and clear
        and not refused & stored
        and pdf.status == kept.status == 200
        and pdf.body == kept.body
        and not halves
        and "storage" in degraded
        and all(ask.thanked for ask in after)
        and lost == 0
        and whole,
    )


def _guides(site: Embedded) -> list[str]:
    """The guide link of each mail."""
    found = []
    for path in (site.var / "mail").glob("*.eml"):
        body = message_from_bytes(path.read_bytes(), policy=policy.default).get_body(("plain",))
        words = body.get_content().split() if body else []
        found += [word.partition("/guide/")[2] for word in words if "/guide/" in word]
    return [f"/guide/{token}" for token in found]


def _halves(site: Embedded) -> list[Path]:
    """Temporary files and incomplete files."""
    mail = [path for path in (site.var / "mail").glob("*") if path.suffix != ".eml"]
    built = site.var / "media" / "guides" / "built"
    guides = [
        path
        for path in built.glob("*")
        if path.suffix != ".pdf" or not path.read_bytes().rstrip().endswith(b"%%EOF")
    ]
    return mail + guides


def fill(filler: Path) -> None:
    """Fill the disk."""
    with filler.open("wb", buffering=0) as file:
        for block in (1 << 20, 1 << 12, 1):
            try:
                while True:
                    file.write(b"\0" * block)
            except OSError:
                continue
        os.fsync(file.fileno())
