"""`manage.py score` as a subprocess: JSON lines in, JSON lines out."""

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest
from django.core.management import CommandError, call_command

from tests.support.first_edition import PATH, VECTORS

pytestmark = pytest.mark.xdist_group("score")  # in one process, since each would make its own site

ROOT = Path(__file__).resolve().parents[3]
LOAD = f"""
import json, pathlib
from assessments.publishing.services import assessment_load
assessment_load(data=json.loads(pathlib.Path({str(PATH)!r}).read_text("utf-8")))
"""
GOOD = VECTORS["examples"][0]


def manage(environ, *arguments, **options):
    return subprocess.Popen(
        [sys.executable, "manage.py", *arguments], cwd=ROOT, env=environ, **options
    )


@pytest.fixture(scope="module")
def site(tmp_path_factory):
    """The environment of a site with the first edition of the default self-check."""
    environ = {"PATH": os.environ["PATH"], "VAR_DIR": str(tmp_path_factory.mktemp("var"))}
    for arguments in (["migrate", "--verbosity", "0"], ["shell", "--no-imports", "-c", LOAD]):
        assert manage(environ, *arguments).wait() == 0
    return environ


def scored(site, lines):
    """The output for these input lines, which are objects or raw bytes."""
    data = b"".join(
        (line if isinstance(line, bytes) else json.dumps(line).encode()) + b"\n" for line in lines
    )
    process = manage(site, "score", "tight-hips", stdin=subprocess.PIPE, stdout=subprocess.PIPE)
    output, _ = process.communicate(data)
    assert process.returncode == 0
    return [json.loads(line) for line in output.decode("ascii").splitlines()]


def test_all_examples_match(site):
    cases = VECTORS["examples"] + VECTORS["invalid"]

    outcomes = scored(site, [{"answers": c["answers"], "safety": c["safety"]} for c in cases])

    assert outcomes == [case["expect"] for case in cases]


def test_all_comparisons_match(site):
    cases = VECTORS["retests"]

    outcomes = scored(site, [{"before": c["before"], "after": c["after"]} for c in cases])

    assert outcomes == [case["expect"] for case in cases]


BAD_LINES = [
    (b"", ["line:invalid"]),
    (b"rubbish", ["line:invalid"]),
    (b"[]", ["line:invalid"]),
    (b"null", ["line:invalid"]),
    (b'{"answers": {}', ["line:invalid"]),
    (b"\xff\xfe", ["line:invalid"]),
    (b"[" * 100_000, ["line:invalid"]),
    (b"9" * 5000, ["line:invalid"]),
    (
        {"answers": GOOD["answers"], "safety": ["none"], "zeta": 1, "id": "V01"},
        ["id:unknown", "zeta:unknown"],
    ),
    ({"before": {}, "after": {}, "safety": ["none"]}, ["safety:unknown"]),
    ({}, ["safety:required"]),
    ({"answers": GOOD["answers"]}, ["safety:required"]),
    ({"answers": [], "safety": ["none"]}, ["answers:invalid"]),
    ({"answers": {}, "safety": "none"}, ["safety:invalid"]),
    ({"answers": {}, "safety": {"none": True}}, ["safety:invalid"]),
    ({"answers": {**GOOD["answers"], "\ud800": 1}, "safety": ["none"]}, ["\ud800:unknown"]),
]


def test_invalid_line_is_reported_and_the_next_is_scored(site):
    good = {"answers": GOOD["answers"], "safety": GOOD["safety"]}
    lines = [line for bad, _ in BAD_LINES for line in (bad, good)]

    outcomes = scored(site, lines)

    assert outcomes[::2] == [{"errors": errors} for _, errors in BAD_LINES]
    assert outcomes[1::2] == [GOOD["expect"]] * len(BAD_LINES)


def test_output_is_flushed_after_every_line(site):
    good = json.dumps({"answers": GOOD["answers"], "safety": GOOD["safety"]})
    with manage(
        site, "score", "tight-hips", stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    ) as process:
        for _ in range(3):
            process.stdin.write(good + "\n")
            process.stdin.flush()
            assert json.loads(process.stdout.readline()) == GOOD["expect"]


@pytest.mark.django_db
def test_unpublished_slug_is_an_error():
    with pytest.raises(CommandError, match="No self-check “made-up” is published"):
        call_command("score", "made-up")
