"""A backup and a restore, killed at random moments."""

import random
import sqlite3
import sys
import time
from contextlib import closing
from pathlib import Path

from guides.backups.restore import MARK
from tests.faults.cases.embedded import TOKENS_EACH, Embedded
from tests.faults.measures import Measured, Size
from tests.faults.stack import part
from tests.support.processes import Process, wait_for

LIMIT = 120


def killed(folder: Path, size: Size) -> Measured:
    """While runners ask. What's there under an archive's name must be whole, and the same restore
    must go on."""
    here = part(folder, "backups")
    site = Embedded(here / "var", here / "log")
    backups, other = here / "archives", part(here, "other")
    try:
        site.start()
        site.crowd.begin()
        with site.crowd.asking(site.tokens(TOKENS_EACH * (size.moments + 1))) as asked:
            took = _run(here, site.var, "backup", backups)
            for _ in range(size.moments):
                _kill_within(took, _start(here, site.var, "backup", backups))
            thanked = {ask.email for ask in asked if ask.thanked}
            _run(here, site.var, "backup", backups)
        archives = sorted(backups.glob("runfit-*"))
        for archive in archives:
            _run(here, site.var, "restore", "--check", archive)
        site.stop()
        (other / "secret_key").write_bytes((site.var / "secret_key").read_bytes())
        for _ in range(size.moments):
            _kill_within(took, _start(here, other, "restore", archives[-1]))
            if _is_done(other):
                break  # before the kill
        else:
            _run(here, other, "restore", archives[-1])
        halves = _halves(other)
        return _compared(other, thanked, len(archives), size.moments, halves)
    finally:
        site.kill()


def _compared(other: Path, thanked: set[str], archives: int, kills: int, halves: int) -> Measured:
    with closing(sqlite3.connect(other / "db.sqlite3")) as database:
        found = {email for (email,) in database.execute("SELECT email FROM guides_contact")}
        (held,) = database.execute(
            "SELECT count(*) FROM guides_mailserver WHERE held_since IS NOT NULL AND NOT restoring"
        ).fetchone()
    lost = len(thanked - found)
    return Measured(
        f"{kills} + {kills} kills; {archives} archives, all whole; {halves} half restores without "
        f"hold; then restored, {len(thanked)} thanked before, {lost} lost, mail "
        f"{'held' if held else 'NOT HELD'}",
        ok=bool(thanked) and lost == 0 and held == 1 and halves == 0,
    )


def _halves(other: Path) -> int:
    """A database that's there is whole, and holds its mail."""
    if not (other / "db.sqlite3").exists():
        return 0
    with closing(sqlite3.connect(other / "db.sqlite3")) as database:
        if not database.execute("SELECT 1 FROM sqlite_schema").fetchone():
            return 0  # empty: not begun
        held = "SELECT count(*) FROM guides_mailserver WHERE held_since IS NOT NULL"
        return int(not database.execute(held).fetchone()[0])


def _start(here: Path, var: Path, *command: object) -> Process:
    unset = dict.fromkeys(("DATABASE_URL", "REDIS_URL", "SITE_URL", "SECRET_KEY"), "")
    words = [sys.executable, "manage.py", *map(str, command)]
    return Process(words, here / "commands.log", environ={**unset, "VAR_DIR": str(var)})


def _run(here: Path, var: Path, *command: object) -> float:
    """Seconds that it took."""
    begun = time.monotonic()
    process = _start(here, var, *command)
    wait_for(lambda: not process.runs, f"manage.py {command[0]}", LIMIT)
    if process.code:
        raise RuntimeError(f"manage.py {command[0]}: {process.said().strip()[-200:]}")
    return time.monotonic() - begun


def _kill_within(seconds: float, process: Process) -> None:
    time.sleep(random.uniform(seconds / 3, seconds))  # before that, Python starts
    process.kill()


def _is_done(other: Path) -> bool:
    """Whether the restore was through, even if its process was killed on its way out."""
    database = other / "db.sqlite3"
    is_there = database.exists() and database.stat().st_size > 0
    return is_there and not (other / MARK).exists()
