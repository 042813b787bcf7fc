"""Failures of bin/run: one clear line with the fix, and a non-zero exit."""

import importlib.util
import os
import socket
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]


def run(*options: str, **environ: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "bin/run", *options],
        cwd=ROOT,
        env={"PATH": os.environ["PATH"], **environ},
        capture_output=True,
        text=True,
        check=False,
        timeout=60,
    )


@pytest.fixture
def taken_port() -> Iterator[int]:
    with socket.create_server(("127.0.0.1", 0)) as server:
        yield server.getsockname()[1]


def test_a_taken_port(taken_port, tmp_path):
    ended = run("--port", str(taken_port), VAR_DIR=str(tmp_path / "var"))

    assert ended.returncode == 1
    assert ended.stderr == (
        f"run: port {taken_port} on 127.0.0.1 cannot be used ([Errno 98] Address already in use)."
        f" Try: bin/run --port {taken_port + 1}\n"
    )
    assert not (tmp_path / "var").exists()


def test_invalid_port(tmp_path):
    ended = run("--port", "99999", VAR_DIR=str(tmp_path / "var"))

    assert ended.returncode == 1
    assert ended.stderr.startswith("run: port 99999 on 127.0.0.1 cannot be used")
    assert ended.stderr.count("\n") == 1


def test_unwritable_folder(tmp_path):
    (tmp_path / "file").write_text("in the way")

    ended = run("--port", "0", VAR_DIR=str(tmp_path / "file" / "var"))

    assert ended.returncode == 1
    assert ended.stderr == (
        f"run: cannot write in {tmp_path}/file/var (Not a directory)."
        " Allow it, or set VAR_DIR to another folder.\n"
    )


def test_a_wrong_setting_is_named(tmp_path):
    ended = run("--port", "0", VAR_DIR=str(tmp_path), TIME_ZONE="Mars")

    assert ended.returncode == 1
    assert ended.stderr == (
        "RunFit doesn't start:\nTIME_ZONE must be a time zone such as Europe/Berlin, not 'Mars'.\n"
    )


@pytest.fixture
def setup_module(monkeypatch: pytest.MonkeyPatch, tmp_path: Path):
    """bin/_setup.py in a temporary folder."""
    spec = importlib.util.spec_from_file_location("_setup", ROOT / "bin" / "_setup.py")
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    monkeypatch.setattr(module, "VENV", tmp_path / ".venv")
    monkeypatch.setattr(module, "STAMP", tmp_path / ".venv" / "runfit-locks.json")
    monkeypatch.chdir(ROOT)
    return module


@pytest.mark.parametrize("has_pip", [True, False])
def test_a_virtualenv_gets_no_second_pip(setup_module, monkeypatch, has_pip):
    made, ran = [], []
    monkeypatch.setattr(setup_module, "_has_pip", lambda: has_pip)
    monkeypatch.setattr(setup_module.venv, "create", lambda folder, **options: made.append(options))
    monkeypatch.setattr(setup_module, "_pip", ran.append)

    setup_module._make_venv()

    (command,) = ran
    assert made == [{"with_pip": not has_pip, "clear": True}]
    assert command[0] == (sys.executable if has_pip else setup_module.PYTHON)
    assert ("--python" in command) is has_pip


@pytest.mark.parametrize(("version", "is_taken"), [("22.2.1", False), ("23.0", True)])
def test_an_old_pip_cannot_install_elsewhere(setup_module, monkeypatch, version, is_taken):
    monkeypatch.setattr(setup_module.importlib.metadata, "version", {"pip": version}.get)

    assert setup_module._has_pip() is is_taken


def test_a_python_without_ensurepip(setup_module, monkeypatch, capsys):
    monkeypatch.setattr(setup_module, "_has_pip", lambda: False)
    monkeypatch.setattr(setup_module.importlib.util, "find_spec", lambda name: None)

    with pytest.raises(SystemExit) as ended:
        setup_module.install("requirements.txt")

    assert ended.value.code == 1
    assert capsys.readouterr().err.endswith(
        "Python lacks ensurepip. On Debian or Ubuntu: apt-get install python3-venv\n"
    )


def test_an_old_python(setup_module, monkeypatch, capsys):
    monkeypatch.setattr(setup_module.sys, "version_info", (3, 10, 4))
    monkeypatch.setattr(setup_module.sys, "version", "3.10.4 (main)")

    with pytest.raises(SystemExit):
        setup_module.install("requirements.txt")

    assert "RunFit needs Python 3.11 or newer; this is 3.10.4." in capsys.readouterr().err


def test_installed_lock_is_not_installed_again(setup_module, monkeypatch):
    setup_module.VENV.mkdir()
    setup_module.STAMP.write_text(
        setup_module.json.dumps({"requirements.txt": setup_module._digest("requirements.txt")})
    )
    monkeypatch.setattr(setup_module.subprocess, "run", None)  # any install would fail

    setup_module.install("requirements.txt")


def test_fresh_moves_aside_and_deletes_nothing(tmp_path):
    var = tmp_path / "var"
    var.mkdir()
    (var / "kept").write_text("precious")

    ended = run("--fresh", "--port", "0", VAR_DIR=str(var), TIME_ZONE="Mars")  # ends before serving

    assert ended.returncode == 1
    (aside,) = (path for path in tmp_path.iterdir() if path.name.startswith("var-"))
    assert (aside / "kept").read_text() == "precious"
    assert not (var / "kept").exists()
