"""The units of docs/systemd, as systemd reads them."""

import configparser
import re
import subprocess
import sys
from pathlib import Path

import pytest
from django.core.management import load_command_class

ROOT = Path(__file__).resolve().parents[2]
UNITS = ROOT / "docs" / "systemd"
SERVICES = ("runfit.service", "runfit-backup.service")
MOST_EXPOSED = 2.0
"""Of 10, by systemd-analyze. They need the network, and their files."""

pytestmark = pytest.mark.systemd


def analyze(*words: str | Path) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        ["systemd-analyze", *words], capture_output=True, text=True, check=False, timeout=60
    )


@pytest.fixture
def units(tmp_path: Path) -> Path:
    """With this checkout in place of /opt/runfit, and this account for RunFit's."""
    for path in UNITS.iterdir():
        text = path.read_text().replace("/opt/runfit/.venv/bin/python", sys.executable)
        text = text.replace("/opt/runfit", str(ROOT))
        (tmp_path / path.name).write_text(re.sub(r"(User|Group)=runfit", r"\1=root", text))
    return tmp_path


def test_systemd_understands_every_line(units):
    ended = analyze("verify", "--man=no", *sorted(units.iterdir()))

    told = [line for line in ended.stderr.splitlines() if str(units) in line or "runfit" in line]
    assert (ended.returncode, told) == (0, [])


def test_a_wrong_line_would_be_told(units):
    with (units / "runfit.service").open("a") as file:
        file.write("[Service]\nProtectSystm=strict\n")

    assert "ProtectSystm" in analyze("verify", "--man=no", units / "runfit.service").stderr


@pytest.mark.parametrize("name", SERVICES)
def test_they_may_do_little(units, name):
    ended = analyze("security", "--offline=true", "--no-pager", units / name)

    score = re.search(r"Overall exposure level for \S+: ([\d.]+)", ended.stdout)
    assert score is not None, ended.stderr
    assert float(score[1]) <= MOST_EXPOSED


def test_the_backup_is_one_that_the_command_takes():
    command = re.search(r"^ExecStart=.*manage.py (.*)$", (UNITS / SERVICES[1]).read_text(), re.M)
    assert command is not None
    name, *words = command[1].split()

    options = load_command_class("guides", name).create_parser("manage.py", name).parse_args(words)

    assert (options.place, options.keep) == ("/var/backups/runfit", 14)


def test_both_services_are_confined_alike():
    def confinement(name: str) -> dict[str, str]:
        text = (UNITS / name).read_text().split("\n\nCapabilityBoundingSet", 1)[1]
        unit = configparser.RawConfigParser()
        unit.read_string("[Service]\nCapabilityBoundingSet" + text)
        return dict(unit["Service"])

    backup = confinement("runfit-backup.service")
    del backup["readwritepaths"]

    assert confinement("runfit.service") == backup
