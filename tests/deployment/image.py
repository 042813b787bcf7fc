"""The image, without a container engine: replays the steps of the Dockerfile in a folder, each in a
sandbox that sees a bare system beside it, and runs what's in it as Compose would: read-only, as its
own user, with no capabilities. Needs root, bubblewrap, and a Python 3.11 in place of the base image."""

import json
import os
import re
import shlex
import shutil
import subprocess
import sys
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import NamedTuple

ROOT = Path(__file__).resolve().parents[2]
BASE = re.compile(r"python:3\.11-\S+(?: AS (\w+))?")
SYSTEM = ("bin", "sbin", "lib", "lib32", "lib64", "libx32", "usr")
PATH = f"{sys.base_prefix}/bin:/usr/sbin:/usr/bin:/sbin:/bin"
STAND_INS = "/stand-ins"
"""Debian's packages are this machine's: apt-get has nothing to do."""
BASE_IMAGE = "/base-image"
"""Has `python`, as the base image does. Debian's Python is only called python3."""
VARIABLES_OF_BUILDS = re.compile(r"(PIP|UV)_|(http|https|no)_proxy$|SSL_CERT_", re.IGNORECASE)
"""How this machine reaches the registry of packages. Engines pass these on, too."""


class Instruction(NamedTuple):
    name: str
    text: str


def instructions() -> list[Instruction]:
    text = re.sub(r"^#.*\n", "", (ROOT / "Dockerfile").read_text(), flags=re.MULTILINE)
    lines = re.sub(r"\\\n\s*", "", text).splitlines()
    return [Instruction(*line.split(" ", 1)) for line in lines if line.strip()]


@dataclass
class Image:
    root: Path
    environ: dict[str, str] = field(default_factory=lambda: {"PATH": f"{PATH}:{BASE_IMAGE}"})
    arguments: dict[str, str] = field(default_factory=dict)
    labels: dict[str, str] = field(default_factory=dict)
    folder: str = "/"
    user: str = "0"
    command: list[str] = field(default_factory=list)

    def run(self, text: str) -> None:
        """A step of the build, which may write."""
        passed_on = {k: v for k, v in os.environ.items() if VARIABLES_OF_BUILDS.match(k)}
        environ = {**passed_on, **self.arguments, **self.environ}
        environ["PATH"] = f"{STAND_INS}:{environ['PATH']}"
        command = [*self._sandbox("--bind", environ), "--", "sh", "-euc", text]
        subprocess.run(command, check=True, stdin=subprocess.DEVNULL)

    def container(
        self, environ: Mapping[str, str], volume: Path, command: Sequence[str] = ()
    ) -> list[str]:
        """The command that runs a container, with one volume, in this machine's network."""
        user = ["setpriv", "--reuid", self.user, "--regid", self.group, "--clear-groups"]
        confined = ["--bounding-set=-all", "--inh-caps=-all", "--no-new-privs"]
        return [
            *self._sandbox("--ro-bind", {**self.environ, **environ}),
            *("--bind", str(volume), self.environ["VAR_DIR"], "--die-with-parent", "--"),
            *(*user, *confined, *(command or self.command)),
        ]

    @property
    def group(self) -> str:
        """As engines find it, if USER names none."""
        accounts = [line.split(":") for line in (self.root / "etc/passwd").read_text().splitlines()]
        return next(account[3] for account in accounts if account[2] == self.user)

    def _sandbox(self, bind: str, environ: Mapping[str, str]) -> list[str]:
        words = ["bwrap", bind, str(self.root), "/", "--dev", "/dev", "--proc", "/proc"]
        words += [
            "--perms",
            "1777",
            "--tmpfs",
            "/tmp",
            "--unshare-pid",
            "--unshare-ipc",
            "--unshare-uts",
        ]
        for name in SYSTEM:
            if Path(f"/{name}").is_dir() and not Path(f"/{name}").is_symlink():
                words += ["--ro-bind", f"/{name}", f"/{name}"]
        if sys.base_prefix != "/usr":
            words += ["--ro-bind", sys.base_prefix, sys.base_prefix]
        words += ["--chdir", self.folder, "--clearenv"]
        return [*words, *(word for item in environ.items() for word in ("--setenv", *item))]


