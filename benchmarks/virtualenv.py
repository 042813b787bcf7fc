"""Other packages that RunFit is measured beside, in virtualenvs of their own."""

import json
import subprocess
import sys
from collections.abc import Mapping
from importlib.metadata import version
from pathlib import Path

from benchmarks.comparison import LeftOutError
from tests.support.processes import ROOT

HOME = ROOT / "var" / "bench"


def python_with(name: str, peers: Mapping[str, str], *alongside: str) -> Path:
    """A Python of the same interpreter with these packages, created once. `alongside` names
    packages whose versions are RunFit's."""
    home = HOME / name
    python = home / "bin" / "python"
    wanted = [f"{peer}=={number}" for peer, number in peers.items()]
    wanted += [f"{package}=={version(package)}" for package in alongside]
    stamp = home / "installed.json"
    if stamp.exists() and json.loads(stamp.read_text()) == wanted:
        return python
    print("Installing what RunFit is measured beside", file=sys.stderr)
    subprocess.run([sys.executable, "-m", "venv", "--clear", "--without-pip", home], check=True)
    install = [sys.executable, "-m", "uv", "--system-certs", "pip", "install", "--quiet"]
    if subprocess.run([*install, "--python", python, *wanted], check=False).returncode:
        raise LeftOutError("its packages could not be installed; is this machine online?")
    stamp.write_text(json.dumps(wanted))
    return python
