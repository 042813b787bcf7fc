"""PostgreSQL restarts under load, as in an upgrade and as after a crash."""

import time
from pathlib import Path
from urllib.parse import urlsplit

from django.conf import settings
from django.db import connections

from tests.faults.crowd import Ask, Crowd
from tests.faults.measures import Measured, Size, seconds
from tests.faults.servers import Cluster, MailServer
from tests.faults.stack import part
from tests.support.database_rows import Rows
from tests.support.ports import free_port
from tests.support.redis_server import Redis
from tests.support.site import Site

RESTARTS = ("fast", "immediate")
BETWEEN = 3.0
DRAINED_WITHIN = 120.0
PAGES = 40
MOST = 2500
"""Runners available: more than can ask meanwhile."""


def restarted(folder: Path, size: Size) -> Measured:
    here = part(folder, "restarted")
    port = free_port()
    redis = Redis(free_port(), part(here, "redis"))
    sink = MailServer(free_port(), part(here, "mail"))
    cluster = Cluster(urlsplit(settings.CLUSTER_URL).port or 0)
    environ = {
        "DATABASE_URL": settings.CLUSTER_URL,
        "REDIS_URL": f"redis://127.0.0.1:{redis.port}/0",
        "EMAIL_URL": f"smtp://127.0.0.1:{sink.port}",
        "SITE_URL": f"http://localhost:{port}",
        "VAR_DIR": str(here / "var"),
    }
    site = Site(part(here, "site"), port, environ)
    processes = []
    try:
        cluster.start()
        redis.start()
        sink.start()
        site.prepare()
        processes = [site.web(), site.worker(), site.beat()]
        return _under_load(cluster, sink, Crowd(environ["SITE_URL"]))
    finally:
        connections["cluster"].close()
        for process in processes:
            process.kill()
        redis.kill()
        sink.kill()
        cluster.stop()


def _under_load(cluster: Cluster, sink: MailServer, crowd: Crowd) -> Measured:
    crowd.begin()
    rows = Rows("cluster")
    with crowd.asking(rows.tokens(MOST)) as asks:
        connections["cluster"].close()
        for mode in RESTARTS:
            time.sleep(BETWEEN)
            cluster.restart(mode)
        time.sleep(BETWEEN)
    # Only beat wakes the workers; leases of workers that lost the database must expire.
    took = rows.drained(lambda: None, limit=DRAINED_WITHIN)
    pages = [crowd.runner.get(f"/result/{asks[0].token}/").status for _ in range(PAGES)]
    return _accounts(asks, rows, sink, took, pages.count(200))


def _accounts(asks: list[Ask], rows: Rows, sink: MailServer, took: float, pages: int) -> Measured:
    thanked = {ask.email for ask in asks if ask.thanked}
    stored = set(rows.deliveries.values_list("contact__email", flat=True))
    taken = {mail["to"] for mail in sink.mails()}
    false, lost = len(thanked - stored), len(thanked - taken)
    return Measured(
        f"{len(thanked)} of {len(asks)} thanked, the others told to try again; {lost} lost, "
        f"{false} false thanks; all sent in {seconds(took)}; then {pages} of {PAGES} pages",
        ok=pages == PAGES
        and bool(thanked)
        and thanked < {ask.email for ask in asks}
        and not false
        and not lost,
    )
