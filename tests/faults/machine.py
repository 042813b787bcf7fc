"""Detects which real services this machine has."""

import os
import shutil
import subprocess
import tempfile
from pathlib import Path

from tests.support import postgres
from tests.support.processes import unprivileged

WANTS = {
    "postgres": "set TEST_DATABASE_URL to a PostgreSQL where databases may be made",
    "redis": "install redis-server",
    "cluster": "install PostgreSQL's server programs; as root, keep a user postgres or nobody",
    "small disk": "run as root where a tmpfs can be mounted",
}


def absent() -> dict[str, str]:
    """The missing components, with how to install them."""
    found = {
        "postgres": postgres.answers(),
        "redis": shutil.which("redis-server") is not None,
        "cluster": cluster_programs() is not None and (os.geteuid() or unprivileged()),
        "small disk": can_mount(),
    }
    return {part: wanted for part, wanted in WANTS.items() if not found[part]}


def cluster_programs() -> Path | None:
    """The folder of the newest initdb and pg_ctl."""
    installed = sorted(Path("/usr/lib/postgresql").glob("*/bin/initdb"), reverse=True)
    on_path = shutil.which("initdb")
    found = [*installed, *([Path(on_path)] if on_path else [])]
    return found[0].parent if found else None


def can_mount() -> bool:
    if os.geteuid() or not shutil.which("mount"):
        return False
    with tempfile.TemporaryDirectory() as folder:
        mounted = mount(Path(folder), "1m")
        if mounted:
            unmount(Path(folder))
        return mounted


def mount(folder: Path, size: str) -> bool:
    command = ["mount", "-t", "tmpfs", "-o", f"size={size}", "tmpfs", str(folder)]
    return subprocess.run(command, capture_output=True, check=False).returncode == 0


def unmount(folder: Path) -> None:
    subprocess.run(["umount", "--lazy", str(folder)], capture_output=True, check=False)
