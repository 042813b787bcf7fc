"""The files of docs/monitoring: Prometheus can read them, and their metrics exist."""

import json
import re
import shutil
import subprocess

import pytest

from tests.runfit.test_docs import ROOT

FOLDER = ROOT / "docs" / "monitoring"
RULES = (FOLDER / "alerts.yml").read_text(encoding="utf-8")
BOARD = json.loads((FOLDER / "dashboard.json").read_text(encoding="utf-8"))
QUERIES = [target["expr"] for panel in BOARD["panels"] for target in panel["targets"]]
NAMES = re.findall(r"^ +- alert: (\w+)$", RULES, re.MULTILINE)


def promtool(*words, **options):
    done = subprocess.run(
        ["promtool", *map(str, words)], capture_output=True, text=True, check=False, **options
    )
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout + done.stderr


@pytest.fixture
def folder(tmp_path):
    """The files as they'd lie beside Prometheus, with its token and the tests of the rules."""
    shutil.copytree(FOLDER, tmp_path, dirs_exist_ok=True)
    shutil.copy(ROOT / "tests" / "data" / "alerts.test.yml", tmp_path)
    (tmp_path / "metrics_token").write_text("a-token")
    return tmp_path


@pytest.mark.promtool
def test_prometheus_reads_the_configuration_and_all_rules(folder):
    said = promtool("check", "config", folder / "prometheus.yml")

    assert f"{len(NAMES)} rules found" in said


@pytest.mark.promtool
def test_alerts_fire_on_what_they_are_for(folder):
    promtool("test", "rules", folder / "alerts.test.yml")


@pytest.mark.promtool
def test_queries_of_the_dashboard_can_be_read(tmp_path):
    rules = [{"record": f"panel:{number}", "expr": expr} for number, expr in enumerate(QUERIES)]
    file = tmp_path / "rules.yml"
    file.write_text(json.dumps({"groups": [{"name": "dashboard", "rules": rules}]}))

    assert f"{len(QUERIES)} rules found" in promtool("check", "rules", file)


@pytest.mark.promtool
def test_promtool_finds_no_fault_in_the_metrics(client, db, settings):
    settings.METRICS_TOKEN = "a-token"
    page = client.get("/metrics", headers={"authorization": "Bearer a-token"})

    assert promtool("check", "metrics", input=page.text) == ""


def test_every_metric_that_rules_and_dashboard_name_exists(client, db, settings):
    settings.METRICS_TOKEN = "a-token"
    client.get("/")
    page = client.get("/metrics", headers={"authorization": "Bearer a-token"}).text
    exist = set(re.findall(r"^(runfit_\w+)", page, re.MULTILINE))

    expressions = re.sub(r"(?m)^ +(summary|runbook_url):.*$|#.*$", "", RULES)
    for named in (expressions, " ".join(QUERIES)):
        metrics = set(re.findall(r"\brunfit_\w+", named))
        assert metrics
        assert metrics <= exist


def test_each_alert_has_its_section_and_leads_to_it():
    page = (ROOT / "docs" / "alerts.md").read_text(encoding="utf-8")
    links = re.findall(r"runbook_url: docs/alerts\.md#(\w+)$", RULES, re.MULTILINE)

    assert re.findall(r"^## (\w+)$", page, re.MULTILINE) == NAMES
    assert links == [name.lower() for name in NAMES]
