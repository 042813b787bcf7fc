"""docs/server.md, typed as it stands on a bare system: what it installs and sets up then serves."""

import configparser
import os
import re
import shlex
import shutil
import socket
import subprocess
import urllib.request
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path
from typing import NamedTuple

import pytest

from tests.deployment.image import PATH, STAND_INS, Image, bare_system
from tests.support.ports import free_port
from tests.support.processes import Process

ROOT = Path(__file__).resolve().parents[2]
PAGE = (ROOT / "docs" / "server.md").read_text(encoding="utf-8")
PROGRAMS = {
    "apt-get": "mkdir -p /etc/caddy /etc/systemd/system",
    "git": 'if [ $1 = clone ]; then mkdir -p "$3"; cp -a /source/. "$3"; fi',
    "systemctl": "",
    "journalctl": "",
    "docker-compose": "",
}
"""What a sandbox has no use for, or can't do. Each notes what it was asked for."""

pytestmark = [pytest.mark.image, pytest.mark.once, pytest.mark.xdist_group("image")]


class Server(NamedTuple):
    image: Image
    asked: list[list[str]]
    """What the stand-ins were asked for."""


def block(heading: str, number: int = 0) -> str:
    """Commands below a heading, for this test's name."""
    section = re.split(r"^## ", PAGE.split(f"\n## {heading}\n")[1], flags=re.MULTILINE)[0]
    found = re.findall(r"```sh\n(.*?)```", section, re.DOTALL)[number]
    return str(found).replace("SITE=runfit.example.org", "SITE=hips.example.net")


def typed(root: Path, commands: str) -> Server:
    """A bare system on which these commands were typed."""
    image = Image(bare_system(root), environ={"PATH": PATH, "HOME": "/tmp"})
    listing = ["git", "ls-files", "--cached", "--others", "--exclude-standard"]
    files = subprocess.run(listing, cwd=ROOT, capture_output=True, text=True, check=True).stdout
    for name in ("source", "opt", "var/backups"):
        (root / name).mkdir(parents=True)
    subprocess.run(
        ["cp", "--parents", "--target-directory", root / "source", *files.split()],
        cwd=ROOT,
        check=True,
    )
    for name, does in PROGRAMS.items():
        program = root / STAND_INS.lstrip("/") / name
        program.write_text(f'#!/bin/sh -e\necho "{name} $*" >> /asked\n{does}\n')
        program.chmod(0o755)
    image.run(commands)
    return Server(image, [line.split() for line in (root / "asked").read_text().splitlines()])


@pytest.fixture(scope="module")
def small_server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    root = tmp_path_factory.mktemp("small") / "root"
    yield typed(root, block("A small server"))
    shutil.rmtree(root)


@pytest.fixture(scope="module")
def unit(small_server: Server) -> configparser.RawConfigParser:
    """What systemd would start, with the settings that it would pass on."""
    unit = configparser.RawConfigParser()
    unit.optionxform = str  # type: ignore[assignment, method-assign]
    unit.read(small_server.image.root / "etc/systemd/system/runfit.service")
    return unit


def test_small_server_serves_once_systemd_starts_it(small_server, unit, tmp_path):
    service, root, port = unit["Service"], small_server.image.root, free_port()
    settings = (root / service["EnvironmentFile"].lstrip("/")).read_text().split()
    program, *words = shlex.split(service["ExecStart"])
    assert program == "/usr/bin/python3"  # Debian's, instead of which the sandbox has its own
    account = next(
        line.split(":")
        for line in (root / "etc/passwd").read_text().splitlines()
        if line.startswith(f"{service['User']}:")
    )
    image = Image(root, {"PATH": PATH, "VAR_DIR": account[5]}, folder=service["WorkingDirectory"])
    image.user = account[2]
    state = tmp_path / "state"  # as StateDirectory makes it
    state.mkdir(int(service["StateDirectoryMode"], 8))
    os.chown(state, int(account[2]), int(account[3]))
    (root / account[5].lstrip("/")).mkdir()

    with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as systemd:
        systemd.bind(str(state / "notify"))
        (state / "notify").chmod(0o666)
        environ = dict(line.split("=", 1) for line in settings)
        environ["NOTIFY_SOCKET"] = f"{account[5]}/notify"
        command = image.container(environ, state, ["python3", *words, "--port", str(port)])
        process = Process(command, tmp_path / "log")
        try:
            assert notice(systemd, process) == b"READY=1"
            assert "<title>Why do my hips stay tight?" in page(port, "hips.example.net")
        finally:
            process.stop()

    said = (tmp_path / "log").read_text()
    assert "Your sign-in, shown only now" in said
    assert not re.search(r"guides\.[EW]\d+", said), said


def page(port: int, host: str) -> str:
    """The first one, as the proxy asks for it."""
    headers = {"Host": host, "X-Forwarded-Proto": "https", "X-Forwarded-For": "192.0.2.1"}
    request = urllib.request.Request(f"http://127.0.0.1:{port}/", headers=headers)
    with urllib.request.urlopen(request, timeout=30) as response:
        return str(response.read().decode())


def notice(systemd: socket.socket, process: Process) -> bytes:
    """The first, as long as the process runs."""
    systemd.settimeout(1)
    while process.runs:
        with suppress(TimeoutError):
            return systemd.recv(100)
    return b""


def test_small_server_has_its_proxy_and_starts_by_itself(small_server):
    root = small_server.image.root
    asked = [shlex.join(words) for words in small_server.asked]

    assert "systemctl enable --now runfit runfit-backup.timer" in asked
    assert "systemctl reload caddy" in asked
    assert "https://hips.example.net" in (root / "etc/caddy/Caddyfile").read_text()
    assert (root / "etc/runfit.env").stat().st_mode & 0o777 == 0o600
    assert {path.name for path in (ROOT / "docs" / "systemd").iterdir()} <= {
        path.name for path in (root / "etc/systemd/system").iterdir()
    }


def test_small_server_is_updated_while_nothing_runs(small_server):
    notes = small_server.image.root / "asked"
    notes.unlink()

    small_server.image.run(block("Updates"))

    assert notes.read_text().splitlines() == [
        "git fetch --tags",
        "systemctl start runfit-backup",
        "systemctl stop runfit",
        "git checkout v1.0.0",
        "systemctl start runfit",
    ]


def test_compose_gets_its_keys_and_is_started(tmp_path):
    server = typed(tmp_path / "root", block("With Compose"))

    environ = (tmp_path / "root/opt/runfit/.env").read_text()
    assert "SITE_URL=https://hips.example.net\n" in environ
    assert "change-me" not in environ
    assert server.asked[-2:] == [
        ["docker-compose", "up", "-d", "--build"],
        ["docker-compose", "logs", "prepare"],
    ]
    (tmp_path / "root/asked").unlink()
    server.image.run(block("Updates", 1))
    assert (tmp_path / "root/asked").read_text().endswith("docker-compose up -d --build\n")
    assert (tmp_path / "root/opt/runfit/.env").read_text() == environ


def test_the_page_counts_its_commands():
    headings = ("A small server", "With Compose")
    commands = [
        sum(not re.match(r"[A-Z]+=", line) for line in block(heading).splitlines())
        for heading in headings
    ]

    small, compose = commands
    assert f"| to a running site | {small} commands | {compose} commands |" in PAGE