def build(folder: Path, arguments: Mapping[str, str]) -> Image:
    """Replays all steps. Returns the last stage."""
    stages: dict[str, Image] = {}
    image = Image(folder)
    for step in instructions():
        if step.name == "FROM":
            found = BASE.fullmatch(step.text)
            assert found, step
            name = found[1] or "last"
            image = stages[name] = Image(base_image(folder / name))
        elif step.name == "COPY":
            _copy(image, stages, *step.text.split())
        elif step.name == "ARG":
            image.arguments[step.text] = arguments[step.text]
        else:
            _set(image, step)
    return image


def bare_system(root: Path) -> Path:
    root.mkdir()
    subprocess.run(["cp", "--archive", "/etc", root], check=True)
    for name in SYSTEM:
        if Path(f"/{name}").is_symlink():
            (root / name).symlink_to(Path(f"/{name}").readlink())
    for name in ("tmp", "var/lib", sys.base_prefix.lstrip("/")):
        (root / name).mkdir(parents=True, exist_ok=True)
    stand_ins = root / STAND_INS.lstrip("/")
    stand_ins.mkdir()
    _program(stand_ins / "apt-get", "")
    return root


def base_image(root: Path) -> Path:
    """A bare system with the base image's Python."""
    programs = bare_system(root) / BASE_IMAGE.lstrip("/")
    programs.mkdir()
    _program(programs / "python", f'exec {sys.base_prefix}/bin/python3.11 "$@"')
    return root


def _program(path: Path, script: str) -> None:
    path.write_text(f"#!/bin/sh\n{script}\n")
    path.chmod(0o755)


def _set(image: Image, step: Instruction) -> None:
    match step.name:
        case "RUN" if step.text.startswith("apt-get "):
            assert shutil.which("pg_dump"), "the system is this machine's"
        case "RUN":
            image.run(step.text)
        case "ENV":
            image.environ |= _pairs(step.text, image.environ)
        case "LABEL":
            image.labels |= _pairs(step.text, image.arguments)
        case "WORKDIR":
            image.folder = step.text
            (image.root / step.text.lstrip("/")).mkdir(parents=True, exist_ok=True)
        case "USER":
            image.user = step.text
        case "CMD":
            image.command = json.loads(step.text)
        case _:
            assert step.name in {"EXPOSE", "HEALTHCHECK", "VOLUME"}, step


def _pairs(text: str, values: Mapping[str, str]) -> dict[str, str]:
    """`A=b C="d"`, with variables replaced."""
    pairs = dict(word.split("=", 1) for word in shlex.split(text))
    return {
        name: re.sub(r"\$(\w+)", lambda it: values[it[1]], text) for name, text in pairs.items()
    }


def _copy(image: Image, stages: Mapping[str, Image], *words: str) -> None:
    *sources, target = words
    inside = image.root / image.folder.lstrip("/")
    if sources[0].startswith("--from="):
        stage = stages[sources.pop(0).removeprefix("--from=")]
        source = stage.root / sources[0].lstrip("/")
        subprocess.run(["cp", "--archive", source, image.root / target.lstrip("/")], check=True)
        return
    for name in sources:
        _copy_from_context(name, inside / (Path(name).name if target.endswith("/") else target))


def _copy_from_context(name: str, target: Path) -> None:
    """What .dockerignore lets through."""
    lines = (ROOT / ".dockerignore").read_text().splitlines()
    assert lines[0] == "*", "what isn't listed must not get into the image"
    assert f"!{name}" in lines, name
    left_out = {line.rpartition("/")[2] for line in lines[1:] if not line.startswith("!")}
    if (ROOT / name).is_dir():
        shutil.copytree(ROOT / name, target, ignore=shutil.ignore_patterns(*left_out))
    else:
        shutil.copy(ROOT / name, target)
