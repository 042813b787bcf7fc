"""Runs all parts of RunFit under one process: `bin/run`, once the packages are installed.

Parts are forked from a process that has imported the application, instead of started as programs:
memory that they don't change is there once, and nothing is imported twice.
"""

import argparse
import ctypes
import os
import runpy
import signal
import socket
import sys
import time
from collections.abc import Callable
from contextlib import closing, suppress
from http import HTTPStatus
from http.client import HTTPConnection, HTTPException
from importlib import import_module
from pathlib import Path
from types import FrameType
from typing import Never

import django
from django.conf import settings

from runfit.server.cli import counts_of_all_processes, shared_with_forks
from runfit.server.startup import settings_or_exit

GRACE = 30
QUICK = 10.0
"""Seconds: a process that exits sooner counts toward giving up."""
MOST_QUICK_ENDS = 5
ANY_HOST = {"0.0.0.0", "::"}  # noqa: S104 - only on request
SIGNALS = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)
PR_SET_PDEATHSIG = 1
FORKS_ARE_SAFE = sys.platform != "darwin"
"""The frameworks of macOS end forks that use them. There, each part is a program of its own."""

Command = tuple[str, ...]
"""A program of Python, as after `python`: a file, or a module behind `-m`."""


class InChild(BaseException):
    """Leaves everything that the parent was doing, to run a command instead."""

    def __init__(self, command: Command) -> None:
        super().__init__(command)
        self.command = command


class GaveUpError(Exception):
    """A process keeps exiting."""


def main() -> None:
    options = arguments()
    try:
        code = run(options.host, options.port, options.lock)
    except KeyboardInterrupt:
        fail("stopped before it was set up. Start it again: it goes on where it was.")
    except InChild as child:
        command = child.command
    else:
        sys.exit(code)
    try:
        execute(command)
    except KeyboardInterrupt:
        sys.exit(1)  # the parent says it


def arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--host", required=True)
    parser.add_argument("--port", type=int, required=True)
    parser.add_argument("--lock", type=int, help="an open file of this process alone")
    return parser.parse_args()


def run(host: str, port: int, lock: int | None) -> int:
    settings_or_exit()
    with counts_of_all_processes():
        share("runfit.urls")
        prepared = wait(fork(("manage.py", "prepare"), lock))
        if prepared:
            return abs(prepared)
        share("runfit.rsgi")  # not before `prepare`: it lists the static files
        return serve(host, port, lock)


def share(module: str) -> None:
    if FORKS_ARE_SAFE:
        with shared_with_forks():
            django.setup()
            import_module(module)


def fork(command: Command, lock: int | None = None, *, apart: bool = False) -> int:
    """The new process's ID. `apart`: in its own session, so that Ctrl-C reaches only us and every
    process is signaled once."""
    sys.stdout.flush()
    sys.stderr.flush()
    parent = os.getpid()
    pid = os.fork()
    if pid:
        return pid
    if apart:
        os.setsid()
    for number in SIGNALS:
        signal.signal(number, signal.SIG_DFL)
    signal.signal(signal.SIGINT, signal.default_int_handler)
    end_with(parent)
    if lock is not None:
        os.close(lock)
    raise InChild(command)


def end_with(parent: int) -> None:
    """A parent that's killed can't stop us: we'd keep its port, and send mail beside the next one's
    loop. Only Linux tells."""
    if sys.platform == "linux":
        ctypes.CDLL(None).prctl(PR_SET_PDEATHSIG, signal.SIGTERM)
        if os.getppid() != parent:  # already
            os.kill(os.getpid(), signal.SIGTERM)


def wait(pid: int) -> int:
    """The exit code; negative for a signal."""
    return os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1])


def execute(command: Command) -> None:
    """What `python` would do with it."""
    if not FORKS_ARE_SAFE:
        os.execv(sys.executable, [sys.executable, *command])  # noqa: S606 - our own
    name_process(command)
    match command:
        case ("-m", module, *rest):
            sys.argv[1:] = rest
            runpy.run_module(module, run_name="__main__", alter_sys=True)
        case (path, *_):
            sys.argv[:] = command
            runpy.run_path(path, run_name="__main__")


def name_process(command: Command) -> None:
    """As `ps -o comm` shows it; without this, all parts are called by the parent's name."""
    words = [word.removeprefix("runfit.") for word in command if word not in {"-m", "manage.py"}]
    with suppress(OSError):  # Linux alone
        Path("/proc/self/comm").write_text(f"runfit {words[0]}")


def commands(host: str, port: int) -> dict[str, Command]:
    web = ("-m", "runfit.server", "--host", host, "--port", str(port))
    if not os.environ.get("REDIS_URL"):
        return {"the web server": web, "the mail loop": ("manage.py", "deliver")}
    celery = ("-m", "celery", "--app", "runfit", "--quiet")
    schedule = str(settings.VAR_DIR / "celerybeat-schedule")
    return {
        "the web server": web,
        "the worker": (*celery, "worker", "--loglevel", "warning", "--concurrency", "2"),
        "the clock": (*celery, "beat", "--loglevel", "warning", "--schedule", schedule),
    }


