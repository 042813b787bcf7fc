"""Installs packages for the scripts in bin. Standard library only."""

from __future__ import annotations

import hashlib
import importlib.metadata
import importlib.util
import json
import os
import shutil
import subprocess
import sys
import venv
from collections.abc import Callable
from pathlib import Path
from typing import NoReturn

ROOT = Path(__file__).resolve().parent.parent
DJANGO_6 = ROOT / ".venv-django6"
VENV = DJANGO_6 if Path(sys.prefix) == DJANGO_6 else ROOT / ".venv"
PYTHON = VENV / "bin" / "python"
STAMP = VENV / "runfit-locks.json"
UV_LOCK = ROOT / "bin" / "uv.txt"
NEWER_PIP = 23


def fail(message: str) -> NoReturn:
    """One clear line, and a non-zero exit."""
    print(f"{Path(sys.argv[0]).name}: {message}", file=sys.stderr)
    raise SystemExit(1)


def say(message: str) -> None:
    print(f"· {message}", flush=True)


def install(lock: str) -> None:
    """Create .venv and install the hashed lock file, unless it's already installed."""
    if sys.version_info < (3, 11):  # noqa: UP036 - may run on any Python
        fail(f"RunFit needs Python 3.11 or newer; this is {sys.version.split()[0]}.")
    os.chdir(ROOT)
    stamps = _stamps()
    if stamps.get(lock) == _digest(lock):
        return
    if not stamps:
        _make_venv()
    say(f"Installing {lock} (the first time takes a minute)")
    _install(lock, PYTHON)
    STAMP.write_text(json.dumps({**stamps, **{name: _digest(name) for name in _covered(lock)}}))


def install_django6() -> Path:
    """Install Django 6 and the test packages in a separate virtualenv with the newest Python here.
    Returns its Python, whose subprocesses use the virtualenv too."""
    locks = ("requirements-dev.txt", "requirements-django6.txt")

    def make() -> None:
        newest, environ = _newest_python()
        command = [newest, "-m", "venv", "--clear", "--without-pip", DJANGO_6]
        if subprocess.run(command, env=environ, check=False).returncode:
            fail(f"{newest}'s venv failed; see above.")

    return _install_in(DJANGO_6, locks, make)


def install_apart(lock: str, folder: Path) -> Path:
    """Install a hashed lock that doesn't go with ours in a virtualenv of its own. Returns the
    folder of its programs."""
    install("requirements-dev.txt")  # has uv
    command = [PYTHON, "-m", "uv", "venv", "--quiet", "--clear", "--python", PYTHON, folder]
    return _install_in(folder, (lock,), lambda: _pip(command)).parent


def _install_in(folder: Path, locks: tuple[str, ...], make: Callable[[], None]) -> Path:
    """Install hashed locks in a virtualenv of their own, unless they're already installed. Returns
    its Python."""
    stamp, python = folder / STAMP.name, folder / "bin" / "python"
    digests = {lock: _digest(lock) for lock in locks}
    if _stamps(stamp) != digests:
        say(f"Making {folder.name} (takes a minute)")
        make()
        for lock in locks:
            _install(lock, python)
        stamp.write_text(json.dumps(digests))
    return python


def _newest_python() -> tuple[str, dict[str, str]]:
    """The newest Python's name, and the environment to run it in: pyenv needs PYENV_VERSION."""
    for minor in range(30, 11, -1):
        name, environ = f"python3.{minor}", {**os.environ, "PYENV_VERSION": f"3.{minor}"}
        if shutil.which(name):
            probe = subprocess.run([name, "-c", ""], env=environ, capture_output=True, check=False)
            if probe.returncode == 0:
                return name, environ
    fail("Django 6 needs Python 3.12 or newer, and there is none here.")


def _install(lock: str, python: Path) -> None:
    command = [PYTHON, "-m", "uv", "--system-certs", "pip", "install", "--quiet"]
    _pip([*command, "--python", python, "--require-hashes", "-r", lock])


def _covered(lock: str) -> set[str]:
    """The locks that this one includes: the test lock includes the application's."""
    return {"requirements.txt", lock}


def _digest(lock: str) -> str:
    return hashlib.sha256((ROOT / lock).read_bytes()).hexdigest()


def _stamps(stamp: Path | None = None) -> dict[str, str]:
    try:
        return dict(json.loads((stamp or STAMP).read_text()))
    except (OSError, ValueError):
        return {}


def _make_venv() -> None:
    has_pip = _has_pip()
    if not has_pip and importlib.util.find_spec("ensurepip") is None:
        fail("Python lacks ensurepip. On Debian or Ubuntu: apt-get install python3-venv")
    say("Making .venv")
    try:
        venv.create(VENV, with_pip=not has_pip, clear=True)
    except OSError as error:
        fail(f"cannot write {VENV}: {error.strerror}. Give yourself the right to write there.")
    except subprocess.CalledProcessError:
        fail("Python's venv failed. On Debian or Ubuntu: apt-get install python3-venv")
    pip = [sys.executable, "-m", "pip", "--python", PYTHON] if has_pip else [PYTHON, "-m", "pip"]
    quiet = ["--quiet", "--disable-pip-version-check"]
    _pip([*pip, "install", *quiet, "--require-hashes", "-r", UV_LOCK])


def _has_pip() -> bool:
    """Whether this Python's pip can install into a virtualenv without one, as it can since 22.3.
    Another pip there would take as long as all the packages."""
    try:
        major, _, _ = importlib.metadata.version("pip").partition(".")
    except importlib.metadata.PackageNotFoundError:
        return False
    return int(major) >= NEWER_PIP


def _pip(command: list[str | Path]) -> None:
    if subprocess.run(command, check=False).returncode:
        fail("packages could not be installed; see above. Is this machine online?")
