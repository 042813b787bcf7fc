"""`/metrics` of a web server with more than one process."""

import urllib.request

from tests.runfit.monitoring.test_metrics import TOKEN
from tests.support.ports import free_port
from tests.support.site import Site

LIVE = 'runfit_http_requests_total{status="2xx",view="runfit.health.live"}'


def test_processes_are_added_up(tmp_path):
    environ = {
        "VAR_DIR": str(tmp_path), "METRICS_TOKEN": TOKEN, "TMPDIR": str(tmp_path),
        "DATABASE_URL": "", "SITE_URL": "", "SECRET_KEY": "",
    }  # fmt: skip
    site = Site(tmp_path, free_port(), environ)
    (tmp_path / "static").mkdir()
    web = site.web(workers=2)

    def get(path):
        request = urllib.request.Request(
            f"http://127.0.0.1:{site.port}{path}", headers={"Authorization": f"Bearer {TOKEN}"}
        )
        with urllib.request.urlopen(request, timeout=10) as response:
            return response.read().decode()

    def counted():
        lines = [line for _ in range(4) for line in get("/metrics").splitlines()]
        return {line.rpartition(" ")[2] for line in lines if line.startswith(LIVE)}

    try:
        for _ in range(20):
            get("/health/live/")
        assert counted() == {"20.0"}
        (folder,) = tmp_path.glob("runfit-metrics-*")
    finally:
        web.stop()
    assert not folder.exists()
