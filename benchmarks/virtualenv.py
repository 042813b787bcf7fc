"""Other packages that RunFit is measured beside, in virtualenvs of their own."""

import json
import subprocess
import sys
from collections.abc import Mapping, Sequence
from importlib.metadata import version
from pathlib import Path

from benchmarks.comparison import LeftOutError
from tests.support.processes import ROOT

HOME = ROOT / "var" / "bench"


def python_with(name: str, peers: Mapping[str, str], *alongside: str) -> Path:
    """A Python of the same interpreter with these packages, created once. `alongside` names
    packages whose versions are RunFit's."""
    wanted = [f"{peer}=={number}" for peer, number in peers.items()]
    wanted += [f"{package}=={version(package)}" for package in alongside]
    return _python(HOME / name, wanted, wanted)


def python_for(checkout: Path) -> Path:
    """A Python with what this checkout requires: the one that runs, if it requires the same."""
    required = checkout / "requirements.txt"
    locked = required.read_text()
    if locked == (ROOT / "requirements.txt").read_text():
        return Path(sys.executable)
    return _python(HOME / "another-version", ["--requirements", str(required)], [locked])


def _python(home: Path, wanted: Sequence[str], stamped: Sequence[str]) -> Path:
    python = home / "bin" / "python"
    stamp = home / "installed.json"
    if stamp.exists() and json.loads(stamp.read_text()) == stamped:
        return python
    print("Installing what RunFit is measured beside", file=sys.stderr)
    subprocess.run([sys.executable, "-m", "venv", "--clear", "--without-pip", home], check=True)
    install = [sys.executable, "-m", "uv", "--system-certs", "pip", "install", "--quiet"]
    if subprocess.run([*install, "--python", python, *wanted], check=False).returncode:
        raise LeftOutError("its packages could not be installed; is this machine online?")
    stamp.write_text(json.dumps(stamped))
    return python