class Part:
    """One of our processes with its children. Restarted if it exits on its own."""

    def __init__(self, name: str, start: Callable[[], int]) -> None:
        """`start` returns a process ID."""
        self.name, self._start = name, start
        self.quick_ends = 0
        self.code: int | None = None
        """What it ended with."""
        self.start_at: float | None = None
        self.start()

    def start(self) -> None:
        self.began, self.start_at = time.monotonic(), None
        self.pid, self.code = self._start(), None

    def poll(self) -> int | None:
        """What it ended with, if it has."""
        if self.code is None:
            pid, status = os.waitpid(self.pid, os.WNOHANG)
            self.code = os.waitstatus_to_exitcode(status) if pid else None
        return self.code

    def look(self) -> None:
        """Called regularly: restarts the process if it has exited."""
        if self.start_at is None:
            code = self.poll()
            if code is not None:
                self._ended(code)
        elif time.monotonic() >= self.start_at:
            self.signal_all(signal.SIGKILL)
            self.start()

    def _ended(self, code: int) -> None:
        quick = time.monotonic() - self.began < QUICK
        self.quick_ends = self.quick_ends + 1 if quick else 1
        if self.quick_ends >= MOST_QUICK_ENDS:
            raise GaveUpError(
                f"{self.name} stopped by itself {MOST_QUICK_ENDS} times in a row; see above."
            )
        say(f"{self.name.capitalize()} stopped by itself ({how(code)}). Starting it again")
        self.signal_all(signal.SIGTERM)  # its leftover children
        self.start_at = time.monotonic() + self.quick_ends

    def signal_all(self, number: int) -> None:
        """Signal it and all its children."""
        with suppress(ProcessLookupError):
            os.killpg(self.pid, number)

    def stop(self, until: float) -> None:
        """Give it until then to end."""
        while self.poll() is None and time.monotonic() < until:
            time.sleep(0.02)
        self.signal_all(signal.SIGKILL)
        if self.code is None:
            self.code = wait(self.pid)


def how(code: int) -> str:
    return f"signal {-code}" if code < 0 else f"exit {code}"


def serve(host: str, port: int, lock: int | None) -> int:
    """Run until a signal, or until a process keeps exiting."""
    stopping = False

    def on_signal(number: int, frame: FrameType | None) -> None:
        nonlocal stopping
        stopping = True

    for number in SIGNALS:
        signal.signal(number, on_signal)
    parts = [
        Part(name, lambda command=command: fork(command, lock, apart=True))  # type: ignore[misc]
        for name, command in commands(host, port).items()
    ]
    welcomed, gave_up = False, ""
    while not stopping and not gave_up:
        try:
            for part in parts:
                part.look()
        except GaveUpError as error:
            gave_up = str(error)
        else:
            welcomed = welcomed or welcome(host, port)
            time.sleep(0.2 if welcomed else 0.05)
    say("Stopping")
    notify("STOPPING=1")
    stop(parts)
    if gave_up:
        fail(gave_up)
    say("Stopped. Nothing was lost.")
    return 0


def welcome(host: str, port: int) -> bool:
    """Print the addresses as soon as the server answers."""
    near = "localhost" if host in ANY_HOST else f"[{host}]" if ":" in host else host
    try:
        with closing(HTTPConnection(near, port, timeout=2)) as connection:  # past any http_proxy
            connection.request("GET", "/health/live/")
            serves = connection.getresponse().status < HTTPStatus.BAD_REQUEST
    except (HTTPException, OSError):
        return False
    if not serves:
        return False
    site = settings.SITE_URL
    sys.stdout.write(
        f"\n  RunFit is running.\n\n  For runners:  {site}/\n  For you:      {site}/admin/\n"
    )
    if settings.EMAIL_KEPT_LOCALLY:
        sys.stdout.write(f"  Mail sent:    {site}/admin/guides/delivery/inbox/\n")
    sys.stdout.write("\n  Ctrl-C stops it.\n\n")
    sys.stdout.flush()
    notify("READY=1")
    return True


def notify(state: str) -> None:
    """To systemd, if it started us (docs/systemd)."""
    address = os.environ.get("NOTIFY_SOCKET", "")
    if address:
        with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as channel:
            channel.sendto(state.encode(), address.replace("@", "\0", 1))


def stop(parts: list[Part]) -> None:
    for part in parts:
        if part.poll() is None:
            os.kill(part.pid, signal.SIGTERM)
    until = time.monotonic() + GRACE
    for part in parts:
        part.stop(until)


def say(message: str) -> None:
    with suppress(OSError):  # a terminal that was closed, which is why we stop
        sys.stdout.write(f"· {message}\n")
        sys.stdout.flush()


def fail(message: str) -> Never:
    """One clear line, and a non-zero exit."""
    sys.exit(f"run: {message}")


if __name__ == "__main__":
    main()
