"""Samples CPU, memory and queues of every component each second.

PostgreSQL's background processes (log writer, checkpointer) aren't counted: they may serve other
databases.
"""

import os
import threading
import time
from collections import Counter
from collections.abc import Callable, Iterable, Mapping
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path
from statistics import mean

import psycopg2
import redis
from django.conf import settings

from benchmarks.load import cpu_of

EVERY = 1.0
BACKENDS = (
    "SELECT pid, state = 'active', wait_event_type IN ('Lock', 'LWLock') FROM pg_stat_activity "
    "WHERE datname = current_database() AND pid <> pg_backend_pid()"
)
WAITING = (
    "SELECT count(*), coalesce(extract(epoch FROM now() - min(due_at)), 0) FROM guides_delivery "
    "WHERE state IN ('queued', 'retry', 'sending') AND due_at <= now()"
)
MB = 1024 * 1024
PAGE, TICKS = os.sysconf("SC_PAGE_SIZE"), os.sysconf("SC_CLK_TCK")


@dataclass(frozen=True)
class Look:
    """Queue lengths at one moment."""

    mails: int
    oldest: float
    hints: int
    busy_backends: int
    blocked_backends: int


@dataclass(frozen=True)
class Spent:
    """Usage between two moments: duration, busy cores per component and of the whole machine,
    average queues, and peak memory per component."""

    seconds: float
    cores: Mapping[str, float]
    machine: float
    queues: Mapping[str, float]
    memory: Mapping[str, float]


@dataclass
class Marks:
    """The counters at one moment."""

    at: float
    cpu: Counter[str]
    machine: float
    looks: int
    weighed: int


@dataclass
class Meter:
    """`parts` lists the current processes of each component, since they come and go."""

    parts: Mapping[str, Callable[[], Iterable[int]]]
    looks: list[Look] = field(default_factory=list)
    weighed: list[tuple[float, dict[str, float]]] = field(default_factory=list)
    """Times, with the MB of each component."""

    def __post_init__(self) -> None:
        self.cpu: Counter[str] = Counter()
        self._seen: dict[int, float] = {}
        self._stop = threading.Event()
        self._thread = threading.Thread(target=self._sample_loop, name="meter", daemon=True)

    def __enter__(self) -> "Meter":
        self._postgres = psycopg2.connect(os.environ["DATABASE_URL"])
        self._postgres.autocommit = True
        self._redis = redis.Redis.from_url(settings.CELERY_BROKER_URL)
        self._look()
        self.cpu.clear()  # usage before the measurement
        self._thread.start()
        return self

    def __exit__(self, *error: object) -> None:
        self._stop.set()
        self._thread.join()
        self._postgres.close()
        self._redis.close()

    def mark(self) -> Marks:
        if not self._thread.is_alive():
            raise RuntimeError("nobody looks any more")
        return Marks(
            time.monotonic(),
            Counter(self.cpu),
            machine_cpu(),
            len(self.looks),
            len(self.weighed),
        )

    def since(self, mark: Marks) -> Spent:
        now = self.mark()
        seconds = now.at - mark.at
        looks, weighed = self.looks[mark.looks :], self.weighed[mark.weighed :]
        return Spent(
            seconds,
            {
                part: (now.cpu[part] - mark.cpu[part]) / seconds
                for part in (*self.parts, "postgres")
            },
            (now.machine - mark.machine) / seconds,
            {name: mean(getattr(look, name) for look in looks) for name in Look.__annotations__}
            if looks
            else {},
            {part: max(each[part] for _, each in weighed) for part in weighed[0][1]}
            if weighed
            else {},
        )

    def memory(self) -> dict[str, float]:
        return dict(self.weighed[-1][1])

    def _sample_loop(self) -> None:
        while not self._stop.wait(EVERY):
            self._look()

    def _look(self) -> None:
        with self._postgres.cursor() as cursor:
            cursor.execute(BACKENDS)
            backends = cursor.fetchall()
            cursor.execute(WAITING)
            mails, oldest = cursor.fetchone()
        self.looks.append(
            Look(
                mails,
                float(oldest),
                self._redis.llen("celery"),
                sum(bool(active) for _, active, _ in backends),
                sum(bool(active and blocked) for _, active, blocked in backends),
            )
        )
        held = {}
        for part, pids in {**self.parts, "postgres": lambda: near(backends)}.items():
            known = list(pids())
            held[part] = sum(map(resident, known)) / MB
            for pid in known:
                before = self._seen.get(pid, 0.0)
                self._seen[pid] = max(before, cpu_of(pid))  # 0 for a process that just ended
                self.cpu[part] += self._seen[pid] - before
        self.weighed.append((time.monotonic(), held))


def family(pid: int) -> list[int]:
    """A process and its descendants."""
    children = [
        told(pid, f"task/{task.name}/children") for task in Path(f"/proc/{pid}/task").glob("*")
    ]
    return [pid, *(each for child in " ".join(children).split() for each in family(int(child)))]


def near(backends: Iterable[tuple[int, bool, bool]]) -> list[int]:
    """The backends on this machine. A remote PID may belong to another process here."""
    return [pid for pid, _, _ in backends if "postgres" in told(pid, "comm")]


def resident(pid: int) -> int:
    fields = told(pid, "statm").split()
    return int(fields[1]) * PAGE if fields else 0


def machine_cpu() -> float:
    """Busy seconds of all cores, for all processes."""
    user, nice, system, _idle, _iowait, *rest = map(
        int, Path("/proc/stat").read_text().splitlines()[0].split()[1:9]
    )
    return (user + nice + system + sum(rest)) / TICKS


def told(pid: int, name: str) -> str:
    with suppress(OSError):
        return Path(f"/proc/{pid}/{name}").read_text()
    return ""
