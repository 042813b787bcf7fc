"""A migration goes on where it was killed."""

import os
import signal
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parents[3]
# Killed as the migration's own SQL is done, and it's about to be recorded.
KILLED = """
import os, signal
import django; django.setup()
from django.core.management import call_command
from django.db.migrations.recorder import MigrationRecorder
record = MigrationRecorder.record_applied
def record_or_die(recorder, app, name):
    if app == "auth":
        os.kill(os.getpid(), signal.SIGKILL)
    record(recorder, app, name)
MigrationRecorder.record_applied = record_or_die
call_command("migrate", "auth", skip_checks=True)
"""


def run(*command: str, folder: Path) -> "subprocess.CompletedProcess[str]":
    environ = {
        "PATH": os.environ["PATH"],
        "VAR_DIR": str(folder),
        "DJANGO_SETTINGS_MODULE": "runfit.settings",
    }
    return subprocess.run(
        [sys.executable, *command],
        cwd=ROOT,
        env=environ,
        capture_output=True,
        text=True,
        check=False,
    )


def test_killed_migration_is_made_again(tmp_path):
    killed = run("-c", KILLED, folder=tmp_path)
    again = run("manage.py", "migrate", "auth", "--skip-checks", folder=tmp_path)

    assert killed.returncode == -signal.SIGKILL
    assert (again.returncode, again.stderr) == (0, "")
    assert "Applying auth.0001_initial... OK" in again.stdout
