"""What `bin/run` leaves running: its parts are restarted, and leave nothing behind."""

import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path

import pytest

from runfit.server import supervisor
from runfit.server.supervisor import GaveUpError, Part
from tests.support.processes import seconds_until


def started(*command: str) -> Callable[[], int]:
    return lambda: os.posix_spawnp(command[0], command, os.environ, setsid=True)


def is_gone(stat: Path) -> bool:
    return not stat.exists() or stat.read_text().rpartition(")")[2].split()[0] == "Z"


def looked_at(part: Part, until: Callable[[], bool]) -> bool:
    for _ in range(200):
        if until():
            return True
        part.look()
        time.sleep(0.05)
    return False


def test_killed_process_is_restarted(capsys):
    part = Part("the worker", started("sleep", "60"))
    first = part.pid
    try:
        os.kill(first, signal.SIGKILL)

        assert looked_at(part, lambda: part.pid != first)
        assert part.poll() is None
        assert "The worker stopped by itself (signal 9). Starting it again" in (
            capsys.readouterr().out
        )
    finally:
        supervisor.stop([part])
    assert part.code == -signal.SIGTERM


def test_process_that_keeps_exiting_is_given_up(monkeypatch):
    monkeypatch.setattr(supervisor, "MOST_QUICK_ENDS", 2)
    part = Part("the mail loop", started(sys.executable, "-c", "raise SystemExit(3)"))
    begun = time.monotonic()

    with pytest.raises(GaveUpError, match="the mail loop stopped by itself 2 times"):
        looked_at(part, lambda: False)

    assert time.monotonic() - begun > 1  # with pauses


def test_process_that_does_not_stop_is_killed(monkeypatch):
    monkeypatch.setattr(supervisor, "GRACE", 0.1)
    part = Part("the worker", started("sh", "-c", "trap '' TERM; while :; do sleep 1; done"))
    time.sleep(0.2)

    supervisor.stop([part])

    assert part.code == -signal.SIGKILL


FORKED = """
import time
from runfit.server import supervisor

try:
    print(supervisor.fork(("the web server",), apart=True), flush=True)
except supervisor.InChild:
    pass
time.sleep(60)
"""


def test_a_killed_parent_leaves_nothing():
    """Else its port stays in use, and its mail loop sends beside that of the next one."""
    with subprocess.Popen([sys.executable, "-c", FORKED], stdout=subprocess.PIPE) as parent:
        assert parent.stdout
        left = Path("/proc", parent.stdout.readline().decode().strip(), "stat")
        assert left.exists()
        parent.kill()

    assert seconds_until(lambda: is_gone(left), 10) < 10


AS_A_PROGRAM = """
from runfit.server import supervisor

supervisor.FORKS_ARE_SAFE = False
supervisor.execute(("-m", "platform"))
"""


def test_without_safe_forks_a_part_is_a_program():
    command = [sys.executable, "-c", AS_A_PROGRAM]
    assert subprocess.run(command, capture_output=True, check=True).stdout


def test_a_closed_terminal_keeps_nothing_from_being_stopped(monkeypatch):
    ours, its = os.openpty()
    os.close(ours)
    with os.fdopen(its, "w") as terminal:
        monkeypatch.setattr(sys, "stdout", terminal)
        supervisor.say("Stopping")
        with pytest.raises(OSError, match="Input/output error"):
            terminal.flush()
        monkeypatch.undo()
        os.dup2(os.open(os.devnull, os.O_WRONLY), its)


def test_systemd_is_told_that_it_serves(monkeypatch, tmp_path):
    supervisor.notify("READY=1")  # without systemd, nobody hears it
    with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as systemd:
        systemd.bind(str(tmp_path / "notify"))
        monkeypatch.setenv("NOTIFY_SOCKET", str(tmp_path / "notify"))

        supervisor.notify("READY=1")

        assert systemd.recv(100) == b"READY=1"


def test_leftover_child_processes_are_killed(tmp_path):
    """A killed web server leaves its child processes, which would keep serving."""
    note = tmp_path / "pid"
    part = Part("the web server", started("sh", "-c", f"sleep 60 & echo $! > {note}; wait"))
    first = part.pid
    try:
        assert looked_at(part, lambda: note.exists() and note.read_text().endswith("\n"))
        left = Path("/proc") / note.read_text().strip() / "stat"
        os.kill(first, signal.SIGKILL)

        assert looked_at(part, lambda: part.pid != first)
        assert is_gone(left)
    finally:
        supervisor.stop([part])
