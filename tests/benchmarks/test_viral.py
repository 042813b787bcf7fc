"""The benchmarks still run. Their times are judged only in manual runs."""

import json
import subprocess
import sys
from pathlib import Path

import pytest

from benchmarks.viral.memory import slope

HERE = Path(__file__).resolve().parents[2]


@pytest.mark.once
@pytest.mark.postgres
@pytest.mark.redis
@pytest.mark.bench
@pytest.mark.timeout(400)
def test_a_viral_hour_is_measured():
    done = subprocess.run(
        [sys.executable, "-m", "benchmarks", "--viral", "--quick", "--json"],
        cwd=HERE,
        capture_output=True,
        text=True,
        check=False,
    )

    assert done.returncode == 0, done.stderr
    told = json.loads(done.stdout)
    assert told["ended"]["asked"] > 0
    assert (told["ended"]["lost"], told["ended"]["faults"]) == ([], 0)
    assert set(told["memory"]["after"]) == {
        "web", "worker", "beat", "postgres", "redis", "client",
    }  # fmt: skip


def test_growth_is_told_from_noise():
    steady = [(minute, 100 + minute % 2) for minute in range(11)]
    growing = [(minute, mb + 3 * minute) for minute, mb in steady]

    assert round(slope(steady), 6) == 0
    assert round(slope(growing), 6) == 3
