"""The image, built by its own steps, and confined as docker-compose.yml confines it."""

import json
import os
import subprocess
import urllib.request
from collections.abc import Iterator
from pathlib import Path

import pytest

from runfit import __version__
from tests.deployment.image import Image, build, instructions
from tests.support.ports import free_port
from tests.support.processes import Process, wait_for

pytestmark = [pytest.mark.image, pytest.mark.once, pytest.mark.xdist_group("image")]


@pytest.fixture(scope="module")
def image(tmp_path_factory: pytest.TempPathFactory) -> Image:
    return build(tmp_path_factory.mktemp("image"), {"VERSION": __version__})


@pytest.fixture(scope="module")
def volume(image: Image, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The folder of all data, where a container has already prepared the site."""
    folder = tmp_path_factory.mktemp("volume")
    folder.chmod(0o755)
    os.chown(folder, int(image.user), int(image.group))
    told = output(image, folder, "python", "manage.py", "prepare")
    assert "Your sign-in, shown only now" in told
    assert "static files" not in told
    return folder


def output(image: Image, volume: Path, *command: str) -> str:
    ended = subprocess.run(
        image.container({}, volume, command), capture_output=True, text=True, check=False
    )
    assert ended.returncode == 0, ended.stderr
    return ended.stdout


@pytest.fixture(scope="module")
def web(image: Image, volume: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    port = free_port()
    command = [*image.command, "--port", str(port)]
    log = tmp_path_factory.mktemp("log") / "web.log"
    process = Process(image.container({}, volume, command), log)
    site = f"http://127.0.0.1:{port}"
    try:
        wait_for(lambda: answers(f"{site}/health/live/"), "the web server")
        yield site
    finally:
        process.stop()


def answers(url: str) -> bool:
    try:
        return bool(page(url))
    except OSError:
        return False


def page(url: str) -> bytes:
    with urllib.request.urlopen(url, timeout=30) as response:
        return bytes(response.read())


def test_it_serves_pages_with_the_styles_that_were_made_with_it(web):
    ready = json.loads(page(f"{web}/health/ready/"))
    assert ready["status"] in {"ok", "degraded"}  # there's no worker
    home = page(f"{web}/").decode()

    (style,) = (word for word in home.split('"') if word.startswith("/static/runfit/runfit."))

    assert b"{" in page(web + style)


def test_its_health_check_asks_the_server(image, volume, web):
    (step,) = (step for step in instructions() if step.name == "HEALTHCHECK")
    python, option, code = json.loads(step.text.partition("CMD ")[2])

    def asks(address: str) -> str:
        return output(image, volume, python, option, code.replace("localhost:8000", address))

    assert "localhost:8000" in code
    assert asks(web.removeprefix("http://")) == ""
    with pytest.raises(AssertionError, match="refused"):
        asks(f"localhost:{free_port()}")


def test_its_processes_can_do_nothing_but_their_work(image, volume):
    told = output(image, volume, "sh", "-c", "id -u; id -g; grep CapBnd /proc/self/status")
    assert told.split() == [image.user, image.group, "CapBnd:", "0" * 16]

    with pytest.raises(AssertionError, match="Read-only file system"):
        output(image, volume, "touch", "/app/new")


def test_it_tells_its_version(image, web):
    assert image.labels["org.opencontainers.image.version"] == __version__
    assert json.loads(page(f"{web}/health/live/"))["version"] == __version__


def test_it_holds_no_more_than_it_needs(image):
    there = {path.name for path in (image.root / "app").iterdir()}

    assert there == {
        "manage.py", "runfit", "assessments", "guides", "templates", "content", "static", "__pycache__",
    }  # fmt: skip
    assert not (image.root / "app" / "content" / "drawings").exists()
    assert not (image.root / "tmp" / "build").exists()
    assert not (image.root / "venv" / "bin" / "uv").exists()
