"""Child processes: started, frozen, thawed and killed by PID, never by name."""

import math
import os
import pwd
import signal
import subprocess
import threading
import time
from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
GRACE = 15
stopping = threading.Event()
"""Set when the run is aborted: nothing more is started, and waits end."""
_started: list["Process"] = []


class BrokenOffError(Exception):
    """The run was aborted, for example by Ctrl-C."""


class Process:
    """A command in its own session, with all its descendants."""

    def __init__(
        self,
        command: Sequence[str | Path],
        log: Path,
        *,
        environ: Mapping[str, str] | None = None,
        user: int | None = None,
    ) -> None:
        if stopping.is_set():
            raise BrokenOffError
        self.log = log
        self.listen()
        with log.open("ab") as output:
            self._popen = subprocess.Popen(
                list(map(str, command)),
                cwd=ROOT,
                env={**os.environ, "DJANGO_SETTINGS_MODULE": "runfit.settings", **(environ or {})},
                stdin=subprocess.DEVNULL,
                stdout=output,
                stderr=subprocess.STDOUT,
                start_new_session=True,
                user=user,
            )
        _started.append(self)

    @property
    def pid(self) -> int:
        return self._popen.pid

    @property
    def runs(self) -> bool:
        return self._popen.poll() is None

    @property
    def code(self) -> int | None:
        """What it ended with."""
        return self._popen.poll()

    def listen(self) -> None:
        """Start reading the log here, after the output of earlier processes."""
        self._begins = self.log.stat().st_size if self.log.exists() else 0

    def said(self) -> str:
        """The output since then."""
        return self.log.read_bytes()[self._begins :].decode(errors="replace")

    def children(self) -> list[int]:
        """Its direct child processes."""
        return [pid for pid, parent in _parents().items() if parent == self.pid]

    def tree(self) -> list[int]:
        """Itself and all its descendants."""
        parents = _parents()
        found = [self.pid]
        for pid in found:
            found.extend(child for child, parent in parents.items() if parent == pid)
        return found

    def freeze(self) -> None:
        send(signal.SIGSTOP, self.tree())

    def thaw(self) -> None:
        send(signal.SIGCONT, self.tree())

    def kill(self) -> None:
        """Kill it and all its descendants at once."""
        if self.runs:
            send(signal.SIGKILL, self.tree())
            self._popen.wait()
        if self in _started:
            _started.remove(self)

    def stop(self) -> None:
        """Terminate it as an operator does; kill it if it doesn't end in time."""
        tree = self.tree() if self.runs else []
        if tree:
            self._popen.terminate()
            with suppress(subprocess.TimeoutExpired):
                self._popen.wait(GRACE)
        self.kill()
        send(signal.SIGKILL, [pid for pid in tree[1:] if _parents().get(pid) == 1])


def break_off() -> None:
    stopping.set()
    for process in [*_started]:
        process.kill()


def send(number: signal.Signals, pids: Sequence[int]) -> None:
    for pid in pids:
        with suppress(ProcessLookupError):
            os.kill(pid, number)


def seconds_until(condition: Callable[[], object], limit: float, *, pause: float = 0.1) -> float:
    """Seconds until the condition is true; infinity if the limit is exceeded."""
    begun = time.monotonic()
    while not condition():
        if stopping.is_set():
            raise BrokenOffError
        if time.monotonic() - begun > limit:
            return math.inf
        time.sleep(pause)
    return time.monotonic() - begun


def wait_for(condition: Callable[[], object], what: str, limit: float = 60.0) -> None:
    if math.isinf(seconds_until(condition, limit)):
        raise TimeoutError(f"{what}: not within {limit:.0f} s")


def process_name(pid: int) -> str:
    """As `ps -o comm` shows it; blank if the process is gone."""
    try:
        return Path(f"/proc/{pid}/comm").read_text().strip()
    except OSError:
        return ""


def _parents() -> dict[int, int]:
    """The parent of every live process."""
    found = {}
    for stat in Path("/proc").glob("[0-9]*/stat"):
        with suppress(OSError):
            state, parent = stat.read_text().rpartition(")")[2].split()[:2]
            if state != "Z":
                found[int(stat.parent.name)] = int(parent)
    return found


def unprivileged() -> pwd.struct_passwd | None:
    """The user to run servers as that refuse root: PostgreSQL and PgBouncer."""
    known = {user.pw_name: user for user in pwd.getpwall()}
    return known.get("postgres") or known.get("nobody")
