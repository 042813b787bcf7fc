"""Lighthouse on the runner's pages, as a phone: `.venv/bin/python -m benchmarks.lighthouse`.

Needs Node.js 20 and Chromium. Runs the site with bin/run, loads each page five times, prints the
medians as the table of docs/pages.md, and exits 1 if a target is missed.
"""

import json
import os
import shutil
import statistics
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import urlsplit

from tests.support.http_runner import ANSWERS, Runner, running
from tests.support.runner_pages import most_bytes

VERSION = "12.8"  # 13 needs a newer Node.js
ROUNDS = 5
TRIES = 3
CATEGORIES = ("performance", "accessibility", "best-practices", "seo")
LEAST = {"performance": 95, "accessibility": 100, "best-practices": 100, "seo": 100}
MOST_SHIFT = 0.02
FLAGS = (
    "--headless --no-sandbox --disable-gpu --disable-quic --no-first-run "
    "--disable-background-networking --disable-component-update --disable-sync"
)


def main() -> int:
    with tempfile.TemporaryDirectory() as folder:
        here = Path(folder)
        subprocess.run(
            ["npm", "install", "--silent", "--prefix", here, f"lighthouse@{VERSION}"], check=True
        )
        with running({"VAR_DIR": str(here / "var")}, here / "log") as runner:
            rows = [measure(here, name, url, ours) for name, url, ours in pages(runner)]
    print("| Page | Performance | Accessibility | Best practices | SEO | Bytes | Layout shift |")
    print("|---|---|---|---|---|---|---|")
    for cells, _ in rows:
        print(f"| {' | '.join(cells)} |")
    return 0 if all(reached for _, reached in rows) else 1


def pages(runner: Runner) -> Iterator[tuple[str, str, bool]]:
    """Name, URL, and whether search engines may index it."""
    yield "First page", f"{runner.site}/", True
    yield "Self-check", f"{runner.site}/check/tight-hips/", True
    yield "Privacy", f"{runner.site}/privacy/", True
    yield "Result", runner.answer().url, False
    yield "Safety page", runner.answer(ANSWERS | {"worst_pain": "8"}).url, False


def measure(folder: Path, name: str, url: str, open_to_search: bool) -> tuple[list[str], bool]:
    reports = [report(folder, url) for _ in range(ROUNDS)]
    categories = [each for each in CATEGORIES if open_to_search or each != "seo"]
    scores = {
        each: round(100 * statistics.median(one["categories"][each]["score"] for one in reports))
        for each in categories
    }
    audits = [one["audits"] for one in reports]
    weight = statistics.median(one["total-byte-weight"]["numericValue"] for one in audits)
    shift = max(one["cumulative-layout-shift"]["numericValue"] for one in audits)
    reached = weight <= most_bytes(name.lower()) and shift <= MOST_SHIFT
    reached = reached and all(score >= LEAST[each] for each, score in scores.items())
    cells = [str(scores.get(each, "not indexed")) for each in CATEGORIES]
    return [name, *cells, f"{weight:,.0f}", f"{shift:.3f}"], reached


def report(folder: Path, url: str) -> dict:
    path = folder / "report.json"
    chromium = next(filter(shutil.which, ("chromium", "chromium-browser", "google-chrome")))
    command = [
        folder / "node_modules" / ".bin" / "lighthouse", url, "--quiet", "--output", "json",
        "--output-path", path, f"--only-categories={','.join(CATEGORIES)}",
        f"--chrome-flags={FLAGS}",
    ]  # fmt: skip
    environ = {**os.environ, "CHROME_PATH": str(shutil.which(chromium))}
    # Lighthouse sometimes loses its trace and must be run again.
    for _ in range(TRIES):
        if not subprocess.run(command, env=environ, check=False).returncode:
            break
    print(f"{urlsplit(url).path[:12]}…", file=sys.stderr)
    return json.loads(path.read_text(encoding="utf-8"))


if __name__ == "__main__":
    sys.exit(main())
